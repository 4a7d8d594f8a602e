/** How long something took or waits, in the unit a person would say. */
import { useWords } from '@xinglin/kit'
import { interfaceWords } from './interface-words.ts'

const units = [
  { word: 'hours', ms: 3_600_000 },
  { word: 'minutes', ms: 60_000 },
  { word: 'seconds', ms: 1_000 },
  { word: 'ms', ms: 1 },
] as const

export function Span({ ms }: { readonly ms: number | undefined }) {
  const say = useWords(interfaceWords)
  if (ms === undefined) return <span className="x-quiet">–</span>
  const whole = Math.max(0, ms)
  const unit = units.find((each) => whole >= each.ms) ?? units[3]
  const value = whole / unit.ms
  return (
    <span className="x-number">
      {value < 10 && unit.ms > 1 ? value.toFixed(1) : Math.round(value)}
      <span className="x-unit">{say(unit.word)}</span>
    </span>
  )
}

/** From one instant to another, in ms. */
export function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from)
}
