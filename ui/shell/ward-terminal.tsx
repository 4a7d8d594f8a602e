/** The lock screen of a shared terminal: who stands there, badge and PIN; whoever was there before is not seen. */
import { LockOutlined } from '@ant-design/icons'
import { type AnswerError, FailureText, Sentence, useAct, useLook, useWords } from '@xinglin/kit'
import { Button, Input, type InputRef } from 'antd'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { LanguageButton, ToneButton } from './look-buttons.tsx'
import { shellWords } from './shell-words.ts'
import { SignInForm } from './sign-in.tsx'
import { terminalWords } from './terminal-words.ts'
import type { Terminal } from './use-terminal.ts'

type Props = { readonly terminal: Terminal; readonly onDone: () => Promise<void> }

export function WardTerminal({ terminal, onDone }: Props) {
  const say = useWords(terminalWords)
  const sayShell = useWords(shellWords)
  const { language } = useLook()
  const [isByPassword, setByPassword] = useState(false)
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
        <p>
          <strong>{terminal.label}</strong> <span className="x-quiet">{terminal.place}</span>
        </p>
        {terminal.holder ? (
          <p role="status">
            <LockOutlined aria-hidden /> {say('held', { name: terminal.holder })}
          </p>
        ) : null}
        {isByPassword ? (
          <SignInForm onDone={onDone} act={sayShell('signIn')} />
        ) : (
          <BadgeForm onDone={onDone} />
        )}
        <Button type="text" size="small" onClick={() => setByPassword(!isByPassword)}>
          {say(isByPassword ? 'byBadge' : 'byPassword')}
        </Button>
      </div>
    </main>
  )
}

/** A reader types the number and Enter: that leads to the PIN, and Enter there goes in. */
function BadgeForm({ onDone }: Pick<Props, 'onDone'>) {
  const say = useWords(terminalWords)
  const id = useId()
  const pinField = useRef<InputRef>(null)
  const badgeField = useRef<InputRef>(null)
  const [number, setNumber] = useState('')
  const [pin, setPin] = useState('')
  const act = useAct<{ number: string; pin: string }>((body) => ({ path: '/api/terminal/session', body }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (number.trim() === '' || pin === '') return pinField.current?.focus()
    const ran = await act.run({ number, pin })
    setPin('')
    if (ran.isDone) return onDone()
    setNumber('')
    badgeField.current?.focus()
  }
  return (
    <form className="s-form" onSubmit={(event) => void submit(event)}>
      <p>{say('tap')}</p>
      <label htmlFor={`${id}-badge`}>{say('badge')}</label>
      <Input
        id={`${id}-badge`}
        ref={badgeField}
        autoFocus
        type="password"
        autoComplete="off"
        value={number}
        onChange={(event) => setNumber(event.target.value)}
      />
      <label htmlFor={`${id}-pin`}>{say('pin')}</label>
      <Input
        id={`${id}-pin`}
        ref={pinField}
        type="password"
        inputMode="numeric"
        autoComplete="off"
        value={pin}
        onChange={(event) => setPin(event.target.value)}
      />
      {act.error ? <EnterFailure error={act.error} /> : null}
      <Button type="primary" htmlType="submit" block loading={act.isRunning}>
        {say('enter')}
      </Button>
    </form>
  )
}

function EnterFailure({ error }: { readonly error: AnswerError }) {
  const say = useWords(terminalWords)
  const [issue] = error.issues
  return (
    <div className="x-red" role="alert">
      {error.status === 401 ? <p>{say('wrong')}</p> : null}
      {error.status === 429 ? <p>{say('tooOften')}</p> : null}
      {error.status === 403 && issue ? <Sentence issue={issue} /> : null}
      {[401, 403, 429].includes(error.status) ? null : <FailureText error={error} />}
    </div>
  )
}

/** Over the whole page, which stays beneath with everything that was entered and shows nothing of it. */
export function TerminalLock(props: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    // A modal dialog focuses its first button; the reader types into the field.
    dialog.current?.querySelector('input')?.focus()
  }, [])
  return (
    <dialog ref={dialog} className="s-lock" onCancel={(event) => event.preventDefault()}>
      <WardTerminal {...props} />
    </dialog>
  )
}
