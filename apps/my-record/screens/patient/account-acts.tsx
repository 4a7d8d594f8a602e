/** What changes an account is confirmed by a code to its phone. */
import { useAct, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { words } from '../words.ts'
import { CodeStep, isWhole, type Shown } from './code-step.tsx'
import { Failure } from './failure.tsx'
import { sessionPath } from './session.ts'

const ownCodes = `${sessionPath}/own-codes`

export function PasswordPart(props: { readonly hasPassword: boolean; readonly accountPath: string }) {
  const say = useWords(words)
  const id = useId()
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState<Shown>()
  const act = useAct<void>(
    () => ({ path: `${sessionPath}/password`, body: { ...shown, ...(password === '' ? {} : { password }) } }),
    { refreshes: [props.accountPath] },
  )
  const save = async () => {
    const ran = await act.run()
    if (!ran.isDone) return
    setPassword('')
    setShown(undefined)
  }
  return (
    <section className="my-record-card my-record-form">
      <h2>{say('passwordTitle')}</h2>
      <p className="x-quiet">{say(props.hasPassword ? 'passwordOn' : 'passwordOff')}</p>
      <label htmlFor={id}>{say('newPassword')}</label>
      <Input.Password
        id={id}
        autoComplete="new-password"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
      <CodeStep path={ownCodes} isReady value={shown} onCode={setShown} />
      <Failure error={act.error} />
      <Button disabled={!isWhole(shown)} loading={act.isRunning} onClick={() => void save()}>
        {say('save')}
      </Button>
    </section>
  )
}

export function PhonePart({ accountPath }: { readonly accountPath: string }) {
  const say = useWords(words)
  const id = useId()
  const [phone, setPhone] = useState('')
  const [old, setOld] = useState<Shown>()
  const [next, setNext] = useState<Shown>()
  const act = useAct<void>(() => ({ path: `${sessionPath}/phone`, body: { old, next } }), {
    refreshes: [accountPath],
  })
  const change = async () => {
    const ran = await act.run()
    if (!ran.isDone) return
    setPhone('')
    setOld(undefined)
    setNext(undefined)
  }
  return (
    <section className="my-record-card my-record-form">
      <h2>{say('phoneTitle')}</h2>
      <CodeStep path={ownCodes} label={say('codeOld')} isReady value={old} onCode={setOld} />
      <label htmlFor={id}>{say('newPhone')}</label>
      <Input id={id} type="tel" value={phone} onChange={({ target }) => setPhone(target.value)} />
      <CodeStep
        path={`${sessionPath}/new-phone-codes`}
        body={{ phone }}
        label={say('codeNew')}
        isReady={phone.trim().length >= 8}
        value={next}
        onCode={setNext}
      />
      <Failure error={act.error} />
      <Button
        disabled={!isWhole(old) || !isWhole(next)}
        loading={act.isRunning}
        onClick={() => void change()}
      >
        {say('change')}
      </Button>
    </section>
  )
}

export function CloseAccount({ onClosed }: { readonly onClosed: () => Promise<void> }) {
  const say = useWords(words)
  const [shown, setShown] = useState<Shown>()
  const act = useAct<void>(() => ({ path: `${sessionPath}/closing`, body: shown }))
  const close = async () => {
    const ran = await act.run()
    if (ran.isDone) await onClosed()
  }
  return (
    <section className="my-record-card my-record-form">
      <h2>{say('closeTitle')}</h2>
      <p className="x-quiet">{say('closeHelp')}</p>
      <CodeStep path={ownCodes} isReady value={shown} onCode={setShown} />
      <Failure error={act.error} />
      <Button danger disabled={!isWhole(shown)} loading={act.isRunning} onClick={() => void close()}>
        {say('close')}
      </Button>
    </section>
  )
}
