/** Rows of `elements.js`: name (`value[x]` for a choice), cardinality, types, required value set. A backbone's type is its path. */
export type ElementRow = readonly [
  name: string,
  min: number,
  max: number | '*',
  types: readonly string[],
  valueSet?: string,
]
export const elements: Readonly<Record<string, readonly ElementRow[]>>
export const resourceTypes: readonly string[]
