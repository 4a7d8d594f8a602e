/** One thing that stands out: why it is listed, its entries, and the judgement with its grounds. */
import { CloseOutlined } from '@ant-design/icons'
import { FailureText, Go, type Say, useAct, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { useState } from 'react'
import {
  type AnomalyRow,
  auditPermissions,
  auditScreens,
  explorerAddress,
  type RuleRow,
} from '../contract.ts'
import { AnomalyState } from './anomalies.tsx'
import { type AuditWord, words } from './words.ts'

/** Fewer characters than this are no grounds. */
const shortestNote = 2

type Props = { readonly row: AnomalyRow; readonly rule: RuleRow | undefined; readonly onClose: () => void }

export function AnomalyDetail({ row, rule, onClose }: Props) {
  const say = useWords(words)
  const times = useTimes()
  const mayReview = useMay(auditPermissions.reviewAnomalies)
  const { review } = row
  const trail = new URLSearchParams({
    actor: row.actor,
    days: 'range',
    from: row.since,
    until: after(row.until),
  })
  return (
    <aside className="audit-side" aria-label={say(row.rule)}>
      <header>
        <h2 className="x-cut">
          {row.actorDisplay} · {say(row.rule)}
        </h2>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={say('close')}
          title={say('close')}
          onClick={onClose}
        />
      </header>
      <div className="audit-side-body">
        <h3>{say('why')}</h3>
        <p>{whyOf(say, row, rule)}</p>
        <p>
          {times.full(row.since)} – {times.full(row.until)}
        </p>
        <p>
          <AnomalyState row={row} />
        </p>
        {review ? (
          <p>
            {say('reviewedBy')} {review.by} · {times.full(review.at)}
            <br />
            {review.note}
          </p>
        ) : null}
        <p>
          <Go to={`${auditScreens.explorer}?${trail}`}>{say('trailOfPerson')}</Go>
        </p>
        {row.patient ? (
          <p>
            <Go to={explorerAddress({ patient: row.patient })}>{say('trailOfPatient')}</Go>
          </p>
        ) : null}
        {!review && mayReview ? <Judgement id={row.id} /> : null}
      </div>
    </aside>
  )
}

/** The trail is asked up to, and not with, the end. */
function after(instant: string): string {
  return new Date(Date.parse(instant) + 1).toISOString()
}

function whyOf(
  say: Say<AuditWord>,
  { rule, patients, accesses }: AnomalyRow,
  row: RuleRow | undefined,
): string {
  const { fromHour = 0, untilHour = 0, patients: least = 0 } = row?.thresholds ?? {}
  switch (rule) {
    case 'night':
      return say('whyNight', { from: fromHour, until: untilHour, patients, least })
    case 'mass':
      return say('whyMass', { patients, least })
    case 'same-name':
      return say('whySameName', { accesses })
    case 'colleague':
      return say('whyColleague', { accesses })
  }
}

function Judgement({ id }: { readonly id: string }) {
  const say = useWords(words)
  const [note, setNote] = useState('')
  const act = useAct(
    (outcome: 'justified' | 'not-justified') => ({
      path: '/api/audit/anomalies/review',
      body: { id, outcome, note: note.trim() },
    }),
    { refreshes: ['/api/audit/anomalies'] },
  )
  const isGiven = note.trim().length >= shortestNote
  return (
    <section aria-label={say('review')}>
      <h3>{say('review')}</h3>
      <Input.TextArea
        rows={3}
        value={note}
        aria-label={say('note')}
        placeholder={say('noteNeeded')}
        onChange={(event) => setNote(event.target.value)}
      />
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      <div className="audit-acts">
        <Button
          type="primary"
          disabled={!isGiven}
          loading={act.isRunning}
          onClick={() => void act.run('justified')}
        >
          ✓ {say('justified')}
        </Button>
        <Button
          danger
          disabled={!isGiven}
          loading={act.isRunning}
          onClick={() => void act.run('not-justified')}
        >
          ✗ {say('notJustified')}
        </Button>
      </div>
    </section>
  )
}
