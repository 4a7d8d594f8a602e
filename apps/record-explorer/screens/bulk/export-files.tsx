/** The files of a finished export (Bulk Data Access 2.0 §Complete Status): what each holds, until when, and fetching it. */
import { DownloadOutlined } from '@ant-design/icons'
import { Answered, useTimes, useWords } from '@xinglin/kit'
import { door, useDoor } from '../fhir/door.ts'
import { bulkWords } from './bulk-words.ts'
import { type Job, statusPath } from './job.ts'
import { StopJob } from './stop-job.tsx'
import { type File, type Manifest, manifestOf } from './told.ts'

export function ExportFiles({ job }: { readonly job: Job }) {
  const answer = useDoor({ path: statusPath(job) }, { read: manifestOf })
  return (
    <Answered answer={answer}>
      {(manifest) => (manifest ? <Listed job={job} manifest={manifest} /> : null)}
    </Answered>
  )
}

function Listed({ job, manifest }: { readonly job: Job; readonly manifest: Manifest }) {
  const say = useWords(bulkWords)
  const times = useTimes()
  const hasFiles = manifest.output.length + manifest.deleted.length > 0
  return (
    <section aria-label={say('files')}>
      <dl className="rx-members">
        <dt>{say('asOf')}</dt>
        <dd className="x-number">{times.full(manifest.transactionTime)}</dd>
        {hasFiles && manifest.expires ? (
          <>
            <dt>{say('filesUntil')}</dt>
            <dd className="x-number">{times.full(manifest.expires)}</dd>
          </>
        ) : null}
      </dl>
      {hasFiles ? null : <p className="x-quiet">{say('noFiles')}</p>}
      <Files job={job} title={say('files')} files={manifest.output} />
      <Files job={job} title={say('deletedFiles')} files={manifest.deleted} />
      {hasFiles ? <StopJob job={job} /> : null}
    </section>
  )
}

type FilesProps = { readonly job: Job; readonly title: string; readonly files: readonly File[] }

function Files({ job, title, files }: FilesProps) {
  const say = useWords(bulkWords)
  if (files.length === 0) return null
  return (
    <table className="rx-table rx-files">
      <caption>{title}</caption>
      <tbody>
        {files.map(({ type, number, count }) => (
          <tr key={number}>
            <th scope="row">{type}</th>
            <td className="x-number x-right">{count.toLocaleString('en')}</td>
            <td className="x-right">
              <a
                href={`${door}/${statusPath(job)}/files/${encodeURIComponent(number)}`}
                download={`${type}-${number}.ndjson`}
              >
                <DownloadOutlined aria-hidden /> {say('download')}
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
