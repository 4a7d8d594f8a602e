/** A record that is refused and the way to open it in an emergency (v3 PurposeOfUse BTG): warned, with a reason, for a time. */
import { LockOutlined, UnlockFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import type { AnswerError } from './api.ts'
import { kitWords } from './kit-words.ts'
import { ReasonDialog } from './reason.tsx'
import { useMay } from './session.ts'
import { Answered, Loading } from './states.tsx'
import { useAct, useAsk, useRefresh } from './use-ask.ts'
import { useTimes } from './use-times.ts'
import { useWords } from './words.ts'

const path = '/api/privacy/glass'
const permission = 'privacy.glass.break'
/** `setTimeout` cannot wait longer. */
const longestWaitMs = 2 ** 31 - 1

type Standing = {
  readonly id: string
  readonly patient: string
  readonly reason: string
  readonly until: string
}

type Whose = {
  readonly name: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly birthDate?: string
  readonly mrn?: string
}

type RefusedProps = {
  /** Logical id of the Patient. */
  readonly patient: string
  readonly error: AnswerError
  /** What to ask again once the record is open: path prefixes. */
  readonly refreshes: readonly string[]
}

/** In the place of a record that was refused: why, and breaking the glass for who may. */
export function RefusedChart({ patient, error, refreshes }: RefusedProps) {
  const say = useWords(kitWords)
  const mayBreak = useMay(permission)
  const [isAsking, setAsking] = useState(false)
  const consents = error.message.match(/Consent\/[A-Za-z0-9\-.]{1,64}/g)
  const whose = useAsk<Whose>(isAsking ? `${path}/patients/${encodeURIComponent(patient)}` : undefined)
  const act = useAct((reason: string) => ({ path, body: { patient, reason } }), {
    refreshes: [path, ...refreshes],
  })
  const open = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) setAsking(false)
  }
  return (
    <div className="x-message" role="alert">
      <span className="x-message-icon" aria-hidden>
        <LockOutlined />
      </span>
      <strong>{say('glassTitle')}</strong>
      <div className="x-message-text">
        <p>{consents ? say('glassByConsent', { consents: consents.join(' ') }) : error.message}</p>
        <p>{say(mayBreak ? 'glassHelp' : 'glassNoRight')}</p>
      </div>
      {mayBreak ? (
        <div className="x-message-action">
          <Button danger icon={<UnlockFilled />} onClick={() => setAsking(true)}>
            {say('glassOpen')}
          </Button>
        </div>
      ) : null}
      <ReasonDialog
        isOpen={isAsking}
        title={say('glassOpen')}
        act={say('glassOpen')}
        isRunning={act.isRunning}
        {...(act.error ? { error: act.error } : {})}
        onAct={(reason) => void open(reason)}
        onCancel={() => setAsking(false)}
      >
        <p className="x-red">
          <strong>{say('glassWarning')}</strong>
        </p>
        {whose.state === 'ready' ? <Whose whose={whose.data} /> : null}
        <ul className="x-glass-facts">
          <li>{say('glassFact1')}</li>
          <li>{say('glassFact2')}</li>
          <li>{say('glassFact3')}</li>
        </ul>
      </ReasonDialog>
    </div>
  )
}

type FinderProps = { readonly text: string; readonly onOpen: (patient: string) => void }

/** Where nobody was found: among the refused records too, for who may break the glass; by a whole name or number. */
export function RefusedFinder({ text, onOpen }: FinderProps) {
  const say = useWords(kitWords)
  const mayBreak = useMay(permission)
  const [asked, setAsked] = useState<string>()
  const answer = useAsk<{ readonly patients: readonly (Whose & { readonly id: string })[] }>(
    asked === text ? `${path}/find` : undefined,
    { body: { text } },
  )
  if (!mayBreak) return null
  if (asked !== text)
    return (
      <p>
        <Button onClick={() => setAsked(text)}>{say('glassFind')}</Button>
      </p>
    )
  return (
    <Answered answer={answer} loading={<Loading rows={2} />}>
      {({ patients }) =>
        patients.length === 0 ? (
          <p>{say('glassNobody')}</p>
        ) : (
          <ul className="x-glass-found">
            {patients.map((patient) => (
              <li key={patient.id}>
                <Button type="link" onClick={() => onOpen(patient.id)}>
                  <Whose whose={patient} />
                </Button>
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  )
}

function Whose({ whose }: { readonly whose: Whose }) {
  const say = useWords(kitWords)
  const facts = [say(whose.gender ?? 'unknown'), whose.birthDate, whose.mrn && `${say('mrn')} ${whose.mrn}`]
  return (
    <span>
      <strong className="x-banner-name">{whose.name}</strong>{' '}
      <span className="x-number">{facts.filter(Boolean).join(' · ')}</span>
    </span>
  )
}

type OpenProps = { readonly patient: string; readonly refreshes: readonly string[] }

/** The banner over a record that is open by broken glass, until it closes; nothing over any other. */
export function OpenGlass({ patient, refreshes }: OpenProps) {
  const say = useWords(kitWords)
  const times = useTimes()
  const mayBreak = useMay(permission)
  const answer = useAsk<{ readonly glass: readonly Standing[] }>(
    mayBreak ? `${path}/standing?patient=${encodeURIComponent(patient)}` : undefined,
  )
  const glass = answer.state === 'ready' ? answer.data.glass[0] : undefined
  const close = useAct((id: string) => ({ path: `${path}/${id}/close`, body: {} }), {
    refreshes: [path, ...refreshes],
  })
  useAskAtEnd(glass?.until, [path, ...refreshes].join(' '))
  if (!glass) return null
  return (
    <div className="x-glass" role="status">
      <UnlockFilled aria-hidden />
      <strong>{say('glassStands')}</strong>
      <span className="x-cut" title={glass.reason}>
        {say('glassReason', { reason: glass.reason })}
      </span>
      <span className="x-number">{say('glassUntil', { time: times.moment(glass.until) })}</span>
      <Button size="small" loading={close.isRunning} onClick={() => void close.run(glass.id)}>
        {say('glassClose')}
      </Button>
    </div>
  )
}

/** What is shown by broken glass goes when its time is over. */
function useAskAtEnd(until: string | undefined, prefixes: string): void {
  const refresh = useRefresh()
  useEffect(() => {
    if (until === undefined) return
    const waitMs = Math.min(longestWaitMs, Math.max(0, Date.parse(until) - Date.now()))
    const timer = setTimeout(() => {
      for (const prefix of prefixes.split(' ')) void refresh(prefix)
    }, waitMs)
    return () => clearTimeout(timer)
  }, [until, prefixes, refresh])
}
