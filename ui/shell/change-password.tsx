/** A one-time password opens nothing but this page. */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { Gate } from './gate.tsx'
import { shellWords } from './shell-words.ts'

type Props = { readonly onDone: () => Promise<void>; readonly onSignOut: () => Promise<void> }

export function ChangePassword({ onDone, onSignOut }: Props) {
  const say = useWords(shellWords)
  return (
    <Gate>
      <h1>{say('changePassword')}</h1>
      <p className="x-quiet">{say('changePasswordHelp')}</p>
      <ChangePasswordForm onDone={onDone} />
      <Button type="text" size="small" onClick={() => void onSignOut()}>
        {say('signOut')}
      </Button>
    </Gate>
  )
}

/** Present password, new password twice. */
export function ChangePasswordForm({ onDone }: { readonly onDone: () => Promise<void> }) {
  const say = useWords(shellWords)
  const [words, setWords] = useState({ current: '', next: '', again: '' })
  const change = useAct<{ current: string; next: string }>((body) => ({
    path: '/api/session/password',
    body,
  }))
  const differ = words.again !== '' && words.again !== words.next
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ran = await change.run({ current: words.current, next: words.next })
    if (ran.isDone) await onDone()
  }
  return (
    <form className="s-form" onSubmit={(event) => void submit(event)}>
      {field('current', say('currentPassword'), 'current-password')}
      {field('next', say('nextPassword'), 'new-password')}
      {field('again', say('repeatPassword'), 'new-password')}
      {differ ? (
        <p className="x-red" role="alert">
          {say('passwordsDiffer')}
        </p>
      ) : null}
      {change.error ? (
        <div className="x-red" role="alert">
          <FailureText error={change.error} />
        </div>
      ) : null}
      <Button
        type="primary"
        htmlType="submit"
        block
        loading={change.isRunning}
        disabled={!words.current || !words.next || words.next !== words.again}
      >
        {say('save')}
      </Button>
    </form>
  )
  function field(name: keyof typeof words, label: string, autoComplete: string) {
    return (
      <PasswordField
        label={label}
        autoComplete={autoComplete}
        value={words[name]}
        isFirst={name === 'current'}
        onChange={(value) => setWords({ ...words, [name]: value })}
      />
    )
  }
}

function PasswordField(props: {
  readonly label: string
  readonly autoComplete: string
  readonly value: string
  readonly isFirst: boolean
  readonly onChange: (value: string) => void
}) {
  const id = useId()
  return (
    <>
      <label htmlFor={id}>{props.label}</label>
      <Input
        id={id}
        type="password"
        autoFocus={props.isFirst}
        autoComplete={props.autoComplete}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </>
  )
}
