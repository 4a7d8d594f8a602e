/** Who did what to whose record, when, and was it allowed? */
import { useInfiniteQuery } from '@tanstack/react-query'
import {
  AnswerError,
  ask,
  type Column,
  DataGrid,
  Empty,
  Failed,
  isAnswer,
  Loading,
  Refused,
  type Times,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { useMemo } from 'react'
import type { AuditAnswer, AuditRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import './administration.css'
import { useActionWord } from './audit-actions.ts'
import { AuditDrawer } from './audit-drawer.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { auditPath } from './audit-query.ts'
import { Outcome } from './outcome.tsx'

export function AuditScreen() {
  const { search, setSearch } = useScreen()
  const pages = useAuditPages(auditPath('/api/administration/audit', search))
  const rows = useMemo(() => pages.data?.pages.flatMap(({ entries }) => entries) ?? [], [pages.data])
  const chosen = rows.find(({ id }) => id === search.get('entry'))
  return (
    <div className="a-screen">
      <AuditFilters onRefresh={() => void pages.refetch()} />
      <div className="a-body">
        <div className="a-list">
          <AuditPages
            pages={pages}
            rows={rows}
            chosen={chosen}
            onChoose={({ id }) => setSearch({ entry: id })}
          />
        </div>
        {chosen ? <AuditDrawer entry={chosen} onClose={() => setSearch({ entry: undefined })} /> : null}
      </div>
    </div>
  )
}

type Pages = ReturnType<typeof useAuditPages>

function useAuditPages(path: string) {
  return useInfiniteQuery({
    queryKey: ['ask', path, 'pages'],
    queryFn: ({ pageParam, signal }) => {
      const joint = path.includes('?') ? '&' : '?'
      const before = pageParam ? `${joint}before=${encodeURIComponent(pageParam)}` : ''
      return ask<AuditAnswer>(`${path}${before}`, { signal })
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    retry: false,
    staleTime: 5_000,
  })
}

type Props = {
  readonly pages: Pages
  readonly rows: readonly AuditRow[]
  readonly chosen: AuditRow | undefined
  readonly onChoose: (entry: AuditRow) => void
}

function AuditPages({ pages, rows, chosen, onChoose }: Props) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const actionWord = useActionWord()
  const columns = useMemo(() => columnsOf(say, times, actionWord), [say, times, actionWord])
  if (pages.isPending) return <Loading />
  if (pages.error && rows.length === 0) {
    const error = isAnswer(pages.error) ? pages.error : new AnswerError(0, [], { cause: pages.error })
    return error.status === 403 ? (
      <Refused error={error} />
    ) : (
      <Failed error={error} retry={() => void pages.refetch()} />
    )
  }
  return (
    <DataGrid
      name="administration.audit"
      label={say('who')}
      rows={rows}
      columns={columns}
      keyOf={(entry) => entry.id}
      selectedKey={chosen?.id}
      onSelect={onChoose}
      onOpen={onChoose}
      onEndReached={() => {
        if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage()
      }}
      drawNarrow={(entry) => (
        <div className="a-narrow">
          <div>
            <strong className="x-cut">{entry.actorDisplay}</strong>
            <Outcome outcome={entry.outcome} />
          </div>
          <div className="x-quiet">
            <span className="x-cut">
              {actionWord(entry.action)} {objectOf(entry)}
            </span>
            <span>{times.moment(entry.at)}</span>
          </div>
        </div>
      )}
      empty={<Empty title={say('noEntries')}>{say('noEntriesHelp')}</Empty>}
    />
  )
}

function objectOf({ resourceType, resourceId }: AuditRow): string {
  return [resourceType, resourceId].filter(Boolean).join('/')
}

function columnsOf(
  say: ReturnType<typeof useWords<keyof typeof administrationWords.zh>>,
  times: Times,
  actionWord: (action: string) => string,
): readonly Column<AuditRow>[] {
  return [
    { key: 'at', title: say('time'), widthPx: 160, draw: ({ at }) => times.full(at) },
    {
      key: 'actor',
      title: say('who'),
      widthPx: 170,
      draw: ({ actorDisplay, actor }) => <span title={actor}>{actorDisplay}</span>,
    },
    {
      key: 'outcome',
      title: say('outcome'),
      widthPx: 90,
      draw: ({ outcome }) => <Outcome outcome={outcome} />,
    },
    { key: 'action', title: say('what'), widthPx: 190, draw: ({ action }) => actionWord(action) },
    { key: 'object', title: say('object'), widthPx: 260, draw: objectOf },
    { key: 'patient', title: say('whose'), widthPx: 150, draw: ({ patient }) => patient },
    { key: 'address', title: say('address'), widthPx: 130, draw: ({ address }) => address },
    {
      key: 'detail',
      title: say('detail'),
      widthPx: 240,
      draw: ({ detail }) => <span title={detail}>{detail}</span>,
    },
  ]
}
