/** A dangerous act asks for its reason, saying what will happen to whom; it never asks for "OK". */
import { Button, Input, Modal } from 'antd'
import { type ReactNode, useState } from 'react'
import type { AnswerError } from './api.ts'
import { kitWords } from './kit-words.ts'
import { FailureText } from './states.tsx'
import { useWords } from './words.ts'

/** Fewer characters than this are no reason. */
const shortestReason = 2

export type ReasonDialogProps = {
  readonly isOpen: boolean
  /** The verb: 作废医嘱, Revoke the order. */
  readonly title: string
  /** What will happen to whom, in the patient's name. */
  readonly children: ReactNode
  readonly act: string
  readonly isRunning?: boolean
  readonly error?: AnswerError
  readonly onAct: (reason: string) => void
  readonly onCancel: () => void
}

export function ReasonDialog(props: ReasonDialogProps) {
  const say = useWords(kitWords)
  const [reason, setReason] = useState('')
  const isGiven = reason.trim().length >= shortestReason
  const needed = say('reasonNeeded', { count: shortestReason })
  return (
    <Modal
      open={props.isOpen}
      title={props.title}
      onCancel={props.onCancel}
      destroyOnHidden
      afterClose={() => setReason('')}
      footer={[
        <Button key="cancel" onClick={props.onCancel}>
          {say('cancel')}
        </Button>,
        <Button
          key="act"
          type="primary"
          danger
          disabled={!isGiven}
          loading={props.isRunning ?? false}
          onClick={() => props.onAct(reason.trim())}
        >
          {props.act}
        </Button>,
      ]}
    >
      <div className="x-reason">{props.children}</div>
      <Input.TextArea
        autoFocus
        rows={2}
        value={reason}
        aria-label={say('reason')}
        placeholder={needed}
        onChange={(event) => setReason(event.target.value)}
      />
      {props.error ? (
        <div className="x-red" role="alert">
          <FailureText error={props.error} />
        </div>
      ) : null}
    </Modal>
  )
}
