/** Adding an authenticator app or a passkey, and the recovery codes that come with the first. */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Input, QRCode } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { factorWords } from './factor-words.ts'
import { hasPasskeys, makePasskey } from './passkey.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

type Begun = { readonly id: string; readonly secret: string; readonly uri: string }

type Props = {
  readonly onDone: () => Promise<void>
  /** Nothing else is asked on the page. */
  readonly isPrimary?: boolean
}

export function AddFactor({ onDone, isPrimary = false }: Props) {
  const say = useWords(factorWords)
  const [codes, setCodes] = useState<readonly string[]>([])
  const [begun, setBegun] = useState<Begun>()
  const [hasFailed, setFailed] = useState(false)
  const begin = useAct<undefined, Begun>(() => ({
    path: '/api/session/factors/authenticator',
  }))
  const finish = async (given: readonly string[]) => {
    setBegun(undefined)
    if (given.length > 0) setCodes(given)
    else await onDone()
  }
  const start = async () => {
    const ran = await begin.run(undefined)
    if (ran.isDone) setBegun(ran.output)
  }
  const addPasskey = async () => {
    setFailed(false)
    try {
      await finish(await makePasskey(say('passkey')))
    } catch {
      // Refused by the browser, the person or the server: the same advice holds.
      setFailed(true)
    }
  }
  const kept = async () => {
    setCodes([])
    await onDone()
  }
  if (codes.length > 0) return <RecoveryCodes codes={codes} onKept={() => void kept()} />
  if (begun) return <ConfirmApp begun={begun} onDone={finish} />
  return (
    <div className="s-form">
      {begin.error ? (
        <div className="x-red" role="alert">
          <FailureText error={begin.error} />
        </div>
      ) : null}
      <Button type={isPrimary ? 'primary' : 'default'} loading={begin.isRunning} onClick={() => void start()}>
        {say('addAuthenticator')}
      </Button>
      {hasPasskeys ? <Button onClick={() => void addPasskey()}>{say('addPasskey')}</Button> : null}
      {hasFailed ? (
        <p className="x-red" role="alert">
          {say('notAnswered')}
        </p>
      ) : null}
    </div>
  )
}

function ConfirmApp(props: {
  readonly begun: Begun
  readonly onDone: (codes: readonly string[]) => Promise<void>
}) {
  const say = useWords(factorWords)
  const field = useId()
  const [code, setCode] = useState('')
  const { id, secret, uri } = props.begun
  const confirm = useAct<string, { recoveryCodes: readonly string[] }>((given) => ({
    path: '/api/session/factors/authenticator/code',
    body: { id, code: given },
  }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ran = await confirm.run(code.trim())
    setCode('')
    if (ran.isDone) await props.onDone(ran.output.recoveryCodes)
  }
  return (
    <form className="s-form" onSubmit={(event) => void submit(event)}>
      <p>{say('scan')}</p>
      <QRCode type="svg" value={uri} bgColor="#ffffff" color="#000000" />
      <code data-secret>{secret}</code>
      <label htmlFor={field}>{say('thenCode')}</label>
      <Input
        id={field}
        inputMode="numeric"
        autoFocus
        autoComplete="one-time-code"
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      {confirm.error ? (
        <p className="x-red" role="alert">
          {say(confirm.error.status === 429 ? 'locked' : 'wrongCode')}
        </p>
      ) : null}
      <Button type="primary" htmlType="submit" loading={confirm.isRunning} disabled={code.trim() === ''}>
        {say('proceed')}
      </Button>
    </form>
  )
}
