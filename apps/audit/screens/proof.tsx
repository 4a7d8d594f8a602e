/** Is the trail whole, and which months does it hold? */
import { Answered, ReasonDialog, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { auditPermissions, type ProofAnswer } from '../contract.ts'
import { DaysChoice, useDays } from './days.tsx'
import { words } from './words.ts'
import './audit.css'

export function ProofScreen() {
  const say = useWords(words)
  const answer = useAsk<ProofAnswer>(`/api/audit/proof?days=${useDays()}`, { keepsPrevious: true })
  return (
    <div className="audit-screen">
      <div className="audit-tools">
        <DaysChoice />
        <div className="audit-end">
          <Button href="/api/audit/head" download>
            {say('keepHead')}
          </Button>
        </div>
      </div>
      <div className="audit-page">
        <Answered answer={answer}>
          {({ verification, months }) => (
            <>
              <Verification verification={verification} />
              <Months months={months} />
            </>
          )}
        </Answered>
      </div>
    </div>
  )
}

function Verification({ verification }: Pick<ProofAnswer, 'verification'>) {
  const say = useWords(words)
  const times = useTimes()
  const { findings, head } = verification
  const counts = ['seals', 'entries', 'heads', 'unsealed', 'dropped'] as const
  return (
    <section>
      <h2 className={findings.length === 0 ? '' : 'x-red'}>
        {findings.length === 0 ? `✓ ${say('whole')}` : `✗ ${say('broken', { count: findings.length })}`}
      </h2>
      <dl className="audit-facts">
        {counts.map((name) => (
          <div key={name}>
            <dt>{say(name)}</dt>
            <dd className="x-number">{verification[name]}</dd>
          </div>
        ))}
        <div>
          <dt>{say('head')}</dt>
          <dd>
            <code>{head}</code>
          </dd>
        </div>
      </dl>
      <ul>
        {findings.map(({ kind, seal, entry, at, what }) => (
          <li key={`${kind} ${seal} ${entry}`} className="x-red">
            {kind} {entry ?? seal} {at ? times.full(at) : ''} {what}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Months({ months }: Pick<ProofAnswer, 'months'>) {
  const say = useWords(words)
  const times = useTimes()
  const mayDrop = useMay(auditPermissions.dropMonths)
  const [dropping, setDropping] = useState<string>()
  return (
    <section>
      <h2>{say('months')}</h2>
      <table className="audit-table">
        <thead>
          <tr>
            {(['month', 'about', 'size', 'state'] as const).map((word) => (
              <th key={word}>{say(word)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {months.map(({ month, entries, sizeBytes, mayBeDropped, dropped }) => (
            <tr key={month}>
              <td className="x-number">{month}</td>
              <td className="x-number">{entries}</td>
              <td className="x-number">{Math.ceil(sizeBytes / 1024)} KB</td>
              <td>
                {dropped
                  ? `${say('dropped')} · ${dropped.by} · ${times.full(dropped.at)} · ${dropped.reason}`
                  : say('kept')}{' '}
                {mayBeDropped && mayDrop ? (
                  <Button size="small" danger onClick={() => setDropping(month)}>
                    {say('drop')}
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {dropping ? <DropMonth month={dropping} onClose={() => setDropping(undefined)} /> : null}
    </section>
  )
}

function DropMonth({ month, onClose }: { readonly month: string; readonly onClose: () => void }) {
  const say = useWords(words)
  const act = useAct((reason: string) => ({ path: `/api/audit/months/${month}/drop`, body: { reason } }), {
    refreshes: ['/api/audit/proof'],
  })
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) onClose()
  }
  return (
    <ReasonDialog
      isOpen
      title={say('dropTitle', { month })}
      act={say('drop')}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void run(reason)}
      onCancel={onClose}
    >
      {say('dropText')}
    </ReasonDialog>
  )
}
