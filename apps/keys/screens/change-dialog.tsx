/** A change of keys says what will happen to what, and asks for the reason; the frame asks for the second factor. */

import { ReasonDialog, useAct, useWords } from '@xinglin/kit'
import { type KeyAct, keysPath, rotationsPath } from '../contract.ts'
import { words } from './words.ts'

export type Asked = {
  readonly act: KeyAct
  readonly purpose: string
  /** The purpose in words. */
  readonly name: string
  /** Older versions, or keys that are wrapped. */
  readonly count: number
}

type Props = { readonly asked: Asked; readonly onClose: () => void }

export function ChangeDialog({ asked: { act, purpose, name, count }, onClose }: Props) {
  const say = useWords(words)
  const change = useAct((reason: string) => ({ path: rotationsPath, body: { act, purpose, reason } }), {
    refreshes: [keysPath],
  })
  const run = async (reason: string) => {
    const ran = await change.run(reason)
    if (ran.isDone) onClose()
  }
  const titles = { rotate: say('rotate'), wrap: say('changeEncrypting'), retire: say('retire') } as const
  const helps = {
    rotate: say('rotateHelp', { purpose: name }),
    wrap: say('wrapHelp', { count }),
    retire: say('retireHelp', { purpose: name }),
  } as const
  return (
    <ReasonDialog
      isOpen
      title={titles[act]}
      act={titles[act]}
      isRunning={change.isRunning}
      {...(change.error ? { error: change.error } : {})}
      onAct={(reason) => void run(reason)}
      onCancel={onClose}
    >
      <p>{helps[act]}</p>
    </ReasonDialog>
  )
}
