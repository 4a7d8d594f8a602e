/** Verifications: asking for one, its progress, stopping it, and what it found by place and kind. */
import {
  type Answer,
  Answered,
  Empty,
  FailureText,
  type Say,
  useAct,
  useAsk,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Progress, Select } from 'antd'
import { useState } from 'react'
import type { FindingRow, VerificationRow, VerificationsAnswer } from '../contract.ts'
import { type AuditWord, words } from './words.ts'

const path = '/api/audit/verifications'
/** While one runs; else the list changes by what is done here. */
const whileRunningMs = 1_000
const spans = [
  { value: 0, word: 'wholeTrail' },
  { value: 1, word: 'lastDay' },
  { value: 7, word: 'lastWeek' },
  { value: 31, word: 'lastMonth' },
] as const

export function useVerifications(isActive: boolean): Answer<VerificationsAnswer> {
  const [isRunning, setRunning] = useState(false)
  const answer = useAsk<VerificationsAnswer>(path, isActive && isRunning ? { everyMs: whileRunningMs } : {})
  const now = answer.state === 'ready' && answer.data.verifications.some(isUnderWay)
  if (now !== isRunning) setRunning(now)
  return answer
}

function isUnderWay({ state }: VerificationRow): boolean {
  return state === 'waiting' || state === 'running'
}

export function Verifications({ answer }: { readonly answer: Answer<VerificationsAnswer> }) {
  const say = useWords(words)
  const [days, setDays] = useState<number>(0)
  const act = useAct(() => ({ path, body: days === 0 ? {} : { days } }), { refreshes: ['/api/audit'] })
  return (
    <section>
      <h2>{say('verifications')}</h2>
      <div className="audit-acts">
        <Select
          style={{ minWidth: 120 }}
          value={days}
          aria-label={say('span')}
          options={spans.map(({ value, word }) => ({ value, label: say(word) }))}
          onChange={setDays}
        />
        <Button type="primary" loading={act.isRunning} onClick={() => void act.run(undefined)}>
          {say('verify')}
        </Button>
      </div>
      {act.error ? (
        <p className="x-red" role="alert">
          <FailureText error={act.error} />
        </p>
      ) : null}
      <Answered answer={answer}>
        {({ verifications }) =>
          verifications.length === 0 ? (
            <Empty title={say('noVerifications')}>{say('noVerificationsHelp')}</Empty>
          ) : (
            <ol className="audit-runs">
              {verifications.slice(0, mostShown).map((run) => (
                <Run key={run.id} run={run} />
              ))}
            </ol>
          )
        }
      </Answered>
    </section>
  )
}

/** Older ones stand in the audit trail. */
const mostShown = 5

function Run({ run }: { readonly run: VerificationRow }) {
  const say = useWords(words)
  const times = useTimes()
  const act = useAct(() => ({ path: `${path}/${run.id}/stop`, body: {} }), { refreshes: [path] })
  const { result } = run
  return (
    <li>
      <div className="audit-run">
        <Outcome run={run} />
        <span className="x-quiet">
          {times.full(run.at)} · {run.authorDisplay} ·{' '}
          {run.from ? say('since-time', { time: times.full(run.from) }) : say('wholeTrail')}
        </span>
        {isUnderWay(run) ? (
          <Button size="small" loading={act.isRunning} onClick={() => void act.run(undefined)}>
            {say('stop')}
          </Button>
        ) : null}
      </div>
      {isUnderWay(run) ? (
        <Progress
          percent={Math.floor((run.sealsDone * 100) / Math.max(1, run.sealsTotal))}
          format={() => `${run.sealsDone} / ${run.sealsTotal}`}
          aria-label={say('seals')}
        />
      ) : null}
      {result ? <Counts result={result} /> : null}
      {result && result.findings.length > 0 ? <Findings result={result} /> : null}
    </li>
  )
}

function Outcome({ run: { state, result } }: { readonly run: VerificationRow }) {
  const say = useWords(words)
  if (state === 'stopped') return <strong>■ {say('stopped')}</strong>
  if (!result) return <strong className="x-blue">◌ {say(state === 'running' ? 'running' : 'queued')}</strong>
  if (result.findingsCount === 0) return <strong>✓ {say('whole')}</strong>
  return <strong className="x-red">✗ {say('broken', { count: result.findingsCount })}</strong>
}

type Result = NonNullable<VerificationRow['result']>

function Counts({ result }: { readonly result: Result }) {
  const say = useWords(words)
  const counts = ['seals', 'entries', 'heads', 'unsealed', 'dropped'] as const
  return (
    <dl className="audit-facts">
      {counts.map((name) => (
        <div key={name}>
          <dt>{say(name)}</dt>
          <dd className="x-number">{result[name]}</dd>
        </div>
      ))}
      {result.head ? (
        <div>
          <dt>{say('head')}</dt>
          <dd>
            <code>{result.head.slice(0, 16)}…</code>
          </dd>
        </div>
      ) : null}
    </dl>
  )
}

/** More stands in what the command line says. */
const mostFindings = 100

function Findings({ result }: { readonly result: Result }) {
  const say = useWords(words)
  const times = useTimes()
  const shown = result.findings.slice(0, mostFindings)
  return (
    <div className="audit-wide">
      <table className="audit-table">
        <thead>
          <tr>
            {(['kind', 'place', 'time', 'findingDetail'] as const).map((word) => (
              <th key={word}>{say(word)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((finding) => (
            <tr key={`${finding.kind} ${finding.seal} ${finding.entry} ${finding.what}`}>
              <td className="x-red">✗ {say(`finding-${finding.kind}`)}</td>
              <td>{placeOf(say, finding)}</td>
              <td className="x-number">{finding.at ? times.full(finding.at) : ''}</td>
              <td>{finding.what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {result.findingsCount > shown.length ? (
        <p className="x-quiet">{say('moreFindings', { count: result.findingsCount - shown.length })}</p>
      ) : null}
    </div>
  )
}

function placeOf(say: Say<AuditWord>, { entry, seal }: FindingRow): string {
  return [entry && say('entryAt', { entry }), seal && say('sealAt', { seal })].filter(Boolean).join(' · ')
}
