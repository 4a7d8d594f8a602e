/** The columns of the list of exports and imports. */
import type { Column, Times } from '@xinglin/kit'
import { State } from '../monitor/state.tsx'
import type { SayBulk } from './bulk-words.ts'
import type { Job } from './job.ts'
import { Share } from './share.tsx'

export function columnsOf(say: SayBulk, times: Times): readonly Column<Job>[] {
  const moment = (at: string | undefined) => (
    <time className="x-number" title={times.full(at)}>
      {times.moment(at)}
    </time>
  )
  return [
    {
      key: 'kind',
      title: say('kind'),
      widthPx: 80,
      draw: ({ kind }) => say(kind),
      sortBy: ({ kind }) => kind,
    },
    { key: 'scope', title: say('scope'), widthPx: 190, draw: (job) => scopeOf(job, say) },
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
      widthPx: 170,
      draw: ({ state, share }) => <Share state={state} percent={Math.round(share * 100)} isSmall />,
    },
    {
      key: 'count',
      title: say('resources'),
      widthPx: 100,
      align: 'right',
      draw: ({ count }) => <span className="x-number">{count}</span>,
      sortBy: ({ count }) => count,
    },
    {
      key: 'refused',
      title: say('refused'),
      widthPx: 80,
      align: 'right',
      draw: (job) =>
        job.kind === 'import' && job.refused > 0 ? (
          <span className="x-number x-red">✕ {job.refused}</span>
        ) : null,
    },
    { key: 'at', title: say('begun'), widthPx: 110, draw: ({ at }) => moment(at), sortBy: ({ at }) => at },
    { key: 'ended', title: say('ended'), widthPx: 110, draw: ({ ended }) => moment(ended) },
    {
      key: 'owner',
      title: say('owner'),
      widthPx: 160,
      draw: ({ owner, isOwn }) => (isOwn ? say('mine') : owner),
      sortBy: ({ owner }) => owner,
    },
    { key: 'reason', title: say('reason'), widthPx: 200, draw: ({ reason }) => reason },
  ]
}

/** What is exported, or how much is imported, in words. */
export function scopeOf(job: Job, say: SayBulk): string {
  return job.kind === 'export'
    ? `${say(`level_${job.level}`)} · ${say('types', { count: job.types })}`
    : say('inputs', { count: job.inputs })
}
