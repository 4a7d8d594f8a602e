/** Takes a stored resource into the playground, by its reference. */
import { useWords } from '@xinglin/kit'
import { Input } from 'antd'
import { useState } from 'react'
import { explorerWords } from '../explorer-words.ts'
import { askDoor } from '../fhir/door.ts'
import { setOut } from '../json/read-json.ts'

export function PickResource({ onPicked }: { readonly onPicked: (text: string) => void }) {
  const say = useWords(explorerWords)
  const [isMissing, setMissing] = useState(false)
  const pick = (reference: string) => {
    if (!/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(reference)) return setMissing(true)
    void askDoor({ path: reference }).then(
      ({ text }) => {
        setMissing(false)
        onPicked(setOut(text))
      },
      // Shown beside the field: it is not there, or may not be read.
      () => setMissing(true),
    )
  }
  return (
    <Input.Search
      className="rx-pick-resource"
      placeholder={say('pickHint')}
      aria-label={say('pick')}
      enterButton={say('pick')}
      status={isMissing ? 'error' : ''}
      title={isMissing ? say('notPicked') : ''}
      onSearch={pick}
      onPressEnter={(event) => event.preventDefault()}
    />
  )
}
