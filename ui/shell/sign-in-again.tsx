/** An expired session is renewed over the page, which keeps everything that was entered. */
import { type Me, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { shellWords } from './shell-words.ts'
import { SignInForm } from './sign-in.tsx'

export function SignInAgain(props: {
  readonly me: Me
  readonly onDone: () => Promise<void>
  readonly onSignOut: () => Promise<void>
}) {
  const say = useWords(shellWords)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} className="s-dialog" onCancel={(event) => event.preventDefault()}>
      <h2>{say('signInAgain')}</h2>
      <p className="x-quiet">
        {props.me.display} · {say('signInAgainHelp')}
      </p>
      <SignInForm
        onDone={props.onDone}
        act={say('signIn')}
        {...(props.me.login ? { login: props.me.login } : {})}
      />
      <Button type="text" size="small" onClick={() => void props.onSignOut()}>
        {say('signOut')}
      </Button>
    </dialog>
  )
}
