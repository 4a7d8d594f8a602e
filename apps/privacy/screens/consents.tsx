/** What did this patient agree to, and what does it mean for each role now? */
import { PlusOutlined, SafetyCertificateOutlined, StopOutlined } from '@ant-design/icons'
import {
  Answered,
  Empty,
  ReasonDialog,
  useAct,
  useAsk,
  useLook,
  useMay,
  useScreen,
  useTimes,
  useTitle,
  useWords,
} from '@xinglin/kit'
import { Button } from 'antd'
import { type CSSProperties, useState } from 'react'
import { type ConsentRow, type ConsentsAnswer, privacyPermissions, type RoleTitle } from '../contract.ts'
import { ConsentForm } from './consent-form.tsx'
import { Effects } from './effects.tsx'
import { PatientHead } from './patient-facts.tsx'
import { useRuleSentence } from './rule-sentence.ts'
import { words } from './words.ts'
import './privacy.css'

export function ConsentsScreen() {
  const { params } = useScreen()
  const answer = useAsk<ConsentsAnswer>(
    `/api/privacy/patients/${encodeURIComponent(params.id ?? '')}/consents`,
  )
  return <Answered answer={answer}>{(shown) => <Consents shown={shown} />}</Answered>
}

function Consents({ shown }: { readonly shown: ConsentsAnswer }) {
  const say = useWords(words)
  const mayWrite = useMay(privacyPermissions.writeConsents)
  const [isRecording, setRecording] = useState(false)
  const { patient, consents, effects, roles } = shown
  useTitle(`${say('consents')} · ${patient.name}`)
  return (
    <div className="privacy-screen">
      <PatientHead patient={patient} />
      <div className="privacy-page" style={{ overflow: 'auto' }}>
        <section className="privacy-part">
          <div className="privacy-acts" style={{ justifyContent: 'space-between' }}>
            <h2>{say('consents')}</h2>
            {mayWrite ? (
              <Button type="primary" icon={<PlusOutlined />} onClick={() => setRecording(true)}>
                {say('record')}
              </Button>
            ) : null}
          </div>
          {consents.length === 0 ? (
            <Empty title={say('noConsents')}>{say('noConsentsHelp')}</Empty>
          ) : (
            consents.map((consent) => (
              <Consent key={consent.id} consent={consent} roles={roles} mayWrite={mayWrite} />
            ))
          )}
        </section>
        <Effects effects={effects} />
      </div>
      {isRecording ? (
        <ConsentForm patient={patient} roles={roles} onClose={() => setRecording(false)} />
      ) : null}
    </div>
  )
}

type ConsentProps = {
  readonly consent: ConsentRow
  readonly roles: readonly RoleTitle[]
  readonly mayWrite: boolean
}

function Consent({ consent, roles, mayWrite }: ConsentProps) {
  const say = useWords(words)
  const times = useTimes()
  const { language } = useLook()
  const sentence = useRuleSentence((id) => roles.find((role) => role.id === id)?.title[language] ?? id)
  const [isWithdrawing, setWithdrawing] = useState(false)
  const isActive = consent.status === 'active'
  return (
    <article
      className={`privacy-consent ${isActive ? '' : 'privacy-consent-past'}`}
      data-consent={consent.id}
    >
      <header>
        <ConsentState consent={consent} />
        {consent.recorded ? <span>{say('recordedAt', { time: times.moment(consent.recorded) })}</span> : null}
        {consent.signedBy ? (
          <span>
            {consent.signedBy === 'patient'
              ? say('signedByPatient')
              : say('signedBy', { name: consent.signedBy })}
          </span>
        ) : null}
        <code className="x-quiet">Consent/{consent.id}</code>
        {isActive && mayWrite ? (
          <Button size="small" danger onClick={() => setWithdrawing(true)}>
            {say('withdraw')}
          </Button>
        ) : null}
      </header>
      {consent.rules.map((rule, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rules of a consent have an order and no name.
        <p key={place} className="privacy-rule" style={{ '--depth': rule.depth } as CSSProperties}>
          {rule.decision === 'deny' ? '✗' : '✓'} {sentence(rule)}
        </p>
      ))}
      {isWithdrawing ? <Withdrawal consent={consent} onClose={() => setWithdrawing(false)} /> : null}
    </article>
  )
}

function ConsentState({ consent }: { readonly consent: ConsentRow }) {
  const say = useWords(words)
  if (consent.status !== 'active')
    return (
      <span className="privacy-mark">
        <StopOutlined aria-hidden /> {say('inactive')}
      </span>
    )
  return (
    <strong className="privacy-mark">
      <SafetyCertificateOutlined aria-hidden /> {say(consent.isEnforced ? 'active' : 'notEnforced')}
    </strong>
  )
}

function Withdrawal({ consent, onClose }: { readonly consent: ConsentRow; readonly onClose: () => void }) {
  const say = useWords(words)
  const act = useAct(
    (reason: string) => ({
      path: '/api/privacy/commands/withdraw-consent',
      body: { consent: consent.id, reason },
    }),
    { refreshes: ['/api/privacy'] },
  )
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) onClose()
  }
  return (
    <ReasonDialog
      isOpen
      title={say('withdraw')}
      act={say('withdraw')}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void run(reason)}
      onCancel={onClose}
    >
      <p>{say('withdrawText')}</p>
    </ReasonDialog>
  )
}
