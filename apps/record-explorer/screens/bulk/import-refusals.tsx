/** Which lines of an import were not written, where they stand, and why. */
import { DownloadOutlined } from '@ant-design/icons'
import { Answered, useWords } from '@xinglin/kit'
import { door, useDoor } from '../fhir/door.ts'
import { IssueKind } from '../validate/issue-kind.tsx'
import { bulkWords } from './bulk-words.ts'
import { type Job, statusPath } from './job.ts'
import { refusalsOf } from './told.ts'

/** More are read in the file. */
const mostShown = 200

export function ImportRefusals({ job }: { readonly job: Job }) {
  const say = useWords(bulkWords)
  const path = `${statusPath(job)}/refusals`
  const hasAny = job.kind === 'import' && job.refused > 0
  const answer = useDoor(hasAny ? { path } : undefined, { read: refusalsOf, staleAfterMs: 60_000 })
  if (!hasAny) return <p className="x-quiet">{say('noRefusals')}</p>
  return (
    <section aria-label={say('refusals')}>
      <h2>{say('refusals')}</h2>
      <Answered answer={answer}>
        {(refusals) => (
          <ul className="rx-refusals">
            {refusals.slice(0, mostShown).map(({ file, line, text, at, errorCode }) => (
              <li key={`${file}.${line}`}>
                <strong className="x-number">{say('place', { file, line })}</strong>{' '}
                <IssueKind code={errorCode} />
                {at && !text.includes(at) ? <code>{at} </code> : null}
                <span className="x-red">{text}</span> <code className="x-quiet">{errorCode}</code>
              </li>
            ))}
          </ul>
        )}
      </Answered>
      <a href={`${door}/${path}`} download="refused.ndjson">
        <DownloadOutlined aria-hidden /> {say('allRefusals')}
      </a>
    </section>
  )
}
