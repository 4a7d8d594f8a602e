/** A clinical number as it must be shown: unit, flag, reference range, time and source, none of them by colour alone. */
import { useHoverCard } from './hover-card.tsx'
import { kitWords } from './kit-words.ts'
import { useTimes } from './use-times.ts'
import { useWords } from './words.ts'

/** HL7 v3 ObservationInterpretation reduced to what a reader must see at a glance. */
export type Flag = 'high' | 'low' | 'critical-high' | 'critical-low' | 'abnormal' | 'critical'

export type QuantityProps = {
  /** The value as it was sent, with its digits and comparator. */
  readonly value: string
  /** All digits where `value` is rounded. */
  readonly exact?: string | undefined
  readonly unit?: string | undefined
  readonly flag?: Flag | undefined
  readonly reference?: string | undefined
  readonly time?: string | undefined
  /** Message, device or organisation that it came from. */
  readonly source?: string | undefined
  /** What the sender remarked, or that the result is not final. */
  readonly note?: string | undefined
  /** In tables the unit stands in the row's head and the digits of all rows stand under one another. */
  readonly hidesUnit?: boolean
  readonly isFresh?: boolean
  readonly label?: string
  readonly onOpen?: () => void
}

const signs: Readonly<Record<Flag, string>> = {
  high: '↑',
  low: '↓',
  'critical-high': '↑↑',
  'critical-low': '↓↓',
  abnormal: '＊',
  critical: '‼',
}
const flagWords = {
  high: 'flagHigh',
  low: 'flagLow',
  'critical-high': 'flagCriticalHigh',
  'critical-low': 'flagCriticalLow',
  abnormal: 'flagAbnormal',
  critical: 'flagCritical',
} as const satisfies Record<Flag, string>

/** `red` for critical, `amber` for abnormal, undefined for normal. */
export function toneOf(flag: Flag | undefined): 'red' | 'amber' | undefined {
  if (!flag) return undefined
  return flag.startsWith('critical') ? 'red' : 'amber'
}

export function Quantity(props: QuantityProps) {
  const { value, unit, flag, hidesUnit, isFresh, onOpen } = props
  const say = useWords(kitWords)
  const card = useHoverCard(() => <QuantityCard {...props} />)
  const tone = toneOf(flag)
  const classes = ['x-quantity', tone && `x-${tone}`, hidesUnit && 'x-aligned', isFresh && 'x-fresh']
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(' ')}
      aria-label={[props.label, value, unit, flag ? say(flagWords[flag]) : ''].filter(Boolean).join(' ')}
      onClick={onOpen}
      {...card}
    >
      <span className="x-number">{value}</span>
      {flag || hidesUnit ? <span className="x-flag">{flag ? signs[flag] : ''}</span> : null}
      {unit && !hidesUnit ? <span className="x-unit">{unit}</span> : null}
    </button>
  )
}

function QuantityCard(props: QuantityProps) {
  const say = useWords(kitWords)
  const times = useTimes()
  const rows = [
    [
      say('value'),
      `${props.exact ?? props.value} ${props.unit ?? ''} ${props.flag ? `${signs[props.flag]} ${say(flagWords[props.flag])}` : ''}`,
    ],
    [say('reference'), props.reference ? `${props.reference} ${props.unit ?? ''}` : undefined],
    [say('time'), times.full(props.time)],
    [say('source'), props.source],
    [say('note'), props.note],
  ] as const
  return (
    <dl className="x-facts">
      {props.label ? <dt className="x-facts-title">{props.label}</dt> : null}
      {rows
        .filter(([, text]) => text)
        .map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="x-number">{text}</dd>
          </div>
        ))}
    </dl>
  )
}
