/** The sign-in page and its form, which also renews an expired session. */
import {
  type AnswerError,
  FailureText,
  keep,
  kept,
  Loading,
  useAct,
  useAsk,
  useLook,
  useWords,
} from '@xinglin/kit'
import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { factorWords } from './factor-words.ts'
import { Gate } from './gate.tsx'
import { hasPasskeys } from './passkey.ts'
import { PasskeyButton, SecondStep } from './second-step.tsx'
import { shellWords } from './shell-words.ts'
import { type CameBack, cameBack, invitationIn, type Offered, upstreamPath } from './sign-in-elsewhere.ts'
import { UpstreamButtons, UpstreamFailure, useAwaiting } from './upstream-buttons.tsx'

type SignInProps = {
  readonly onDone: () => Promise<void>
  /** Leads to the address that was asked for before a provider was asked. */
  readonly onReturn: (address: string) => void
}

export function SignIn({ onDone, onReturn }: SignInProps) {
  const say = useWords(shellWords)
  const { language } = useLook()
  const [returned, setReturned] = useState(() => cameBack(location.search))
  const goOn = async () => {
    if (returned) onReturn(returned.back)
    await onDone()
  }
  const startAgain = () => {
    if (returned) onReturn(returned.back)
    setReturned(undefined)
  }
  return (
    <Gate>
      <h1 className="s-gate-title">
        <img src="/xinglin.svg" alt="" width={28} height={28} />
        {language === 'zh' ? '杏林 Xinglin' : 'Xinglin'}
      </h1>
      {returned?.isAwaited ? (
        <Vouched onDone={goOn} onBack={startAgain} />
      ) : (
        <SignInForm onDone={goOn} act={say('signIn')} {...(returned ? { returned } : {})} />
      )}
    </Gate>
  )
}

/** A provider vouched for the person; the second factor is still to come. */
function Vouched(props: { readonly onDone: () => Promise<void>; readonly onBack: () => void }) {
  const say = useWords(factorWords)
  const answer = useAwaiting<Awaiting>(true)
  if (answer.state === 'loading') return <Loading rows={2} />
  if (answer.state === 'ready') return <Awaited awaiting={answer.data} {...props} />
  return (
    <>
      <div className="x-red" role="alert">
        <FailureText error={answer.error} />
      </div>
      <Button onClick={props.onBack}>{say('startAgain')}</Button>
    </>
  )
}

/** User name and password; `login` is fixed where a session is being renewed. */
export function SignInForm(props: {
  readonly onDone: () => Promise<void>
  readonly act: string
  readonly login?: string
  readonly returned?: CameBack
}) {
  const say = useWords(shellWords)
  const id = useId()
  const { directories, others } = useOffered()
  const [chosen, setChosen] = useState(() => kept(whereKey) ?? '')
  const directory = directories.find((each) => each.id === chosen)
  const [login, setLogin] = useState(props.login ?? '')
  const [password, setPassword] = useState('')
  const [awaiting, setAwaiting] = useState<Awaiting>()
  const signIn = useAct<{ login: string; password: string }, Awaiting | object>((given) => {
    if (!directory) return { path: '/api/session', body: given }
    const invitation = invitationIn(location.hash)
    const body = invitation === undefined ? given : { ...given, invitation }
    return { path: `${upstreamPath}/${encodeURIComponent(directory.id)}`, body }
  })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ran = await signIn.run({ login: login.trim(), password })
    setPassword('')
    if (ran.isDone && ran.output && 'ticket' in ran.output) setAwaiting(ran.output)
    else if (ran.isDone) await props.onDone()
  }
  if (awaiting) {
    return <Awaited awaiting={awaiting} onDone={props.onDone} onBack={() => setAwaiting(undefined)} />
  }
  return (
    <form className="s-form" onSubmit={(event) => void submit(event)}>
      {props.returned?.failure === undefined ? null : <UpstreamFailure code={props.returned.failure} />}
      {invitationIn(location.hash) === undefined ? null : <p>{say('invited')}</p>}
      <WhereChoice directories={directories} chosen={directory?.id ?? ''} onChoose={setChosen} />
      <label htmlFor={`${id}-login`}>{say('login')}</label>
      <Input
        id={`${id}-login`}
        autoFocus={!props.login}
        autoComplete="username"
        value={login}
        disabled={props.login !== undefined}
        onChange={(event) => setLogin(event.target.value)}
      />
      <label htmlFor={`${id}-password`}>{say('password')}</label>
      <Input
        id={`${id}-password`}
        type="password"
        autoFocus={props.login !== undefined}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {signIn.error ? <SignInFailure error={signIn.error} /> : null}
      <Button
        type="primary"
        htmlType="submit"
        block
        disabled={login.trim() === '' || password === ''}
        loading={signIn.isRunning}
      >
        {props.act}
      </Button>
      {hasPasskeys && props.login === undefined ? (
        <PasskeyButton path="/api/session/passkey" onDone={props.onDone} />
      ) : null}
      <UpstreamButtons
        providers={others}
        {...(props.login === undefined ? {} : { login: props.login, onReturned: props.onDone })}
      />
    </form>
  )
}

const whereKey = 'sign-in-directory'
const nowhere: readonly Offered[] = []

/** The institution's providers; a page that cannot ask for them still signs in by passwords of the platform. */
function useOffered() {
  const answer = useAsk<{ readonly providers: readonly Offered[] }>(upstreamPath, { staleAfterMs: 60_000 })
  const providers = answer.state === 'ready' ? answer.data.providers : nowhere
  return {
    directories: providers.filter(({ kind }) => kind === 'ldap'),
    others: providers.filter(({ kind }) => kind === 'oidc'),
  }
}

/** Whose password it is: the platform's or a directory's; the browser remembers the choice. */
function WhereChoice(props: {
  readonly directories: readonly Offered[]
  readonly chosen: string
  readonly onChoose: (directory: string) => void
}) {
  const say = useWords(shellWords)
  const { language } = useLook()
  const id = useId()
  if (props.directories.length === 0) return null
  const choose = (directory: string) => {
    keep(whereKey, directory)
    props.onChoose(directory)
  }
  return (
    <>
      <label htmlFor={id}>{say('passwordOf')}</label>
      <select
        id={id}
        className="s-select"
        value={props.chosen}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">{say('thisPlatform')}</option>
        {props.directories.map((directory) => (
          <option key={directory.id} value={directory.id}>
            {directory.title[language]}
          </option>
        ))}
      </select>
    </>
  )
}

type Awaiting = {
  readonly ticket: string
  readonly methods: readonly string[]
}

/** The password was right, and the account has a second factor. */
function Awaited(props: {
  readonly awaiting: Awaiting
  readonly onDone: () => Promise<void>
  readonly onBack: () => void
}) {
  const say = useWords(factorWords)
  const { ticket, methods } = props.awaiting
  return (
    <>
      <h2>{say('secondStep')}</h2>
      <SecondStep ticket={ticket} hasPasskey={methods.includes('passkey')} onDone={props.onDone} />
      <Button type="text" size="small" onClick={props.onBack}>
        {say('startAgain')}
      </Button>
    </>
  )
}

function SignInFailure({ error }: { readonly error: AnswerError }) {
  const say = useWords(shellWords)
  const isWrongPair = error.status === 401 && !error.errorCode?.startsWith('upstream.')
  return (
    <div className="x-red" role="alert">
      {isWrongPair ? <p>{say('wrongPair')}</p> : null}
      {error.status === 429 ? <p>{say('locked')}</p> : null}
      {isWrongPair || error.status === 429 ? null : <FailureText error={error} />}
    </div>
  )
}
