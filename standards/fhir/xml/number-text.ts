/** R4 §2.24.0.1 decimal: precision is kept, so a number is carried as it was written, not as what JavaScript makes of it. */

const written: unique symbol = Symbol('number as written')

export type NumberText = { readonly [written]: string }

export function numberText(text: string): NumberText {
  return { [written]: text }
}

/** The digits; undefined for anything else. */
export function textOfNumber(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && written in value
    ? (value as NumberText)[written]
    : undefined
}

/** JSON as a value whose numbers are `NumberText`. */
export function parseKeepingNumbers(json: string): unknown {
  // The third argument holds the source of a primitive (ECMAScript proposal JSON.parse source text, Node 21).
  return JSON.parse(json, (...[, value, context]: readonly unknown[]) =>
    typeof value === 'number' ? numberText(sourceOf(context) ?? String(value)) : value,
  )
}

function sourceOf(context: unknown): string | undefined {
  return typeof context === 'object' && context !== null && 'source' in context
    ? String(context.source)
    : undefined
}

/** The JSON text of such a value. */
export function stringifyKeepingNumbers(value: unknown): string {
  const number = textOfNumber(value)
  if (number !== undefined) return number
  if (Array.isArray(value)) return `[${value.map(stringifyKeepingNumbers).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${stringifyKeepingNumbers(member)}`,
  )
  return `{${members.join(',')}}`
}
