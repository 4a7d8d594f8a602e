/** Two records side by side: every fact, how the fields agree and what each weighs, and what is decided of them. */
import { Answered, Go, useAsk, useTimes, useWords } from '@xinglin/kit'
import { masterIndexScreens as addresses, type PairAnswer, type PairRow } from '../contract.ts'
import { ComparedFields } from './compared-fields.tsx'
import { Decisions } from './decisions.tsx'
import { bitsText, objectionWords, percentText, ruleWords, sayKey } from './meanings.ts'
import { OutcomeMark, Side } from './parts.tsx'
import { words } from './words.ts'

export type ComparisonProps = {
  readonly one: string
  readonly other: string
  readonly onNext?: (() => void) | undefined
  readonly onPrevious?: (() => void) | undefined
  /** The pair was decided and leaves the list. */
  readonly onDone: () => void
  readonly onClose: () => void
}

export function Comparison(props: ComparisonProps) {
  const say = useWords(words)
  const { one, other, onClose } = props
  const answer = useAsk<PairAnswer>(
    `/api/master-index/pairs/${encodeURIComponent(one)}/${encodeURIComponent(other)}`,
  )
  return (
    <Side title={say('compare')} label={say('compare')} isWide onClose={onClose}>
      <Answered answer={answer}>
        {(pair) => (
          <>
            <div className="mi-compared">
              <Verdict pair={pair} />
              <ComparedFields pair={pair} />
              <Weighing explanation={pair.explanation} />
            </div>
            <Decisions {...props} pair={pair} />
          </>
        )}
      </Answered>
    </Side>
  )
}

function Verdict({ pair: { explanation, row, merges } }: { readonly pair: PairAnswer }) {
  const say = useWords(words)
  const { outcome, probability, evidence, objections } = explanation
  const merged = merges.find(({ undone }) => !undone)
  return (
    <section className="mi-verdict">
      <p>
        <strong>
          <OutcomeMark outcome={outcome} probability={probability} />
        </strong>
      </p>
      {merged ? (
        <p>
          {say('mergedWith')} · <Go to={`${addresses.merges}?merge=${merged.id}`}>{say('toMerge')}</Go>
        </p>
      ) : null}
      {row ? <Standing row={row} /> : null}
      <ul className="mi-reasons">
        {objections.map((each) => (
          <li key={each} className="x-amber">
            ▲ {sayKey(say, objectionWords[each])}
          </li>
        ))}
        {evidence.map((each) => (
          <li key={each}>✓ {sayKey(say, ruleWords[each])}</li>
        ))}
        {evidence.length === 0 ? <li className="x-quiet">○ {say('noRule')}</li> : null}
      </ul>
    </section>
  )
}

function Standing({ row: { decided, assignee, until } }: { readonly row: PairRow }) {
  const say = useWords(words)
  const times = useTimes()
  const facts = [
    decided && say('decidedBy', { name: decided.display, time: times.moment(decided.at) }),
    decided?.note,
    until && say('until', { day: until }),
    !decided && assignee && say('takenBy', { name: assignee.display }),
  ].filter(Boolean)
  return facts.length > 0 ? <p className="x-quiet">{facts.join(' · ')}</p> : null
}

function Weighing({ explanation }: { readonly explanation: PairAnswer['explanation'] }) {
  const say = useWords(words)
  const { bits, probability, upper, lower, settings } = explanation
  return (
    <p className="x-quiet mi-weighing">
      <strong>{say('total', { bits: bitsText(bits) })}</strong> ·{' '}
      {say('probability', { percent: percentText(probability) })} ·{' '}
      {settings === 0 ? say('shippedWeights') : say('ownWeights', { version: settings })}
      <br />
      {say('thresholds', { upper: percentText(upper), lower: percentText(lower) })}
    </p>
  )
}
