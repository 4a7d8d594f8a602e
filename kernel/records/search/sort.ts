/** FHIR R4 §3.1.1.5.2 _sort, and pages that continue where the last one ended whatever is written meanwhile. */
import { type Sql, sql } from '@xinglin/database'
import { invalid, type OutcomeError } from '@xinglin/fhir'
import { type SearchParameterDefinition, sortPathsOf } from '@xinglin/fhir/search'
import { sourcesOf } from '../index/sources.ts'
import { type Space, slotOf } from '../index/space.ts'
import { momentIn, numberIn } from '../page-token.ts'
import { isMainMoment } from './main-moment.ts'
import type { SortKey } from './request.ts'

/** One expression of the order; `key` of the resource is always the last, so that the order is total. */
export type OrderKey = {
  readonly expression: Sql
  /** What a page token carries instead of the value. */
  readonly told?: Sql
  readonly isDescending: boolean
  /** Checks and binds a value of it that a page token carries. */
  readonly bound: (value: string) => Sql
}

/** The order of an answer: as asked, then newest first. */
export function orderOf(keys: readonly SortKey[], space: Space, alias: Sql): readonly OrderKey[] {
  const asked = keys.map((key) => orderKey(key, space, alias))
  return [
    ...asked,
    {
      expression: sql`${alias}.key`,
      told: sql`${alias}.self`,
      isDescending: asked.at(-1)?.isDescending ?? true,
      bound: aNumber,
    },
  ]
}

/** True where an index has the order: none asked, the time of update, or the main moment. */
export function isWalked(keys: readonly SortKey[], type: string): boolean {
  const [first] = keys
  return !first || first.parameter === '_lastUpdated' || isMainMoment(type, first.parameter)
}

/** `order by` of these keys. */
export function orderSql(order: readonly OrderKey[]): Sql {
  return sql.join(
    order.map(({ expression, isDescending }) => (isDescending ? sql`${expression} desc` : expression)),
  )
}

/** Rows that come after the values that a page ended with. */
export function afterSql(order: readonly OrderKey[], values: readonly string[]): Sql {
  const bounds = order.map(({ bound }, index) => bound(values[index] ?? ''))
  const alternatives = order.map((key, index) => {
    const equal = order.slice(0, index).map((before, place) => sql`${before.expression} = ${bounds[place]}`)
    return sql`(${sql.join([...equal, beyond(key, bounds[index])], sql` and `)})`
  })
  const [first] = order
  // Said once more for the first key alone, so that an index on it can start there.
  const start = first
    ? sql`${first.expression} ${first.isDescending ? sql`<=` : sql`>=`} ${bounds[0]} and `
    : sql``
  return sql`${start}(${sql.join(alternatives, sql` or `)})`
}

function beyond({ expression, isDescending }: OrderKey, bound: Sql | undefined): Sql {
  return isDescending ? sql`${expression} < ${bound}` : sql`${expression} > ${bound}`
}

function orderKey({ parameter, isDescending, definition }: SortKey, space: Space, alias: Sql): OrderKey {
  if (parameter === '_id') return { expression: sql`${alias}.id`, isDescending, bound: aText }
  if (parameter === '_lastUpdated') return { expression: sql`${alias}.updated`, isDescending, bound: aMoment }
  if (isMainMoment(space.type, parameter))
    return { expression: sql`${alias}.at`, isDescending, bound: aMoment }
  const slots = sourcesOf(space.type, parameter).map((source) => slotOf(space, source))
  const mine = sql`value.key = ${alias}.key and value.slot = any (${slots}::integer[])`
  switch (definition.kind) {
    case 'string':
      return valueKey(sql`records.string_value`, { mine, isDescending })
    case 'date':
      return rangeKey(sql`records.date_value`, { mine, isDescending }, aNumber)
    case 'number':
    case 'quantity':
      return rangeKey(sql`records.quantity_value`, { mine, isDescending }, aFloat)
    default:
      return readKey(pathsOf(space.type, definition), { alias, isDescending })
  }
}

/** Codes, references and uris are sorted by what each resource says: a column of each would cost every write. */
export function isRead({ parameter, definition: { kind } }: SortKey): boolean {
  return parameter !== '_id' && (kind === 'token' || kind === 'reference' || kind === 'uri')
}

function pathsOf(type: string, definition: SearchParameterDefinition): readonly string[] {
  const paths = sortPathsOf(type, definition)
  if (paths) return paths
  throw cannotSort(definition.name)
}

/** The failure for a parameter that has no order: composites, places, and own expressions that are no paths. */
export function cannotSort(parameter: string): OutcomeError {
  return invalid(`answers cannot be sorted by ${parameter}: it has no value that stands in an order`, {
    code: 'records.cannot-sort',
    at: '_sort',
  })
}

/** Longer texts are sorted by their beginning: the place of a page stands in an address. */
export const mostCharactersSorted = 200

type Read = { readonly alias: Sql; readonly isDescending: boolean }

function readKey(paths: readonly string[], { alias, isDescending }: Read): OrderKey {
  const text = sql`left(found.value #>> '{}', ${mostCharactersSorted}) collate "C"`
  const first = isDescending ? sql`max(${text})` : sql`min(${text})`
  const none = isDescending ? sql`''` : sql`chr(1114111)`
  const expression = sql`coalesce((
    select ${first}
    from (select ${alias}.content::jsonb as body offset 0) as spoken
    cross join unnest(${paths}::text[]) as path
    cross join lateral jsonb_path_query(spoken.body, path::jsonpath) as found (value)), ${none})`
  return { expression, isDescending, bound: aText }
}

type Mine = { readonly mine: Sql; readonly isDescending: boolean }

/** Resources without a value come last either way. */
function valueKey(table: Sql, { mine, isDescending }: Mine): OrderKey {
  const expression = isDescending
    ? sql`coalesce((select max(value.text) from ${table} as value where ${mine}), '')`
    : sql`coalesce((select min(value.text) from ${table} as value where ${mine}), chr(1114111))`
  return { expression, isDescending, bound: aText }
}

function rangeKey(table: Sql, { mine, isDescending }: Mine, bound: OrderKey['bound']): OrderKey {
  const isWhole = bound === aNumber
  const low = isWhole ? sql`(-9223372036854775808)::bigint` : sql`'-infinity'::float8`
  const high = isWhole ? sql`9223372036854775807::bigint` : sql`'infinity'::float8`
  const expression = isDescending
    ? sql`coalesce((select max(value.low) from ${table} as value where ${mine}), ${low})`
    : sql`coalesce((select min(value.low) from ${table} as value where ${mine}), ${high})`
  return { expression, isDescending, bound }
}

function aNumber(value: string): Sql {
  return sql`${numberIn(value)}::bigint`
}

function aMoment(value: string): Sql {
  return sql`${momentIn(value)}::timestamptz`
}

function aText(value: string): Sql {
  return sql`${value.replaceAll('\0', '')}::text collate "C"`
}

function aFloat(value: string): Sql {
  const number = Number(value)
  return sql`${Number.isNaN(number) ? 0 : number}::float8`
}
