/** Which months does the trail hold, and which may be dropped by rule? */
import { Answered, ReasonDialog, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { auditPermissions, type MonthsAnswer } from '../contract.ts'
import { words } from './words.ts'

export function Months() {
  const say = useWords(words)
  const answer = useAsk<MonthsAnswer>('/api/audit/months')
  return (
    <section>
      <h2>{say('months')}</h2>
      <Answered answer={answer}>{({ months }) => <MonthTable months={months} />}</Answered>
    </section>
  )
}

function MonthTable({ months }: MonthsAnswer) {
  const say = useWords(words)
  const times = useTimes()
  const mayDrop = useMay(auditPermissions.dropMonths)
  const [dropping, setDropping] = useState<string>()
  return (
    <div className="audit-wide">
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
    </div>
  )
}

function DropMonth({ month, onClose }: { readonly month: string; readonly onClose: () => void }) {
  const say = useWords(words)
  const act = useAct((reason: string) => ({ path: `/api/audit/months/${month}/drop`, body: { reason } }), {
    refreshes: ['/api/audit/months'],
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
