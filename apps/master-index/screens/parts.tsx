/** Small parts of every screen of the index: marks, people on a line, facts, a side with its head. */
import { CloseOutlined } from '@ant-design/icons'
import { type AnswerError, FailureText, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import type { PairOutcome, PersonLine } from '../contract.ts'
import { outcomeSigns, percentText, sexText } from './meanings.ts'
import { words } from './words.ts'

/** A sign, a word and the probability, never colour alone. */
export function OutcomeMark({
  outcome,
  probability,
}: {
  readonly outcome: PairOutcome
  readonly probability: number
}) {
  const say = useWords(words)
  const { sign, tone } = outcomeSigns[outcome]
  return (
    <span className="mi-mark">
      <span className={tone} aria-hidden>
        {sign}
      </span>
      {say(outcome)} <span className="x-quiet x-number">{percentText(probability)}</span>
    </span>
  )
}

/** Who it is, on one line. */
export function PersonText({ person }: { readonly person: PersonLine }) {
  const say = useWords(words)
  const times = useTimes()
  if (person.isHidden) return <span className="x-quiet">{say('hidden')}</span>
  const facts = [
    sexText(say, person.gender),
    times.age(person.birthDate),
    person.mrn && `${say('mrn')} ${person.mrn}`,
  ]
  return (
    <span>
      <strong>{person.name || say('nameless')}</strong>{' '}
      <span className="x-quiet x-number">{facts.filter(Boolean).join(' · ')}</span>
    </span>
  )
}

export function Failure({ error }: { readonly error: AnswerError | undefined }) {
  if (!error) return null
  return (
    <div className="x-red" role="alert">
      <FailureText error={error} />
    </div>
  )
}

type SideProps = {
  readonly title: ReactNode
  readonly label: string
  readonly isWide?: boolean
  readonly children: ReactNode
  readonly onClose: () => void
}

/** What was chosen, beside its list; on a phone over it. */
export function Side({ title, label, isWide, children, onClose }: SideProps) {
  const say = useWords(words)
  return (
    <aside className={`mi-side${isWide ? ' mi-wide' : ''}`} aria-label={label}>
      <header className="mi-side-head">
        <h2 className="x-cut">{title}</h2>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={say('close')}
          title={say('close')}
          onClick={onClose}
        />
      </header>
      {children}
    </aside>
  )
}

/** A key that does what a button does, shown beside it; nothing on a phone. */
export function KeyMark({ children }: { readonly children: string }) {
  return (
    <kbd className="mi-key" aria-hidden>
      {children}
    </kbd>
  )
}
