/** How far is every export and import, what became of those that ended, and how is one begun? */
import { DownloadOutlined, UploadOutlined } from '@ant-design/icons'
import { Answered, DataGrid, Empty, useAsk, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button, Checkbox } from 'antd'
import { useMemo } from 'react'
import '../explorer.css'
import { State } from '../monitor/state.tsx'
import { bulkWords } from './bulk-words.ts'
import { ExportForm } from './export-form.tsx'
import { ImportForm } from './import-form.tsx'
import { type Job, type JobsAnswer, jobsOf, jobsPath } from './job.ts'
import { columnsOf } from './job-columns.tsx'
import { JobDrawer } from './job-drawer.tsx'

/** Each look leaves an audit entry; work of minutes is followed well enough so. */
const askEveryMs = 5_000

export function JobsScreen() {
  const say = useWords(bulkWords)
  const { search, setSearch } = useScreen()
  const answer = useAsk<JobsAnswer>(jobsPath, { everyMs: askEveryMs })
  const form = search.get('new')
  const isMine = search.get('mine') === 'true'
  const closeForm = () => setSearch({ new: undefined })
  const showJob = (id: string | undefined) => setSearch({ new: undefined, job: id })
  return (
    <div className="rx-screen">
      <div className="rx-tools">
        <Button type="primary" icon={<DownloadOutlined />} onClick={() => setSearch({ new: 'export' })}>
          {say('newExport')}
        </Button>
        <Button icon={<UploadOutlined />} onClick={() => setSearch({ new: 'import' })}>
          {say('newImport')}
        </Button>
        <Checkbox
          checked={isMine}
          onChange={({ target }) => setSearch({ mine: target.checked ? 'true' : undefined })}
        >
          {say('onlyMine')}
        </Checkbox>
      </div>
      <div className="rx-list">
        <Answered answer={answer}>
          {(told) => <JobList jobs={jobsOf(told).filter(({ isOwn }) => isOwn || !isMine)} />}
        </Answered>
      </div>
      <ExportForm isOpen={form === 'export'} onClose={closeForm} onBegun={showJob} />
      <ImportForm isOpen={form === 'import'} onClose={closeForm} onBegun={showJob} />
    </div>
  )
}

function JobList({ jobs }: { readonly jobs: readonly Job[] }) {
  const say = useWords(bulkWords)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  const chosen = search.get('job') ?? undefined
  return (
    <>
      <DataGrid
        name="record-explorer.jobs"
        label={say('jobs')}
        rows={jobs}
        columns={columns}
        keyOf={({ id }) => id}
        selectedKey={search.get('row') ?? chosen}
        onSelect={({ id }) => setSearch({ row: id })}
        onOpen={({ id }) => setSearch({ row: id, job: id })}
        opensOnClick
        narrowHeightPx={56}
        drawNarrow={(row) => <NarrowJob row={row} />}
        empty={<Empty title={say('noJobs')}>{say('noJobsHelp')}</Empty>}
      />
      <JobDrawer
        job={jobs.find(({ id }) => id === chosen)}
        onClose={() => setSearch({ job: undefined })}
        onAgain={(kind) => setSearch({ job: undefined, new: kind })}
      />
    </>
  )
}

function NarrowJob({ row }: { readonly row: Job }) {
  const say = useWords(bulkWords)
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
          {row.kind === 'import' && row.refused > 0 ? (
            <span className="x-red">✕ {row.refused} · </span>
          ) : null}
          {Math.round(row.share * 100)}% · {row.count}
        </span>
      </div>
    </div>
  )
}
