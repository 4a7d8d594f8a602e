/** A dangerous act asks for the second factor over the page, and goes on; what waits for a second person is told. */
import { frameActs, Loading, useAsk, useWords } from '@xinglin/kit'
import { Button, notification } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { factorWords } from './factor-words.ts'
import { SecondStep } from './second-step.tsx'

type Asked = { readonly answer: (isShown: boolean) => void }

export function StepUp() {
  const say = useWords(factorWords)
  const [asked, setAsked] = useState<Asked>()
  const [notices, place] = notification.useNotification()
  useEffect(
    () =>
      frameActs({
        stepUp: () =>
          new Promise((resolve) => {
            setAsked({
              answer: (isShown) => {
                setAsked(undefined)
                resolve(isShown)
              },
            })
          }),
        proposed: () => notices.info({ title: say('proposed'), description: say('proposedHelp') }),
      }),
    [notices, say],
  )
  return (
    <>
      {place}
      {asked ? <StepUpDialog {...asked} /> : null}
    </>
  )
}

type Own = { readonly factors: readonly { readonly kind: 'totp' | 'passkey' }[] }

function StepUpDialog({ answer }: Asked) {
  const say = useWords(factorWords)
  const own = useAsk<Own>('/api/session/factors')
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const hasPasskey = own.state === 'ready' && own.data.factors.some(({ kind }) => kind === 'passkey')
  return (
    <dialog
      ref={dialog}
      className="s-dialog"
      onCancel={(event) => {
        event.preventDefault()
        answer(false)
      }}
    >
      <h2>{say('stepUpTitle')}</h2>
      <p>{say('stepUp')}</p>
      {own.state === 'loading' ? <Loading rows={1} /> : null}
      <SecondStep hasPasskey={hasPasskey} onDone={async () => answer(true)} />
      <Button type="text" size="small" onClick={() => answer(false)}>
        {say('cancel')}
      </Button>
    </dialog>
  )
}
