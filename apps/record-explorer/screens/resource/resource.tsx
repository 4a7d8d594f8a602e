/** What does this resource say, what did it say before, and who changed it? */
import { Answered, Empty, useAskPages, useScreen, useTimes, useTitle, useWords } from '@xinglin/kit'
import { Segmented } from 'antd'
import type { VersionRow, VersionsAnswer } from '../../contract.ts'
import { CopyButton } from '../copy-button.tsx'
import '../explorer.css'
import { explorerWords } from '../explorer-words.ts'
import { type Told, useDoor } from '../fhir/door.ts'
import { resourceIn } from '../fhir/json.ts'
import { titleOf } from '../fhir/summary.ts'
import { JsonView } from '../json/json-view.tsx'
import { setOut } from '../json/read-json.ts'
import { Readable } from './readable.tsx'
import { VersionsPart } from './versions.tsx'

const parts = ['readable', 'json', 'versions'] as const
type Part = (typeof parts)[number]

export function ResourceScreen() {
  const { params } = useScreen()
  const { type = '', id = '' } = params
  useTitle(`${type}/${id.slice(0, 12)}`)
  const { answer, more } = useAskPages<VersionsAnswer>(
    `/api/record-explorer/resources/${type}/${encodeURIComponent(id)}/versions`,
    'before',
  )
  return (
    <div className="rx-screen">
      <Answered answer={answer}>
        {(pages) => (
          <OneResource of={`${type}/${id}`} versions={pages.flatMap((page) => page.versions)} more={more} />
        )}
      </Answered>
    </div>
  )
}

type Props = {
  readonly of: string
  readonly versions: readonly VersionRow[]
  readonly more: (() => void) | undefined
}

function OneResource({ of, versions, more }: Props) {
  const say = useWords(explorerWords)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const part: Part = parts.find((each) => each === search.get('part')) ?? 'readable'
  const asked = Number(search.get('version'))
  const chosen = versions.find(({ version }) => version === asked) ?? versions[0]
  if (!chosen) return <Empty title={say('noChanges')} />
  return (
    <>
      <div className="rx-tools">
        <code className="rx-reference x-cut">{of}</code>
        <Segmented
          size="small"
          value={part}
          options={parts.map((value) => ({ value, label: say(value) }))}
          onChange={(next) => setSearch({ part: next })}
        />
        <span className="x-quiet">
          {say('versionAt', { version: chosen.version, time: times.full(chosen.at) })}
          {chosen.version === versions[0]?.version ? null : (
            <strong className="x-amber"> {say('notCurrent')}</strong>
          )}
        </span>
      </div>
      {part === 'versions' ? (
        <VersionsPart of={of} versions={versions} more={more} />
      ) : (
        <Content of={of} row={chosen} part={part} />
      )}
    </>
  )
}

const asText = ({ text }: Told) => text

function Content({ of, row, part }: { readonly of: string; readonly row: VersionRow; readonly part: Part }) {
  const say = useWords(explorerWords)
  const isDeletion = row.interaction === 'delete'
  const answer = useDoor(isDeletion ? undefined : { path: `${of}/_history/${row.version}` }, {
    read: asText,
    staleAfterMs: 60_000,
  })
  if (isDeletion) return <Empty title={say('isDeleted')}>{say('isDeletedHelp')}</Empty>
  return (
    <Answered answer={answer}>
      {(text) =>
        part === 'json' ? (
          <div className="rx-scroll">
            <CopyButton text={setOut(text)} label={say('copyJson')} />
            <JsonView text={text} label={say('json')} />
          </div>
        ) : (
          <ReadableText text={text} />
        )
      }
    </Answered>
  )
}

function ReadableText({ text }: { readonly text: string }) {
  const resource = resourceIn(text)
  if (!resource) return <pre className="rx-json">{text}</pre>
  return (
    <div className="rx-scroll">
      <h1>{titleOf(resource) ?? resource.resourceType}</h1>
      <Readable resource={resource} />
    </div>
  )
}
