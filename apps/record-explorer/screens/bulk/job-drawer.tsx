/** One export or import: how far it is, its end, its files or refused lines, and the ways to stop it. */
import { useIsNarrow, useTimes, useWords } from '@xinglin/kit'
import { Button, Drawer } from 'antd'
import { State } from '../monitor/state.tsx'
import { bulkWords } from './bulk-words.ts'
import { ExportFiles } from './export-files.tsx'
import { ImportRefusals } from './import-refusals.tsx'
import { isUnfinished, type Job } from './job.ts'
import { scopeOf } from './job-columns.tsx'
import { Share } from './share.tsx'
import { StopJob } from './stop-job.tsx'
import { useStanding } from './use-standing.ts'

type Props = {
  readonly job: Job | undefined
  readonly onClose: () => void
  readonly onAgain: (kind: Job['kind']) => void
}

export function JobDrawer({ job, onClose, onAgain }: Props) {
  const say = useWords(bulkWords)
  const isNarrow = useIsNarrow()
  return (
    <Drawer
      open={job !== undefined}
      title={job ? `${say(job.kind)} · ${scopeOf(job, say)}` : ''}
      size={isNarrow ? '100%' : 560}
      onClose={onClose}
      destroyOnHidden
    >
      {job ? <OneJob job={job} onAgain={() => onAgain(job.kind)} /> : null}
    </Drawer>
  )
}

function OneJob({ job, onAgain }: { readonly job: Job; readonly onAgain: () => void }) {
  const say = useWords(bulkWords)
  return (
    <div className="rx-job">
      <JobState job={job} />
      {job.isOwn ? null : <p className="x-quiet">{say('notOwner')}</p>}
      {job.isOwn && job.kind === 'export' && job.state === 'done' ? <ExportFiles job={job} /> : null}
      {job.isOwn && job.kind === 'import' && !isUnfinished(job) ? <ImportRefusals job={job} /> : null}
      {job.isOwn && isUnfinished(job) ? <StopJob job={job} /> : null}
      {job.state === 'failed' || job.state === 'cancelled' ? (
        <Button onClick={onAgain}>{say(job.kind === 'export' ? 'newExport' : 'newImport')}</Button>
      ) : null}
    </div>
  )
}

/** Followed by the second while it is one's own, as the door tells it; else as the list does. */
function JobState({ job }: { readonly job: Job }) {
  const say = useWords(bulkWords)
  const times = useTimes()
  const standing = useStanding(job)
  const percent = standing?.percent ?? Math.round(job.share * 100)
  const refused = standing?.refused ?? (job.kind === 'import' ? job.refused : 0)
  const facts = [
    [say(job.kind === 'export' ? 'resources' : 'written'), String(standing?.resources ?? job.count)],
    [say('refused'), refused > 0 ? `✕ ${refused}` : ''],
    [say('begun'), times.full(job.at)],
    [say('ended'), times.full(job.ended)],
    [say('owner'), job.isOwn ? say('mine') : job.owner],
    [say('reason'), job.reason ?? ''],
  ] as const
  return (
    <>
      <p role="status">
        <State state={job.state} />
      </p>
      <Share state={job.state} percent={percent} />
      <dl className="rx-members">
        {facts
          .filter(([, text]) => text)
          .flatMap(([name, text]) => [
            <dt key={name}>{name}</dt>,
            <dd key={`${name}.`} className={text === job.reason || text.startsWith('✕') ? 'x-red' : ''}>
              {text}
            </dd>,
          ])}
      </dl>
    </>
  )
}
