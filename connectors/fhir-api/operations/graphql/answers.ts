/** The answer of one object while it is gathered: R4 graphql.html §3.3.6 flattens lists of objects into lists of values. */

export type Gathered = {
  readonly values: Map<string, unknown>
  /** Names that `@singleton` keeps from becoming lists. */
  readonly single: Set<string>
}

export function gathered(): Gathered {
  return { values: new Map(), single: new Set() }
}

/** Puts what a flattened object holds beside what is there: each name collects the values of all objects. */
export function merge(into: Gathered, from: Gathered, suffix: string): void {
  for (const [name, value] of from.values) {
    const key = `${name}${suffix}`
    if (from.single.has(name)) {
      into.single.add(key)
      if (!into.values.has(key)) into.values.set(key, value)
      continue
    }
    const present = into.values.get(key)
    const list = Array.isArray(present) ? present : []
    into.values.set(key, [...list, ...(Array.isArray(value) ? value : [value])])
  }
}

export function objectOf({ values }: Gathered): Readonly<Record<string, unknown>> {
  return Object.fromEntries(values)
}
