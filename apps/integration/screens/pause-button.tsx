/** Pausing or resuming a source or a destination, with what it will do and the reason. */
import { ReasonDialog, useAct, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import type { InterfaceRow } from '../contract.ts'
import { interfaceWords } from './interface-words.ts'

type Props = {
  readonly row: InterfaceRow
  readonly destination?: string
  readonly name: string
  readonly isPaused: boolean
}

export function PauseButton({ row, destination, name, isPaused }: Props) {
  const say = useWords(interfaceWords)
  const [isAsking, setAsking] = useState(false)
  const act = useAct<string>(
    (reason) => ({
      path: `/api/integration/interfaces/${encodeURIComponent(row.id)}/pause`,
      body: { ...(destination === undefined ? {} : { destination }), isPaused: !isPaused, reason },
    }),
    { refreshes: ['/api/integration/interfaces'] },
  )
  const verb =
    destination === undefined
      ? say(isPaused ? 'resumeSource' : 'pauseSource')
      : say(isPaused ? 'resume' : 'pause')
  const help =
    destination === undefined
      ? say(isPaused ? 'resumeSourceHelp' : 'pauseSourceHelp', { name })
      : say(isPaused ? 'resumeHelp' : 'pauseHelp', { name })
  return (
    <>
      <Button size="small" aria-label={`${verb} ${name}`} onClick={() => setAsking(true)}>
        {verb}
      </Button>
      <ReasonDialog
        isOpen={isAsking}
        title={verb}
        act={verb}
        isRunning={act.isRunning}
        {...(act.error ? { error: act.error } : {})}
        onCancel={() => setAsking(false)}
        onAct={(reason) => void act.run(reason).then(({ isDone }) => (isDone ? setAsking(false) : undefined))}
      >
        {help}
      </ReasonDialog>
    </>
  )
}
