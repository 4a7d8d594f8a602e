/** Cancels unfinished work, or takes the files of a finished export away; says first what that means. */
import { FailureText, useWords } from '@xinglin/kit'
import { Button, Popconfirm } from 'antd'
import { useDoorAct } from '../fhir/use-door-act.ts'
import { bulkWords } from './bulk-words.ts'
import { isUnfinished, type Job, jobsPath, statusPath } from './job.ts'

export function StopJob({ job }: { readonly job: Job }) {
  const say = useWords(bulkWords)
  const act = useDoorAct<void>(() => ({ path: statusPath(job), method: 'DELETE' }), { refreshes: [jobsPath] })
  const word = isUnfinished(job) ? 'cancel' : 'removeFiles'
  const meaning = isUnfinished(job)
    ? say(job.kind === 'export' ? 'cancelExport' : 'cancelImport', { count: job.count })
    : say('removeFilesHelp')
  return (
    <div>
      <Popconfirm
        title={meaning}
        okText={say(word)}
        cancelText={say('keepGoing')}
        okButtonProps={{ danger: true }}
        onConfirm={() => void act.run()}
      >
        <Button danger loading={act.isRunning}>
          {say(word)}
        </Button>
      </Popconfirm>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </div>
  )
}
