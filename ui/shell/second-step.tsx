/** The second step: a code or a passkey, when signing in and before a dangerous act. */
import { useAct, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { factorWords } from './factor-words.ts'
import { showPasskey } from './passkey.ts'

type Props = {
  /** Of a sign-in that is half done; without it the person is signed in. */
  readonly ticket?: string
  readonly hasPasskey: boolean
  readonly onDone: () => Promise<void>
}

export function SecondStep({ ticket, hasPasskey, onDone }: Props) {
  const say = useWords(factorWords)
  const id = useId()
  const [code, setCode] = useState('')
  const show = useAct<string>((given) => ({
    path: '/api/session/second',
    body: { code: given, ...(ticket === undefined ? {} : { ticket }) },
  }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ran = await show.run(code.trim())
    setCode('')
    if (ran.isDone) await onDone()
  }
  return (
    <form className="s-form" onSubmit={(event) => void submit(event)}>
      <p className="x-quiet">{say('codeHelp')}</p>
      <label htmlFor={id}>{say('code')}</label>
      <Input
        id={id}
        autoFocus
        autoComplete="one-time-code"
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      {show.error ? (
        <p className="x-red" role="alert">
          {say(show.error.status === 429 ? 'locked' : 'wrongCode')}
        </p>
      ) : null}
      <Button type="primary" htmlType="submit" block disabled={code.trim() === ''} loading={show.isRunning}>
        {say('proceed')}
      </Button>
      {hasPasskey ? (
        <PasskeyButton path="/api/session/second/passkey" ticket={ticket} onDone={onDone} />
      ) : null}
    </form>
  )
}

/** Shows a passkey to `path`. */
export function PasskeyButton(props: {
  readonly path: string
  readonly ticket?: string | undefined
  readonly onDone: () => Promise<void>
}) {
  const say = useWords(factorWords)
  const [hasFailed, setFailed] = useState(false)
  const show = async () => {
    setFailed(false)
    try {
      await showPasskey(props.path, props.ticket)
    } catch {
      // Refused by the browser, the person or the server: the same advice holds.
      return setFailed(true)
    }
    await props.onDone()
  }
  return (
    <>
      <Button block onClick={() => void show()}>
        {say(props.path === '/api/session/passkey' ? 'signInByPasskey' : 'usePasskey')}
      </Button>
      {hasFailed ? (
        <p className="x-red" role="alert">
          {say('notAnswered')}
        </p>
      ) : null}
    </>
  )
}
