/**
 * Maps as data: which field of a segment becomes which element of a resource, through which data type map. An empty
 * field says nothing and leaves the element; two quotation marks delete it (HL7 v2.5.1 §2.5.3); a value replaces it.
 */
import type { Repetition, Segment } from '@xinglin/hl7v2'
import { isDeleted, type Place, type Reading, repetitions } from '../reading.ts'

/** A data type map: the FHIR value of one repetition, undefined where it says nothing. */
export type ValueMap = (repetition: Repetition, reading: Reading, place: Place) => unknown

export type Row = {
  readonly field: number
  /** Element path from the resource: `period.start`. */
  readonly to: string
  readonly as: ValueMap
  /** The element repeats. Rows of the same element add up. */
  readonly many?: true
}
export type Table = readonly Row[]

type Elements = Readonly<Record<string, unknown>>

/** The resource with what the segment says about it. */
export function applyTable<T extends object>(
  table: Table,
  resource: T,
  segment: Segment,
  reading: Reading,
): T {
  let elements: Elements = { ...(resource as Elements) }
  for (const [to, rows] of Map.groupBy(table, (row) => row.to)) {
    const values = rows.flatMap((row) => valuesOf(row, segment, reading))
    if (values.length > 0) elements = withElement(elements, to, rows[0]?.many ? values : values[0])
    else if (rows.some((row) => isDeleted(segment, row.field)))
      elements = withElement(elements, to, undefined)
  }
  // A map is the parser of its resource: what it makes is validated whole before it is stored.
  return elements as T
}

function valuesOf(row: Row, segment: Segment, reading: Reading): readonly unknown[] {
  const given = repetitions(segment, row.field)
  return (row.many ? given : given.slice(0, 1)).flatMap((repetition, index) => {
    const value = row.as(repetition, reading, { segment, field: row.field, repetition: index + 1 })
    return value === undefined ? [] : [value]
  })
}

function withElement(elements: Elements, path: string, value: unknown): Elements {
  const [name = '', ...rest] = path.split('.')
  if (rest.length > 0) {
    const inner = withElement((elements[name] ?? {}) as Elements, rest.join('.'), value)
    return withElement(elements, name, Object.keys(inner).length === 0 ? undefined : inner)
  }
  const { [name]: _replaced, ...others } = elements
  return value === undefined ? others : { ...elements, [name]: value }
}
