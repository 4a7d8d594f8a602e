/** Who opened my record? What a patient is given, on A4 paper or as a file. */
import { Answered, Empty, useAsk, useLook, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button, Select } from 'antd'
import { useCallback } from 'react'
import type { OpeningRow, PatientLine, ReportAnswer } from '../contract.ts'
import { PatientChoice, patientText } from './patient-choice.tsx'
import { PurposeWord } from './purpose-word.tsx'
import { reportPath } from './report-query.ts'
import { reportTypes, reportWords } from './report-words.ts'
import './audit.css'
import './report.css'

const spans = [
  { value: '', word: 'everything' },
  { value: '31', word: 'month' },
  { value: '184', word: 'halfYear' },
  { value: '366', word: 'year' },
] as const

export function ReportScreen() {
  const say = useWords(reportWords)
  const { search, setSearch } = useScreen()
  const patient = search.get('patient') ?? ''
  const choose = useCallback(({ id }: PatientLine) => setSearch({ patient: id }), [setSearch])
  const path = patient ? reportPath(patient, search) : undefined
  const answer = useAsk<ReportAnswer>(path)
  if (!path)
    return (
      <div className="audit-screen">
        <div className="audit-page">
          <PatientChoice onChoose={choose} />
          <Empty title={say('startReport')}>{say('startReportHelp')}</Empty>
        </div>
      </div>
    )
  return (
    <div className="audit-screen">
      <div className="audit-tools x-no-print">
        <Select
          style={{ minWidth: 120 }}
          value={search.get('days') ?? ''}
          aria-label={say('span')}
          options={spans.map(({ value, word }) => ({ value, label: say(word) }))}
          onChange={(days) => setSearch({ days })}
        />
        <Button onClick={() => setSearch({ patient: undefined })}>{say('another')}</Button>
        <div className="audit-end">
          <Button type="primary" onClick={() => window.print()}>
            {say('print')}
          </Button>
          <Button href={reportPath(patient, search, '/csv')} download>
            {say('csv')}
          </Button>
        </div>
      </div>
      <div className="audit-page">
        <Answered answer={answer}>{(report) => <Report report={report} />}</Answered>
      </div>
    </div>
  )
}

function Report({ report }: { readonly report: ReportAnswer }) {
  const say = useWords(reportWords)
  const times = useTimes()
  const { patient, openings, from } = report
  if (openings.length === 0) return <Empty title={say('noAccesses')}>{say('noAccessesHelp')}</Empty>
  return (
    <article className="audit-report">
      <h1>{say('title')}</h1>
      <p>
        {patientText(patient)}
        <br />
        {say('made', { time: times.full(report.at), by: report.by })}
        <br />
        {from ? say('since', { time: times.full(from) }) : say('sinceEver')}
      </p>
      <p className="x-quiet">{say('help')}</p>
      <table className="audit-table audit-report-table">
        <thead>
          {/* The head stands on each sheet of paper, and with it whose report it is. */}
          <tr className="audit-on-paper">
            <td colSpan={6}>{say('of', { patient: patientText(patient) })}</td>
          </tr>
          <tr>
            {(['when', 'who', 'what', 'content', 'why', 'outcome'] as const).map((word) => (
              <th key={word}>{say(word)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {openings.map((opening, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: openings of one instant have no other name here.
            <Line key={place} opening={opening} />
          ))}
        </tbody>
      </table>
      {report.hasMore ? <p className="x-quiet">{say('older')}</p> : null}
      <p className="audit-end-of-report">{say('end', { count: openings.length })}</p>
    </article>
  )
}

const actions = ['looked', 'changed', 'other'] as const

function Line({ opening }: { readonly opening: OpeningRow }) {
  const say = useWords(reportWords)
  const times = useTimes()
  const what = actions.filter((action) => opening.actions.includes(action)).map((action) => say(action))
  const content = opening.types.map((type) => {
    const known = reportTypes.find((each) => each === type)
    return known ? say(`type-${known}`) : type
  })
  return (
    <tr>
      <td className="x-number">{times.full(opening.from)}</td>
      <td>
        <Who opening={opening} />
      </td>
      <td>
        {what.join(' · ')} <span className="x-quiet">{say('times', { count: opening.accesses })}</span>
      </td>
      <td>{content.join(say('between'))}</td>
      <td>
        {/* What was no look at the record itself was for the hospital's own work. */}
        <PurposeWord purpose={opening.purpose ?? (opening.types.length > 0 ? 'TREAT' : 'HOPERAT')} />
      </td>
      <td className={opening.isRefused ? 'x-red' : ''}>
        {opening.isRefused ? `✗ ${say('refused')}` : say('shown')}
      </td>
    </tr>
  )
}

/** Of a colleague what his work is, and a masked name. */
function Who({ opening: { who, app } }: { readonly opening: OpeningRow }) {
  const say = useWords(reportWords)
  const { language } = useLook()
  const by = app ? ` · ${say('byApp', { app })}` : ''
  switch (who.kind) {
    case 'self':
      return <>{say('self') + by}</>
    case 'platform':
      return <>{say('platform') + by}</>
    case 'system':
      return <>{say('machine', { name: who.name }) + by}</>
    case 'relative':
      return <>{say('account', { name: who.name }) + by}</>
    case 'staff':
      return (
        <>
          {who.name}
          {by}
          <div className="x-quiet">
            {[...who.roles.map((role) => role[language]), ...who.departments].join(' · ')}
          </div>
        </>
      )
  }
}
