/** Adding an authenticator app or a passkey, and the recovery codes that come with the first. */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Input, QRCode } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { factorWords } from './factor-words.ts'
import { makePasskey } from './passkey.ts'

type Props = { readonly ticket?: string; readonly onDone: () => Promise<void> }
type Begun = { readonly id: string; readonly secret: string; readonly uri: string }

export function AddFactor({ ticket, onDone }: Props) {
  const say = useWords(factorWords)
  const [codes, setCodes] = useState<readonly string[]>([])
  const [begun, setBegun] = useState<Begun>()
  const [hasFailed, setFailed] = useState(false)
  const holder = ticket === undefined ? {} : { ticket }
  const begin = useAct<undefined, Begun>(() => ({
    path: '/api/session/factors/authenticator',
    body: holder,
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
      await finish(await makePasskey(say('passkey'), ticket))
    } catch {
      // Refused by the browser, the person or the server: the same advice holds.
      setFailed(true)
    }
  }
  const kept = async () => {
    setCodes([])
    await onDone()
  }
  if (codes.length > 0) return <RecoveryCodes codes={codes} onKept={kept} />
  if (begun) return <ConfirmApp begun={begun} holder={holder} onDone={finish} />
  return (
    <div className="s-form">
      {begin.error ? (
        <div className="x-red" role="alert">
          <FailureText error={begin.error} />
        </div>
      ) : null}
      <Button loading={begin.isRunning} onClick={() => void start()}>
        {say('addAuthenticator')}
      </Button>
      <Button onClick={() => void addPasskey()}>{say('addPasskey')}</Button>
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
  readonly holder: { readonly ticket?: string }
  readonly onDone: (codes: readonly string[]) => Promise<void>
}) {
  const say = useWords(factorWords)
  const field = useId()
  const [code, setCode] = useState('')
  const { id, secret, uri } = props.begun
  const confirm = useAct<string, { recoveryCodes: readonly string[] }>((given) => ({
    path: '/api/session/factors/authenticator/code',
    body: { ...props.holder, id, code: given },
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

function RecoveryCodes(props: { readonly codes: readonly string[]; readonly onKept: () => Promise<void> }) {
  const say = useWords(factorWords)
  return (
    <section>
      <h3>{say('recovery')}</h3>
      <p className="x-quiet">{say('recoveryHelp')}</p>
      <ul>
        {props.codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Button type="primary" onClick={() => void props.onKept()}>
        {say('kept')}
      </Button>
    </section>
  )
}
