/** A code that is sent to a phone and typed here; `onCode` gets it with the challenge that names it. */
import { AnswerError, ask, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { words } from '../words.ts'
import { Failure } from './failure.tsx'

export type Shown = { readonly challenge: string; readonly code: string }
type Challenge = { readonly challenge: string; readonly ends: string }

export function CodeStep(props: {
  readonly path: string
  readonly body?: object
  readonly isReady: boolean
  readonly label?: string
  readonly value: Shown | undefined
  readonly onCode: (shown: Shown | undefined) => void
}) {
  const say = useWords(words)
  const id = useId()
  const [sent, setSent] = useState<Challenge>()
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<AnswerError>()
  const send = async () => {
    setSending(true)
    setError(undefined)
    try {
      setSent(await ask<Challenge>(props.path, { method: 'POST', body: props.body ?? {} }))
      props.onCode(undefined)
    } catch (failure) {
      if (!(failure instanceof AnswerError)) throw failure
      setError(failure)
    } finally {
      setSending(false)
    }
  }
  const type = (code: string) => {
    const digits = code.replaceAll(/\D/g, '').slice(0, 6)
    props.onCode(sent ? { challenge: sent.challenge, code: digits } : undefined)
  }
  return (
    <>
      <label htmlFor={id}>{props.label ?? say('code')}</label>
      <div className="my-record-code">
        <Input
          id={id}
          inputMode="numeric"
          autoComplete="one-time-code"
          value={props.value?.code ?? ''}
          disabled={!sent}
          onChange={(event) => type(event.target.value)}
        />
        <Button disabled={!props.isReady} loading={isSending} onClick={() => void send()}>
          {say(sent ? 'sendAgain' : 'send')}
        </Button>
      </div>
      {sent ? <p className="x-quiet">{say('sent')}</p> : null}
      <Failure error={error} />
    </>
  )
}

/** Whether six digits were typed. */
export function isWhole(shown: Shown | undefined): shown is Shown {
  return shown?.code.length === 6
}
