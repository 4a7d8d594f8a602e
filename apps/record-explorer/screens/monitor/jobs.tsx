/** How far is every export and import, and what became of those that ended? */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Times,
  useAsk,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Progress } from 'antd'
import { useMemo } from 'react'
import '../explorer.css'
import type { JobRow, JobsAnswer } from './answers.ts'
import { monitorWords, type SayMonitor } from './monitor-words.ts'
import { State } from './state.tsx'

/** Each look leaves an audit entry; work of minutes is followed well enough so. */
const askEveryMs = 5_000

type Shown = JobRow & {
  readonly kind: 'export' | 'import'
  readonly count: number
  readonly refused?: number
}

export function JobsScreen() {
  const say = useWords(monitorWords)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const answer = useAsk<JobsAnswer>('/api/bulk/jobs', { everyMs: askEveryMs })
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  return (
    <div className="rx-screen">
      <Answered answer={answer}>
        {(jobs) => (
          <DataGrid
            name="record-explorer.jobs"
            label={say('jobs')}
            rows={shownOf(jobs)}
            columns={columns}
            keyOf={({ id }) => id}
            selectedKey={search.get('job') ?? undefined}
            onSelect={({ id }) => setSearch({ job: id })}
            narrowHeightPx={56}
            drawNarrow={(row) => <NarrowJob row={row} />}
            empty={<Empty title={say('noJobs')}>{say('noJobsHelp')}</Empty>}
          />
        )}
      </Answered>
    </div>
  )
}

function shownOf({ exports, imports }: JobsAnswer): readonly Shown[] {
  const all: readonly Shown[] = [
    ...exports.map((row) => ({ ...row, kind: 'export' as const, count: row.resources })),
    ...imports.map((row) => ({ ...row, kind: 'import' as const, count: row.written })),
  ]
  return all.toSorted((left, right) => Date.parse(right.at) - Date.parse(left.at))
}

function NarrowJob({ row }: { readonly row: Shown }) {
  const say = useWords(monitorWords)
  const times = useTimes()
  return (
    <div className="rx-narrow">
      <div>
        <strong>{say(row.kind)}</strong>
        <State state={row.state} />
      </div>
      <div className="x-quiet x-number">
        <time>{times.moment(row.at)}</time>
        <span>
          {Math.round(row.share * 100)}% · {row.count}
        </span>
      </div>
    </div>
  )
}

function columnsOf(say: SayMonitor, times: Times): readonly Column<Shown>[] {
  return [
    {
      key: 'kind',
      title: say('kind'),
      widthPx: 90,
      draw: ({ kind }) => say(kind),
      sortBy: ({ kind }) => kind,
    },
    {
      key: 'state',
      title: say('state'),
      widthPx: 110,
      draw: ({ state }) => <State state={state} />,
      sortBy: ({ state }) => state,
    },
    {
      key: 'share',
      title: say('progress'),
      widthPx: 180,
      draw: ({ share }) => <Progress size="small" percent={Math.round(share * 100)} status="normal" />,
    },
    {
      key: 'count',
      title: say('resources'),
      widthPx: 100,
      align: 'right',
      draw: ({ count }) => <span className="x-number">{count}</span>,
    },
    {
      key: 'refused',
      title: say('refused'),
      widthPx: 80,
      align: 'right',
      draw: ({ refused }) => (refused ? <span className="x-number x-red">✕ {refused}</span> : null),
    },
    {
      key: 'at',
      title: say('begun'),
      widthPx: 120,
      draw: ({ at }) => (
        <time className="x-number" title={times.full(at)}>
          {times.moment(at)}
        </time>
      ),
    },
    {
      key: 'ended',
      title: say('ended'),
      widthPx: 120,
      draw: ({ ended }) => (
        <time className="x-number" title={times.full(ended)}>
          {times.moment(ended)}
        </time>
      ),
    },
    { key: 'owner', title: say('owner'), widthPx: 160, draw: ({ owner }) => owner },
    { key: 'reason', title: say('reason'), widthPx: 200, draw: ({ reason }) => reason },
  ]
}
