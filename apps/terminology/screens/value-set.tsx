/** Which codes does a value set hold, by pages and by what somebody types? */
import {
  type Answer,
  Answered,
  DataGrid,
  Empty,
  Go,
  useLook,
  useScreen,
  useTitle,
  useWords,
} from '@xinglin/kit'
import { resourceAddress } from '@xinglin/record-explorer/contract'
import { type ReactNode, useMemo } from 'react'
import { systemAddress } from '../contract.ts'
import { FindInput } from './find-input.tsx'
import { canonicalOf, shortUrl } from './names.ts'
import { NarrowConcept, nameColumns } from './system/concept-cells.tsx'
import './terminology.css'
import { type ExpandedCode, expansionOf, useExpansion } from './use-expansion.ts'
import { words } from './words.ts'

export function ValueSetScreen() {
  const say = useWords(words)
  const { language } = useLook()
  const { params, search, setSearch, open } = useScreen()
  const set = useMemo(() => canonicalOf(params.canonical ?? ''), [params.canonical])
  const { answer, more } = useExpansion(set, search.get('find') ?? '')
  const expansion = useMemo(() => (answer.state === 'ready' ? expansionOf(answer.data) : undefined), [answer])
  const head = expansion?.set
  const title = head?.title ?? head?.name ?? shortUrl(set.url)
  useTitle(title)
  const columns = useMemo(
    () => [
      {
        key: 'code',
        title: say('code'),
        widthPx: 160,
        draw: (row: ExpandedCode) => <span className="term-code">{row.code}</span>,
      },
      ...nameColumns<ExpandedCode>(say, language, (row) => row),
      {
        key: 'system',
        title: say('system'),
        widthPx: 200,
        draw: ({ system, version }: ExpandedCode) => (
          <span className="x-quiet">
            {shortUrl(system)}
            {version ? ` · ${version}` : ''}
          </span>
        ),
      },
    ],
    [say, language],
  )
  return (
    <div className="term-screen">
      <header className="term-head">
        <h1>{title}</h1>
        <p className="x-quiet">
          {set.url}
          {head?.version ? ` · ${head.version}` : ''}{' '}
          {head?.isOwn && head.id ? (
            <Go to={resourceAddress('ValueSet', head.id)}>{say('openResource')}</Go>
          ) : null}
        </p>
      </header>
      <div className="term-tools">
        <FindInput label={say('filter')} />
        {expansion ? (
          <span className="x-quiet x-number" role="status">
            {expansion.total === undefined ? say('tooMany') : say('conceptsOf', { count: expansion.total })}
          </span>
        ) : null}
      </div>
      <div className="term-list">
        <Codes answer={answer}>
          {() => (
            <DataGrid
              name="terminology.expansion"
              label={say('expansion')}
              rows={expansion?.codes ?? []}
              columns={columns}
              keyOf={keyOf}
              selectedKey={search.get('row') ?? undefined}
              onSelect={(row) => setSearch({ row: keyOf(row) })}
              onOpen={({ system, version, code }) => open(systemAddress(system, version, code))}
              {...(more ? { onEndReached: more } : {})}
              narrowHeightPx={56}
              drawNarrow={(row) => <NarrowConcept concept={row} language={language} />}
              empty={<Empty title={say('noConcepts')}>{say('noConceptsHelp')}</Empty>}
            />
          )}
        </Codes>
      </div>
    </div>
  )
}

function keyOf({ system, code }: ExpandedCode): string {
  return `${system}|${code}`
}

/** A value set of systems that others publish is no fault: it waits for their files. */
function Codes({
  answer,
  children,
}: {
  readonly answer: Answer<unknown>
  readonly children: () => ReactNode
}) {
  const say = useWords(words)
  if (answer.state !== 'failed' || answer.error.errorCode !== 'terminology.unknown-system')
    return <Answered answer={answer}>{children}</Answered>
  return (
    <Empty title={say('notHeld')}>
      <p>{answer.error.message}</p>
      <p>{say('notHeldHelp')}</p>
    </Empty>
  )
}
