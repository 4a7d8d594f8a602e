/** FHIR R4 §3.1.1.4.6 number, §3.1.1.4.7 date and §3.1.1.4.11 quantity values with prefixes and implicit precision. */
import { dateRange } from './dates.ts'
import type { DateQuery, NumberQuery, Prefix, QuantityQuery } from './parameter-query.ts'
import { badValue, splitUnescaped, unescaped, type ValueContext } from './parse-value.ts'

const prefixed = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/s
const decimal = /^[+-]?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/

/** `ap` means within a tenth (§3.1.1.4.6). */
const approximately = 0.1

function withPrefix(text: string): { readonly prefix: Prefix; readonly rest: string } {
  const match = prefixed.exec(text)
  return { prefix: (match?.[1] as Prefix | undefined) ?? 'eq', rest: match?.[2] ?? '' }
}

/** A `+` of an offset arrives as a space where a client forgot to encode it. */
export function parseDate(part: string, context: ValueContext): DateQuery {
  const { prefix, rest } = withPrefix(unescaped(part).replace(' ', '+'))
  const range = dateRange(rest, context.timeZone)
  if (!range)
    throw badValue(context, 'a date: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss][offset] that exists')
  if (prefix !== 'ap') return { prefix, ...range }
  const gapMs = Math.round(Math.abs(context.nowMs - range.lowMs) * approximately)
  return { prefix, lowMs: range.lowMs - gapMs, highMs: range.highMs + gapMs }
}

export function parseNumber(part: string, context: ValueContext): NumberQuery {
  const { prefix, rest } = withPrefix(unescaped(part))
  const half = halfStep(rest)
  const value = Number(rest)
  if (half === undefined || !Number.isFinite(value)) throw badValue(context, 'a decimal number')
  const reach = prefix === 'ap' ? Math.max(Math.abs(value) * approximately, half) : half
  return { prefix, value, low: tidy(value - reach), high: tidy(value + reach) }
}

/** Half of the last written digit: 100 → 0.5, 5.40 → 0.005, 1e2 → 50. */
function halfStep(text: string): number | undefined {
  const match = decimal.exec(text)
  if (!match) return undefined
  return 0.5 * 10 ** (Number(match[3] ?? 0) - (match[2]?.length ?? 0))
}

/** Takes away the dust of binary fractions: 5.4 - 0.05 is 5.35, not 5.3500000000000005. */
function tidy(value: number): number {
  return Number(value.toPrecision(15))
}

/** `[prefix]number`, `number|system|code` or `number||code`. */
export function parseQuantity(part: string, context: ValueContext): QuantityQuery {
  const [number = '', system, code, ...more] = splitUnescaped(part, '|')
  if (more.length > 0) throw badValue(context, 'number, number|system|code or number||code')
  return {
    ...parseNumber(number, context),
    system: system ? unescaped(system) : undefined,
    code: code ? unescaped(code) : undefined,
  }
}
