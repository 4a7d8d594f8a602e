/** What I allow of my record: limits by who and for what; each acts at once and is withdrawn as easily. */
import { Answered, useAct, useAsk, useLook, useTimes, useWords } from '@xinglin/kit'
import {
  type ConsentRow,
  type OwnConsentsAnswer,
  ownPrivacyPath,
  type RoleTitle,
} from '@xinglin/privacy/contract'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { words } from '../words.ts'
import { Failure } from './failure.tsx'
import { Entry, Part } from './summary-page.tsx'

/** Roles that treat patients: those of the house's administration see no records. */
const treating = ['clinician', 'nurse', 'technician']

export function ConsentsPart({ patient }: { readonly patient: string }) {
  const say = useWords(words)
  const path = ownPrivacyPath(patient, 'consents')
  const answer = useAsk<OwnConsentsAnswer>(path)
  return (
    <Answered answer={answer}>
      {({ consents, roles }) => (
        <>
          <Part title={say('consents')} none={say('noConsents')}>
            {consents.map((consent) => (
              <Consent key={consent.id} path={path} consent={consent} roles={roles} />
            ))}
          </Part>
          <p className="x-quiet">{say('consentsHelp')}</p>
          <NewConsent path={path} roles={roles.filter(({ id }) => treating.includes(id))} />
        </>
      )}
    </Answered>
  )
}

function Consent(props: {
  readonly path: string
  readonly consent: ConsentRow
  readonly roles: readonly RoleTitle[]
}) {
  const { consent, roles } = props
  const say = useWords(words)
  const times = useTimes()
  const { language } = useLook()
  const withdraw = useAct<void>(
    () => ({ path: `${props.path}/withdraw`, body: { consent: consent.id, reason: say('withdraw') } }),
    { refreshes: [props.path] },
  )
  const titleOf = (role: string) => roles.find(({ id }) => id === role)?.title[language] ?? role
  const rules = consent.rules.filter(({ depth }) => depth > 0 || consent.rules.length === 1)
  const told = rules.map(({ decision, roles: named = [], purposes = [] }) => {
    const who = [
      ...named.map(titleOf),
      ...purposes.map((code) => (code === 'HRESCH' ? say('purpose_HRESCH') : code)),
    ]
    const text = who.length > 0 ? who.join(language === 'zh' ? '、' : ', ') : say('everybody')
    return say(decision === 'permit' ? 'rulePermit' : 'ruleDeny', { who: text })
  })
  return (
    <Entry
      title={told.join(' · ')}
      mark={say(consent.isEnforced ? 'consentActive' : 'consentOver')}
      isOver={!consent.isEnforced}
      details={[
        times.moment(consent.recorded),
        consent.signedBy === 'patient' ? say('relation_self') : consent.signedBy,
      ]}
    >
      {consent.isEnforced ? (
        <Button size="small" loading={withdraw.isRunning} onClick={() => void withdraw.run()}>
          {say('withdraw')}
        </Button>
      ) : null}
      <Failure error={withdraw.error} />
    </Entry>
  )
}

function NewConsent({ path, roles }: { readonly path: string; readonly roles: readonly RoleTitle[] }) {
  const say = useWords(words)
  const { language } = useLook()
  const [denied, setDenied] = useState<readonly string[]>([])
  const [isResearchDenied, setResearchDenied] = useState(false)
  const act = useAct<void>(
    () => ({
      path,
      body: {
        base: 'permit',
        exceptions: [
          ...(denied.length > 0 ? [{ decision: 'deny', roles: denied }] : []),
          ...(isResearchDenied ? [{ decision: 'deny', purposes: ['HRESCH'] }] : []),
        ],
      },
    }),
    { refreshes: [path] },
  )
  const record = async () => {
    const ran = await act.run()
    if (!ran.isDone) return
    setDenied([])
    setResearchDenied(false)
  }
  return (
    <section className="my-record-card">
      <h2>{say('denyRoles')}</h2>
      <Checkbox.Group
        value={[...denied]}
        onChange={(chosen) => setDenied(chosen.map(String))}
        options={roles.map(({ id, title }) => ({ value: id, label: title[language] }))}
      />
      <p>
        <Checkbox checked={isResearchDenied} onChange={({ target }) => setResearchDenied(target.checked)}>
          {say('denyResearch')}
        </Checkbox>
      </p>
      <Failure error={act.error} />
      <Button
        disabled={denied.length === 0 && !isResearchDenied}
        loading={act.isRunning}
        onClick={() => void record()}
      >
        {say('record')}
      </Button>
    </section>
  )
}
