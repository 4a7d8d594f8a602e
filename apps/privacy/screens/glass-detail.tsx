/** One broken glass: what happened, and the judgement with its grounds. */
import {
  Answered,
  Facts,
  FailureText,
  Go,
  Loading,
  Side,
  useAct,
  useAsk,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { AccessesAnswer, GlassRow } from '../contract.ts'
import { Field } from './field.tsx'
import { GlassState } from './glass.tsx'
import { PatientFacts } from './patient-facts.tsx'
import { words } from './words.ts'

/** Fewer characters than this are no grounds. */
const shortestNote = 2

export function GlassDetail({ row, onClose }: { readonly row: GlassRow; readonly onClose: () => void }) {
  const say = useWords(words)
  const times = useTimes()
  const consents = row.refusedBy.map((id) => `Consent/${id}`).join('、')
  return (
    <Side title={`${row.holderDisplay} → ${row.patient.name}`} onClose={onClose}>
      <Facts
        facts={[
          [say('outcome'), <GlassState key="state" row={row} />],
          [say('patient'), <PatientFacts key="patient" patient={row.patient} />],
          [say('who'), `${row.holderDisplay}`],
          [say('reason'), row.reason],
          [say('refusedByConsent'), consents || say('noConsentThen')],
          [say('task'), <code key="task">Task/{row.task}</code>],
          [say('since'), times.full(row.since)],
          [say('until'), times.full(row.until)],
          [say('due'), times.full(row.reviewDue)],
          row.review && [say('reviewer'), `${row.review.reviewerDisplay} · ${times.full(row.review.at)}`],
          row.review && [say('note'), row.review.note],
        ]}
      />
      <p>
        <Go to={`/audit/explorer?patient=${encodeURIComponent(row.patient.id)}`}>{say('trail')}</Go>
      </p>
      <Accesses row={row} />
      {row.review ? null : <Judgement key={row.id} row={row} />}
    </Side>
  )
}

/** What was looked at, in one line each. */
function Accesses({ row }: { readonly row: GlassRow }) {
  const say = useWords(words)
  const times = useTimes()
  const answer = useAsk<AccessesAnswer>(`/api/privacy/glass/${row.id}/accesses`)
  return (
    <section className="privacy-part" aria-label={say('accesses')}>
      <h2>{say('accesses')}</h2>
      <Answered answer={answer} loading={<Loading rows={3} />}>
        {({ accesses, hasMore }) => (
          <>
            <ul className="privacy-accesses">
              {accesses.map(({ at, action, resourceType, resourceId, outcome }, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: entries of one instant have no other name here.
                <li key={place}>
                  <span className="x-quiet x-number">{times.full(at)}</span>{' '}
                  {outcome === 'allowed' ? '' : '✗ '}
                  {action} {[resourceType, resourceId].filter(Boolean).join('/')}
                </li>
              ))}
            </ul>
            {hasMore ? <p className="x-quiet">{say('olderInTrail')}</p> : null}
          </>
        )}
      </Answered>
    </section>
  )
}

function Judgement({ row }: { readonly row: GlassRow }) {
  const say = useWords(words)
  const [note, setNote] = useState('')
  const act = useAct(
    (outcome: 'justified' | 'not-justified') => ({
      path: `/api/privacy/glass/${row.id}/review`,
      body: { outcome, note: note.trim() },
    }),
    { refreshes: ['/api/privacy/glass'] },
  )
  const isGiven = note.trim().length >= shortestNote
  return (
    <section className="privacy-part" aria-label={say('review')}>
      <h2>{say('review')}</h2>
      <p className="x-quiet">{say('reviewHelp')}</p>
      <Field label={say('note')}>
        <Input.TextArea
          rows={3}
          value={note}
          placeholder={say('noteNeeded')}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      <div className="privacy-acts">
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
