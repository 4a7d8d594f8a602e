/** Until when a pair is put off, and why. */
import { type AnswerError, useMe, useWords } from '@xinglin/kit'
import { Button, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { Field } from './field.tsx'
import { Failure } from './parts.tsx'
import { words } from './words.ts'

const dayMs = 86_400_000
const choices = [
  { days: 1, word: 'tomorrow' },
  { days: 7, word: 'inWeek' },
  { days: 30, word: 'inMonth' },
] as const

type Props = {
  readonly isRunning: boolean
  readonly error: AnswerError | undefined
  readonly onPutOff: (until: string, note: string) => void
  readonly onClose: () => void
}

export function PutOffDialog({ isRunning, error, onPutOff, onClose }: Props) {
  const say = useWords(words)
  const zone = useMe()?.timeZone
  const [days, setDays] = useState<number>(7)
  const [note, setNote] = useState('')
  return (
    <Modal
      open
      title={say('putOffTitle')}
      onCancel={onClose}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {say('cancel')}
        </Button>,
        <Button
          key="put"
          type="primary"
          loading={isRunning}
          onClick={() => onPutOff(dayIn(days, zone), note.trim())}
        >
          {say('putOff')}
        </Button>,
      ]}
    >
      <div className="mi-field">
        <span>{say('untilDay')}</span>
        <Radio.Group
          value={days}
          onChange={(event) => setDays(event.target.value)}
          options={choices.map(({ days: value, word }) => ({
            value,
            label: `${say(word)} (${dayIn(value, zone)})`,
          }))}
        />
      </div>
      <Field label={say('note')}>
        <Input.TextArea autoFocus rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
      </Field>
      <Failure error={error} />
    </Modal>
  )
}

/** The day of the hospital so many days from now. */
function dayIn(days: number, zone: string | undefined): string {
  return new Intl.DateTimeFormat('en-CA', zone ? { timeZone: zone } : {}).format(Date.now() + days * dayMs)
}
