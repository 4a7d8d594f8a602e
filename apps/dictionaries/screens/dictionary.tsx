/** One dictionary: what it holds and will hold, its versions and who has taken them, what it is in standard terminologies. */
import {
  Answered,
  useAsk,
  useLive,
  useMay,
  useRefresh,
  useScreen,
  useTimes,
  useTitle,
  useWords,
} from '@xinglin/kit'
import { Button, Segmented } from 'antd'
import { type ReactNode, useState } from 'react'
import { type Dictionary, dictionariesPath, dictionaryPermissions } from '../contract.ts'
import { EntriesPart } from './entries.tsx'
import { HandOverForm, PublishForm } from './forms.tsx'
import { ImportButton } from './import-button.tsx'
import { MappingsPart } from './mappings.tsx'
import { VersionsPart } from './versions.tsx'
import { words } from './words.ts'
import './dictionaries.css'

export type PartProps = { readonly dictionary: Dictionary }
const parts = ['entries', 'versions', 'mappings'] as const
const drawn: Readonly<Record<(typeof parts)[number], (props: PartProps) => ReactNode>> = {
  entries: (props) => <EntriesPart {...props} />,
  versions: (props) => <VersionsPart {...props} />,
  mappings: (props) => <MappingsPart {...props} />,
}

export function DictionaryScreen() {
  const { params } = useScreen()
  const answer = useAsk<Dictionary>(
    `${dictionariesPath}/dictionaries/${encodeURIComponent(params.key ?? '')}`,
  )
  const refresh = useRefresh()
  useLive({ kinds: ['dictionaries.*'] }, () => void refresh(dictionariesPath))
  useTitle(answer.state === 'ready' ? answer.data.title : undefined)
  return (
    <div className="dict-screen">
      <Answered answer={answer}>{(dictionary) => <Whole dictionary={dictionary} />}</Answered>
    </div>
  )
}

function Whole({ dictionary }: PartProps) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const mayMap = useMay(dictionaryPermissions.map)
  const part = parts.find((each) => each === search.get('part')) ?? 'entries'
  const shown = parts.filter((each) => each !== 'mappings' || mayMap)
  return (
    <>
      <Head dictionary={dictionary} />
      <div className="dict-tools">
        <Segmented
          value={part}
          options={shown.map((value) => ({ value, label: say(`part-${value}`) }))}
          onChange={(next) =>
            setSearch({ part: next === 'entries' ? undefined : next, chosen: undefined, text: undefined })
          }
        />
      </div>
      {drawn[part]({ dictionary })}
    </>
  )
}

function Head({ dictionary }: PartProps) {
  const say = useWords(words)
  const times = useTimes()
  const mayManage = useMay(dictionaryPermissions.manage)
  const mayWrite = useMay(dictionaryPermissions.write) && dictionary.isMine
  const [open, setOpen] = useState<'publish' | 'hand-over'>()
  const { key, title, kind, ownerDisplay, version, publishedAt, entries, changes } = dictionary
  return (
    <header className="dict-head">
      <p className="dict-line">
        <strong>{title}</strong>
        <span>{say(`kind-${kind}`)}</span>
        <span>
          {say('owner')} {ownerDisplay}
        </span>
        <span>
          {version === 0
            ? say('unpublished')
            : `${say('ofVersion', { number: version })} · ${times.moment(publishedAt)}`}
        </span>
        <span className="x-quiet">
          {say('entryCount')} {entries} · {say('changes')} {changes}
        </span>
      </p>
      <div className="dict-acts">
        {mayWrite ? (
          <>
            <Button type="primary" disabled={changes === 0} onClick={() => setOpen('publish')}>
              {say('publish')}
            </Button>
            <ImportButton dictionary={dictionary} />
          </>
        ) : null}
        <Button href={`${dictionariesPath}/dictionaries/${encodeURIComponent(key)}/entries.csv`}>
          {say('export')}
        </Button>
        {mayManage ? <Button onClick={() => setOpen('hand-over')}>{say('handOver')}</Button> : null}
      </div>
      {open === 'publish' ? <PublishForm dictionary={dictionary} onClose={() => setOpen(undefined)} /> : null}
      {open === 'hand-over' ? (
        <HandOverForm dictionary={dictionary} onClose={() => setOpen(undefined)} />
      ) : null}
    </header>
  )
}
