/** Why a proposal is not approved. */
import { ReasonDialog, useAct, useWords } from '@xinglin/kit'
import { words } from './words.ts'

type Props = { readonly path: string; readonly onClose: () => void }

export function RefuseDialog({ path, onClose }: Props) {
  const say = useWords(words)
  const act = useAct<string>((reason) => ({ path, body: { reason } }), {
    refreshes: ['/api/approvals/proposals'],
  })
  return (
    <ReasonDialog
      isOpen
      title={say('refuse')}
      act={say('refuse')}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void act.run(reason).then(({ isDone }) => isDone && onClose())}
      onCancel={onClose}
    >
      {say('refuseText')}
    </ReasonDialog>
  )
}
