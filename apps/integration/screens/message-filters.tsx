/** Which messages: door, outcome and words; kept in the address, so that a view can be shared. */
import { useScreen, useWords } from '@xinglin/kit'
import { Input, Segmented, Select } from 'antd'
import { useEffect, useState } from 'react'
import { integrationWords } from './integration-words.ts'

/** Typing settles before the list is asked for. */
const settleMs = 200

export function MessageFilters() {
  const say = useWords(integrationWords)
  const { search, setSearch } = useScreen()
  const [typed, setTyped] = useState(search.get('text') ?? '')
  useEffect(() => {
    const timer = setTimeout(() => setSearch({ text: typed.trim() || undefined }), settleMs)
    return () => clearTimeout(timer)
  }, [typed, setSearch])
  return (
    <div className="i-tools">
      <Select
        size="small"
        aria-label={say('door')}
        value={search.get('door') ?? ''}
        onChange={(door: string) => setSearch({ door: door || undefined })}
        options={[
          { value: '', label: say('everyDoor') },
          ...(['hl7v2', 'fhir', 'dicom', 'interface'] as const).map((door) => ({
            value: door,
            label: say(door),
          })),
        ]}
        className="i-door"
      />
      <Segmented
        size="small"
        value={search.get('outcome') ?? ''}
        onChange={(outcome) => setSearch({ outcome: outcome || undefined })}
        options={[
          { value: '', label: say('everyOutcome') },
          { value: 'refused', label: say('refused') },
          { value: 'accepted', label: say('accepted') },
          { value: 'received', label: say('waiting') },
        ]}
      />
      <Input.Search
        size="small"
        allowClear
        className="i-find"
        value={typed}
        placeholder={say('find')}
        aria-label={say('find')}
        onChange={({ target }) => setTyped(target.value)}
      />
    </div>
  )
}

/** Path of the list for the query of the address. */
export function messagesPath(search: URLSearchParams): string {
  const query = new URLSearchParams({ limit: '100' })
  for (const name of ['door', 'outcome', 'sender', 'text']) {
    const value = search.get(name)
    if (value) query.set(name, value)
  }
  return `/api/integration/messages?${query}`
}
