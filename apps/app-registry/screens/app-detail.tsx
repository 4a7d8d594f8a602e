/** One app: what it may, who registered and who decided, and the reviewer's acts. */
import { CloseOutlined } from '@ant-design/icons'
import { Answered, ReasonDialog, useAct, useAsk, useMay, useMe, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { type AboutAnswer, type AppRow, appRegistryPaths } from '../contract.ts'
import { History, Keys, UsePart } from './about-parts.tsx'
import { AppStateMark } from './app-state.tsx'
import { ChangeApp } from './change-app.tsx'
import { ChangePart } from './change-part.tsx'
import { Lines } from './lines.tsx'
import { registryWords } from './words.ts'

const kindWords = { public: 'kindPublic', confidential: 'kindConfidential', service: 'kindService' } as const

const peopleWords = { staff: 'peopleStaff', patients: 'peoplePatients' } as const

export function AppDetail({ app, onClose }: { readonly app: AppRow; readonly onClose: () => void }) {
  const say = useWords(registryWords)
  const times = useTimes()
  const facts: readonly (readonly [string, ReactNode])[] = [
    [say('state'), <AppStateMark key="state" state={app.state} />],
    [say('id'), <code key="id">{app.id}</code>],
    [say('publisher'), app.publisher],
    [say('purpose'), app.purpose],
    [say('kind'), say(kindWords[app.kind])],
    [say('people'), say(peopleWords[app.people ?? 'staff'])],
    [say('scopes'), <Lines key="scopes" lines={app.scopes} />],
    [say('redirectUris'), <Lines key="redirects" lines={app.redirectUris} />],
    [say('launchUrl'), app.launchUrl ?? '–'],
    [say('jwksUri'), app.jwksUri ?? '–'],
    [say('registered'), `${times.full(app.registered)} · ${app.registeredByDisplay}`],
    [say('decided'), app.decided ? `${times.full(app.decided)} · ${app.decidedByDisplay ?? ''}` : '–'],
    [say('because'), app.decidedBecause ?? '–'],
  ]
  return (
    <aside className="ar-side" aria-label={app.name}>
      <header className="ar-side-head">
        <h2 className="x-cut">{app.name}</h2>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={say('close')}
          onClick={onClose}
        />
      </header>
      <dl className="ar-facts">
        {facts.flatMap(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}.`}>{value}</dd>])}
      </dl>
      <Review app={app} />
      <About app={app} />
    </aside>
  )
}

function About({ app }: { readonly app: AppRow }) {
  const answer = useAsk<AboutAnswer>(`${appRegistryPaths.apps}/${app.id}`)
  return (
    <Answered answer={answer}>
      {({ change, keys, use, acts }) => (
        <>
          {change ? <ChangePart app={app} keys={keys} change={change} /> : null}
          <Keys keys={keys} />
          <UsePart use={use} isService={app.kind === 'service'} />
          <History acts={acts} />
        </>
      )}
    </Answered>
  )
}

type Verb = 'approve' | 'reject' | 'suspend'
const verbsOf = {
  proposed: ['approve', 'reject'],
  approved: ['suspend'],
  suspended: ['approve'],
  rejected: [],
} as const satisfies Record<AppRow['state'], readonly Verb[]>
const texts = { approve: 'approveText', reject: 'rejectText', suspend: 'suspendText' } as const

function Review({ app }: { readonly app: AppRow }) {
  const say = useWords(registryWords)
  const me = useMe()
  const mayReview = useMay('app-registry.apps.review')
  const mayRegister = useMay('app-registry.apps.register')
  const [isChanging, setChanging] = useState(false)
  const [verb, setVerb] = useState<Verb>()
  const act = useAct(
    (reason: string) => ({ path: `${appRegistryPaths.apps}/${app.id}/${verb}`, body: { reason } }),
    {
      refreshes: ['/api/app-registry'],
    },
  )
  const isOwn = app.registeredBy === me?.reference
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) setVerb(undefined)
  }
  const mayChange = mayRegister && !app.hasChange && (app.state === 'approved' || app.state === 'suspended')
  const verbs = (mayReview ? verbsOf[app.state] : []).filter((each) => !(each === 'approve' && isOwn))
  return (
    <div className="ar-acts">
      {verbs.map((each) => (
        <Button
          key={each}
          type={each === 'approve' ? 'primary' : 'default'}
          danger={each === 'suspend'}
          onClick={() => setVerb(each)}
        >
          {say(each)}
        </Button>
      ))}
      {mayChange ? <Button onClick={() => setChanging(true)}>{say('changeApp')}</Button> : null}
      {isChanging ? <ChangeApp app={app} onClose={() => setChanging(false)} /> : null}
      {mayReview && isOwn && app.state !== 'approved' && app.state !== 'rejected' ? (
        <p className="x-quiet">{say('secondPerson')}</p>
      ) : null}
      {verb ? (
        <ReasonDialog
          isOpen
          title={say(verb)}
          act={say(verb)}
          isRunning={act.isRunning}
          {...(act.error ? { error: act.error } : {})}
          onAct={run}
          onCancel={() => {
            act.reset()
            setVerb(undefined)
          }}
        >
          <p>{say(texts[verb], { name: app.name, id: app.id })}</p>
        </ReasonDialog>
      ) : null}
    </div>
  )
}
