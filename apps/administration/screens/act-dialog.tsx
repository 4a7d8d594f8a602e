/** An act of administration that names whom it is done to and asks why; it may ask for something more (roles, scopes). */
import { type Act, ReasonDialog } from '@xinglin/kit'
import type { ReactNode } from 'react'
import { FormFailure } from './field.tsx'

export type ActDialogProps<Output> = {
  readonly title: string
  /** What will happen to whom. */
  readonly text: string
  readonly act: Act<string, Output>
  /** Fields that `children` draws with their own refusals. */
  readonly fields?: readonly string[]
  readonly children?: ReactNode
  readonly onDone: (output: Output) => void
  readonly onCancel: () => void
}

export function ActDialog<Output>(props: ActDialogProps<Output>) {
  const { act, title, fields = [] } = props
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) props.onDone(ran.output)
  }
  return (
    <ReasonDialog
      isOpen
      title={title}
      act={title}
      isRunning={act.isRunning}
      onAct={run}
      onCancel={props.onCancel}
    >
      <p className="a-act-text">{props.text}</p>
      {props.children}
      <FormFailure error={act.error} fields={fields} />
    </ReasonDialog>
  )
}
