/** The sign-in page and its form, which also renews an expired session. */
import { type AnswerError, FailureText, Loading, useAct, useLook, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { type FormEvent, lazy, Suspense, useId, useState } from 'react'
import { factorWords } from './factor-words.ts'
import { LanguageButton, ToneButton } from './look-buttons.tsx'
import { PasskeyButton, SecondStep } from './second-step.tsx'
import { shellWords } from './shell-words.ts'

const AddFactor = lazy(async () => ({ default: (await import('./add-factor.tsx')).AddFactor }))

export function SignIn({ onDone }: { readonly onDone: () => Promise<void> }) {
  const say = useWords(shellWords)
  const { language } = useLook()
  return (
    <main className="s-gate">
      <div className="s-gate-look">
        <LanguageButton />
        <ToneButton />
      </div>
      <div className="s-gate-box">
        <h1 className="s-gate-title">
          <img src="/xinglin.svg" alt="" width={28} height={28} />
          {language === 'zh' ? '杏林 Xinglin' : 'Xinglin'}
        </h1>
        <SignInForm onDone={onDone} act={say('signIn')} />
      </div>
    </main>
  )
}

/** User name and password; `login` is fixed where a session is being renewed. */
export function SignInForm(props: {
  readonly onDone: () => Promise<void>
  readonly act: string
  readonly login?: string
}) {
  const say = useWords(shellWords)
  const id = useId()
  const [login, setLogin] = useState(props.login ?? '')
  const [password, setPassword] = useState('')
  const [awaiting, setAwaiting] = useState<Awaiting>()
  const signIn = useAct<{ login: string; password: string }, Awaiting | object>((body) => ({
    path: '/api/session',
    body,
  }))
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
    </form>
  )
}

/** Browsers offer passkeys to sites that are safe, and to none that is an address in numbers. */
const hasPasskeys = 'PublicKeyCredential' in globalThis && !/^[\d.]+$|:/.test(location.hostname)

type Awaiting = {
  readonly ticket: string
  readonly awaits: 'proof' | 'enrolment'
  readonly methods: readonly string[]
}

/** The password was right: the second step, or setting one up. */
function Awaited(props: {
  readonly awaiting: Awaiting
  readonly onDone: () => Promise<void>
  readonly onBack: () => void
}) {
  const say = useWords(factorWords)
  const { ticket, awaits, methods } = props.awaiting
  return (
    <>
      <h2>{say(awaits === 'proof' ? 'secondStep' : 'enrolment')}</h2>
      {awaits === 'proof' ? (
        <SecondStep ticket={ticket} hasPasskey={methods.includes('passkey')} onDone={props.onDone} />
      ) : (
        <Suspense fallback={<Loading rows={1} />}>
          <AddFactor ticket={ticket} onDone={props.onDone} />
        </Suspense>
      )}
      <Button type="text" size="small" onClick={props.onBack}>
        {say('startAgain')}
      </Button>
    </>
  )
}

function SignInFailure({ error }: { readonly error: AnswerError }) {
  const say = useWords(shellWords)
  return (
    <div className="x-red" role="alert">
      {error.status === 401 ? <p>{say('wrongPair')}</p> : null}
      {error.status === 429 ? <p>{say('locked')}</p> : null}
      {error.status === 401 || error.status === 429 ? null : <FailureText error={error} />}
    </div>
  )
}
