/** Which record stays, what moves to it, and why: said before anything is done. */
import { Answered, Loading, useAct, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import type { MergePreview, PairAnswer, SideFacts } from '../contract.ts'
import { Field } from './field.tsx'
import { typeText } from './meanings.ts'
import { Failure } from './parts.tsx'
import { words } from './words.ts'

/** Fewer characters than this are no reason. */
const shortestReason = 2

type Props = {
  readonly pair: PairAnswer
  readonly onDone: () => void
  readonly onClose: () => void
}

export function MergeDialog({ pair: { one, other }, onDone, onClose }: Props) {
  const say = useWords(words)
  const suggested = other.visits > one.visits ? other : one
  const [survivorId, setSurvivor] = useState(suggested.id)
  const [reason, setReason] = useState('')
  const [survivor, merged] = survivorId === one.id ? [one, other] : [other, one]
  const act = useAct(
    () => ({
      path: '/api/master-index/commands/merge-patients',
      body: { survivor: survivor.id, merged: merged.id, reason: reason.trim() },
    }),
    { refreshes: ['/api/master-index'] },
  )
  const merge = async () => {
    const { isDone } = await act.run(undefined)
    if (!isDone) return
    onClose()
    onDone()
  }
  return (
    <Modal
      open
      width={640}
      title={say('mergeTitle')}
      onCancel={onClose}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {say('cancel')}
        </Button>,
        <Button
          key="merge"
          type="primary"
          danger
          disabled={reason.trim().length < shortestReason}
          loading={act.isRunning}
          onClick={() => void merge()}
        >
          {say('merge')}
        </Button>,
      ]}
    >
      <fieldset className="mi-field">
        <legend>{say('survivorAsk')}</legend>
        <Radio.Group
          className="mi-survivors"
          value={survivorId}
          onChange={(event) => setSurvivor(event.target.value)}
          options={[one, other].map((side) => ({
            value: side.id,
            label: <Survivor side={side} isSuggested={one.visits !== other.visits && side === suggested} />,
          }))}
        />
      </fieldset>
      <Moves key={survivorId} survivor={survivor} merged={merged} />
      <p className="mi-warning">
        {say('mergeWarning', {
          merged: nameOf(merged, say('nameless')),
          survivor: nameOf(survivor, say('nameless')),
        })}
      </p>
      <Field label={say('reason')}>
        <Input.TextArea
          autoFocus
          rows={2}
          value={reason}
          placeholder={say('reasonPlaceholder')}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <Failure error={act.error} />
    </Modal>
  )
}

/** The name with the number of the record: both may be called alike. */
function nameOf({ names, numbers, id }: SideFacts, nameless: string): string {
  const mrn = numbers.find(({ type, isOld }) => type === 'MR' && !isOld)?.value
  return `${names[0] ?? nameless} (${mrn ?? id})`
}

function Survivor({ side, isSuggested }: { readonly side: SideFacts; readonly isSuggested: boolean }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <span>
      <strong>{say('keep', { name: nameOf(side, say('nameless')) })}</strong>
      <br />
      <span className="x-quiet x-number">
        {say('fieldVisits')} {side.visits} · {say('fieldUpdated')} {times.moment(side.updated)}
        {isSuggested ? ` · ${say('survivorSuggested')}` : ''}
      </span>
    </span>
  )
}

function Moves({ survivor, merged }: { readonly survivor: SideFacts; readonly merged: SideFacts }) {
  const say = useWords(words)
  const asked = new URLSearchParams({ survivor: survivor.id, merged: merged.id })
  const answer = useAsk<MergePreview>(`/api/master-index/merges/preview?${asked}`)
  return (
    <section className="mi-moves">
      <h3>{say('movesTitle')}</h3>
      <Answered answer={answer} loading={<Loading rows={2} />}>
        {({ moves, numbers }) => (
          <>
            {moves.length === 0 ? <p className="x-quiet">{say('movesNothing')}</p> : null}
            <ul>
              {moves.map(({ type, count }) => (
                <li key={type}>
                  {typeText(say, type)} <span className="x-number">{say('movesCount', { count })}</span>
                </li>
              ))}
            </ul>
            {numbers.length > 0 ? (
              <p>
                {say('numbersTitle')}: <span className="x-number">{numbers.join(', ')}</span>
              </p>
            ) : null}
          </>
        )}
      </Answered>
    </section>
  )
}
