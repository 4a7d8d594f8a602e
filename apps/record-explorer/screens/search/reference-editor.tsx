/** A reference: its type chosen, the resource found by typing a name, or `Type/id` written. */
import { useWords } from '@xinglin/kit'
import { AutoComplete, Select } from 'antd'
import { useEffect, useState } from 'react'
import { explorerWords } from '../explorer-words.ts'
import { type Results, resultsOf } from '../fhir/bundle.ts'
import { useCapabilities } from '../fhir/capabilities.ts'
import { type Asked, useDoor } from '../fhir/door.ts'
import { momentOf, titleOf } from '../fhir/summary.ts'
import type { EditorProps } from './editors.tsx'

/** Each question leaves an audit entry, so not every letter asks; a pause of this length is not felt. */
const pauseMs = 250
const mostOffered = 10
/** Parameters by which people look for a thing, the first that its type has. */
const findable = ['name', 'title', 'identifier', '_id'] as const

export function ReferenceEditor(props: EditorProps & { readonly targets: readonly string[] }) {
  const { value, label, targets, onChange } = props
  const say = useWords(explorerWords)
  const [type, setType] = useState(targets[0] ?? 'Patient')
  const offered = useOffered(type, value)
  const entries = offered?.entries.filter(({ mode }) => mode === 'match') ?? []
  return (
    <>
      {targets.length > 1 ? (
        <Select
          className="rx-modifier"
          showSearch
          value={type}
          aria-label={say('targetType')}
          popupMatchSelectWidth={false}
          options={targets.map((target) => ({ value: target, label: target }))}
          onChange={setType}
        />
      ) : null}
      <AutoComplete
        className="rx-grow"
        value={value}
        placeholder={say('referenceHint', { type })}
        aria-label={label}
        showSearch={{ filterOption: false }}
        popupMatchSelectWidth={false}
        options={entries.map(({ resource }) => ({
          value: `${resource.resourceType}/${resource.id ?? ''}`,
          label: [titleOf(resource) ?? resource.id, momentOf(resource)].filter(Boolean).join(' · '),
        }))}
        onChange={(next: string | undefined) => onChange(next ?? '')}
      />
    </>
  )
}

/** What a pause in typing finds; nothing while a whole reference stands there. */
function useOffered(type: string, typed: string): Results | undefined {
  const [asked, setAsked] = useState<Asked>()
  const capabilities = useCapabilities()
  const known = capabilities.state === 'ready' ? capabilities.data.get(type)?.modifiers : undefined
  const by = findable.find((name) => known?.has(name)) ?? '_id'
  const text = typed.trim()
  useEffect(() => {
    const isReference = text === '' || text.includes('/')
    const form = new URLSearchParams([
      [by, text],
      ['_count', String(mostOffered)],
    ]).toString()
    const timer = setTimeout(
      () => setAsked(isReference ? undefined : { path: `${type}/_search`, form }),
      pauseMs,
    )
    return () => clearTimeout(timer)
  }, [type, text, by])
  const answer = useDoor(asked, { read: resultsOf })
  return asked && answer.state === 'ready' ? answer.data : undefined
}
