/** Who opened my record? What a patient is given, on paper or as a file. */
import { Answered, Empty, useAsk, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import type { ReportAnswer, ReportRow } from '../contract.ts'
import { words } from './words.ts'
import './audit.css'

const outcomes = { allowed: 'allowed', refused: 'refused', failed: 'failed' } as const

export function ReportScreen() {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const patient = search.get('patient') ?? ''
  const path = patient ? `/api/audit/reports/${encodeURIComponent(patient)}` : undefined
  const answer = useAsk<ReportAnswer>(path)
  return (
    <div className="audit-screen">
      <div className="audit-tools x-no-print">
        <Input.Search
          allowClear
          defaultValue={patient}
          style={{ maxWidth: 420 }}
          enterButton={say('show')}
          placeholder={say('patientId')}
          aria-label={say('patientId')}
          onSearch={(text) => setSearch({ patient: text.trim() || undefined })}
        />
        {path ? (
          <div className="audit-end">
            <Button onClick={() => window.print()}>{say('print')}</Button>
            <Button href={`${path}/csv`} download>
              {say('csv')}
            </Button>
          </div>
        ) : null}
      </div>
      <div className="audit-page">
        {path ? (
          <Answered answer={answer}>{(report) => <Report report={report} />}</Answered>
        ) : (
          <Empty title={say('startReport')}>{say('startReportHelp')}</Empty>
        )}
      </div>
    </div>
  )
}

function Report({ report }: { readonly report: ReportAnswer }) {
  const say = useWords(words)
  const times = useTimes()
  if (report.rows.length === 0) return <Empty title={say('noAccesses')}>{say('noAccessesHelp')}</Empty>
  return (
    <article>
      <h1>{say('reportTitle')}</h1>
      <p>{say('reportOf', { patient: report.patient, time: times.full(report.at) })}</p>
      <p className="x-quiet">{say('reportHelp')}</p>
      <table className="audit-table">
        <thead>
          <tr>
            {(['time', 'who', 'what', 'object', 'purpose', 'outcome'] as const).map((word) => (
              <th key={word}>{say(word)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: accesses of one instant have no other name here.
            <Line key={place} row={row} />
          ))}
        </tbody>
      </table>
      {report.hasMore ? <p className="x-quiet">{say('older')}</p> : null}
    </article>
  )
}

const actions = ['read', 'search', 'history', 'create', 'update', 'delete'] as const

function Line({ row }: { readonly row: ReportRow }) {
  const say = useWords(words)
  const times = useTimes()
  const known = actions.find((each) => each === row.action)
  return (
    <tr>
      <td className="x-number">{times.full(row.at)}</td>
      <td>{row.who}</td>
      <td>{known ? say(known) : row.action}</td>
      <td>{row.object}</td>
      <td>{row.purpose ?? say('treatment')}</td>
      <td className={row.outcome === 'allowed' ? '' : 'x-red'}>
        {row.outcome === 'allowed' ? '' : '✗ '}
        {say(outcomes[row.outcome])}
      </td>
    </tr>
  )
}
