/** What was found: the columns that have anything in them, the total, the time, the next page. */
import {
  type Column,
  DataGrid,
  Empty,
  Go,
  Loading,
  Refused,
  type Times,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button } from 'antd'
import { useMemo } from 'react'
import { resourceAddress } from '../../contract.ts'
import { explorerWords, type SayExplorer } from '../explorer-words.ts'
import type { Entry } from '../fhir/bundle.ts'
import { textAt } from '../fhir/json.ts'
import { momentOf, stateOf, subjectOf, titleOf, valueTextOf, wordsOf } from '../fhir/summary.ts'
import type { Draft } from './query.ts'
import type { Searched } from './use-results.ts'

const keyOf = ({ resource }: Entry) => `${resource.resourceType}/${resource.id ?? ''}`

export function Results({ asked, results }: { readonly asked: Draft; readonly results: Searched }) {
  const say = useWords(explorerWords)
  const times = useTimes()
  const { search, setSearch, open } = useScreen()
  const entries = useMemo(
    () => (results.pages ?? []).flatMap((page) => page.entries.filter(({ mode }) => mode !== 'outcome')),
    [results.pages],
  )
  const columns = useMemo(() => columnsOf(say, times, entries), [say, times, entries])
  if (results.error?.status === 403) return <Refused error={results.error} />
  if (results.error) return <Empty title={say('queryRefused')}>{say('queryRefusedHelp')}</Empty>
  if (!results.pages) return <Loading />
  return (
    <>
      <Told results={results} />
      <div className="rx-list">
        <DataGrid
          name={`record-explorer.results.${asked.type}`}
          label={say('results')}
          rows={entries}
          columns={columns}
          keyOf={keyOf}
          selectedKey={search.get('row') ?? undefined}
          onSelect={(entry) => setSearch({ row: keyOf(entry) })}
          onOpen={({ resource }) => open(resourceAddress(resource.resourceType, resource.id ?? ''))}
          {...(results.more ? { onEndReached: results.more } : {})}
          narrowHeightPx={52}
          drawNarrow={(entry) => <NarrowResult entry={entry} />}
          empty={<Empty title={say('noneFound')}>{say('noneFoundHelp')}</Empty>}
        />
      </div>
    </>
  )
}

function Told({ results }: { readonly results: Searched }) {
  const say = useWords(explorerWords)
  const pages = results.pages ?? []
  const first = pages[0]
  const last = pages.at(-1)
  const matches = pages.flatMap(({ entries }) => entries).filter(({ mode }) => mode === 'match').length
  const included = pages.flatMap(({ entries }) => entries).filter(({ mode }) => mode === 'include').length
  return (
    <p className="rx-told" role="status">
      <strong className="x-number">
        {first?.total === undefined
          ? say('shown', { shown: matches })
          : say('shownOf', { shown: matches, total: first.total })}
      </strong>
      {included > 0 ? <span className="x-number">{say('included', { included })}</span> : null}
      {last ? (
        <span className="x-number x-quiet">
          {say('took', { ms: last.tookMs.toFixed(0), kb: (last.sizeBytes / 1024).toFixed(1) })}
        </span>
      ) : null}
      {results.more ? (
        <Button size="small" onClick={results.more}>
          {say('nextPage')}
        </Button>
      ) : null}
    </p>
  )
}

function NarrowResult({ entry: { resource } }: { readonly entry: Entry }) {
  const times = useTimes()
  return (
    <div className="rx-narrow">
      <div>
        <strong className="x-cut">
          <Go to={resourceAddress(resource.resourceType, resource.id ?? '')}>
            {titleOf(resource) ?? resource.id}
          </Go>
        </strong>
        <span>{valueTextOf(resource)}</span>
      </div>
      <div className="x-quiet">
        <span className="x-number">{times.moment(momentOf(resource))}</span>
        <span>{stateOf(resource)}</span>
      </div>
    </div>
  )
}

type Drawn = Column<Entry> & { readonly textOf: (entry: Entry) => string | undefined }

/** Only columns that say something of one of the rows. */
function columnsOf(say: SayExplorer, times: Times, entries: readonly Entry[]): readonly Column<Entry>[] {
  const text = (
    key: string,
    title: string,
    widthPx: number,
    textOf: (resource: Entry['resource']) => string | undefined,
  ): Drawn => ({
    key,
    title,
    widthPx,
    textOf: ({ resource }) => textOf(resource),
    draw: ({ resource }) => textOf(resource),
    sortBy: ({ resource }) => textOf(resource) ?? '',
  })
  const all: readonly Drawn[] = [
    text('type', say('type'), 130, ({ resourceType }) =>
      entries.some(({ mode }) => mode === 'include') ? resourceType : undefined,
    ),
    {
      ...text('title', say('content'), 220, titleOf),
      draw: ({ resource }) => <TitleCell resource={resource} />,
    },
    text('identifier', say('identifier'), 130, ({ identifier }) => textAt(identifier, 'value')),
    text('value', say('value'), 130, valueTextOf),
    text('state', say('state'), 100, stateOf),
    { ...text('subject', say('subject'), 150, subjectWords), draw: SubjectCell },
    text('when', say('when'), 120, (resource) => times.moment(momentOf(resource)) || undefined),
    text('category', say('category'), 120, ({ category }) => wordsOf(category)),
    text('updated', say('lastUpdated'), 120, ({ meta }) => times.moment(textAt(meta, 'lastUpdated'))),
    text('id', 'id', 160, ({ id }) => id),
  ]
  return all.filter(({ textOf }) => entries.some((entry) => textOf(entry)))
}

function TitleCell({ resource }: Pick<Entry, 'resource'>) {
  return (
    <Go to={resourceAddress(resource.resourceType, resource.id ?? '')}>{titleOf(resource) ?? resource.id}</Go>
  )
}

function subjectWords(resource: Entry['resource']): string | undefined {
  const subject = subjectOf(resource)
  return subject?.display ?? subject?.reference
}

function SubjectCell({ resource }: Entry) {
  const subject = subjectOf(resource)
  const [type, id] = subject?.reference.split('/') ?? []
  if (!subject || !type || !id) return null
  return <Go to={resourceAddress(type, id)}>{subject.display ?? subject.reference}</Go>
}
