/** The sign-in page and its form, which also renews an expired session. */
import { type AnswerError, FailureText, useAct, useLook, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { LanguageButton, ToneButton } from './look-buttons.tsx'
import { shellWords } from './shell-words.ts'

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
  const signIn = useAct<{ login: string; password: string }>((body) => ({ path: '/api/session', body }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ran = await signIn.run({ login: login.trim(), password })
    if (ran.isDone) await props.onDone()
    else setPassword('')
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
    </form>
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
