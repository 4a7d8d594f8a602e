/** FHIR R4 §3.1.1.4.7 prefixes, as conditions on the range of a stored value against the range that was asked. */
import { type Sql, sql } from '@xinglin/database'
import type { DateQuery, NumberQuery, QuantityQuery } from '@xinglin/fhir/search'
import { hash32 } from '../hot/hash.ts'
import { comparedText } from '../index/values.ts'
import { inOtherUnits } from './ucum.ts'

/** Ranges up to a day are found by where they begin; the few longer ones have an index of their own. */
const shortMs = 86_400_000

/** Condition on `value.low` and `value.high` of `records.date_value`; any of the asked ranges may hold. */
export function dateRangeCondition(values: readonly DateQuery[]): Sql {
  return anyOf(values.map(dateRange))
}

function dateRange({ prefix, lowMs, highMs }: DateQuery): Sql {
  const contained = sql`(value.low >= ${lowMs}::bigint and value.low < ${highMs}::bigint and value.high <= ${highMs}::bigint)`
  switch (prefix) {
    case 'eq':
      return contained
    case 'ne':
      return sql`not ${contained}`
    case 'gt':
      return endsAfter(highMs)
    case 'lt':
      return sql`value.low < ${lowMs}::bigint`
    case 'ge':
      return sql`(${endsAfter(highMs)} or ${contained})`
    case 'le':
      return sql`(value.low < ${lowMs}::bigint or ${contained})`
    case 'sa':
      return sql`value.low >= ${highMs}::bigint`
    case 'eb':
      return sql`(value.low < ${lowMs}::bigint and value.high <= ${lowMs}::bigint)`
    case 'ap':
      return sql`(${endsAfter(lowMs)} and value.low < ${highMs}::bigint)`
  }
}

function endsAfter(ms: number): Sql {
  return sql`(
    (value.low > ${ms - shortMs}::bigint and value.high > ${ms}::bigint and value.high - value.low <= ${shortMs})
    or (value.high > ${ms}::bigint and value.high - value.low > 86400000))`
}

/** Condition on `value.text` of `records.string_value`; any of the texts may hold. */
export function textCondition(
  values: readonly string[],
  modifier: 'contains' | 'equals' | 'ends' | undefined,
): Sql {
  return anyOf(
    values.map((value) => {
      const text = comparedText(value)
      if (modifier === 'contains') return sql`value.text like ${`%${text.replace(/[\\%_]/g, '\\$&')}%`}`
      if (modifier === 'ends') return sql`value.text like ${`%${text.replace(/[\\%_]/g, '\\$&')}`}`
      if (modifier === 'equals') return sql`value.text = ${text}`
      // Everything that begins with the text stands between it and it followed by the last character there is.
      return sql`(value.text >= ${text} and value.text < ${`${text}\u{10ffff}`})`
    }),
  )
}

/** Condition on a moment, such as the time of the last update. */
export function dateCondition(moment: Sql, values: readonly DateQuery[]): Sql {
  return anyOf(values.map((value) => momentCondition(moment, value)))
}

function momentCondition(moment: Sql, { prefix, lowMs, highMs }: DateQuery): Sql {
  const low = instant(lowMs)
  const high = instant(highMs)
  switch (prefix) {
    case 'eq':
    case 'ap':
      return sql`(${moment} >= ${low} and ${moment} < ${high})`
    case 'ne':
      return sql`not (${moment} >= ${low} and ${moment} < ${high})`
    case 'gt':
    case 'sa':
      return sql`${moment} >= ${high}`
    case 'ge':
      return sql`${moment} >= ${low}`
    case 'lt':
    case 'eb':
      return sql`${moment} < ${low}`
    case 'le':
      return sql`${moment} < ${high}`
  }
}

function instant(ms: number): Sql {
  return sql`${new Date(ms).toISOString()}::timestamptz`
}

/** Condition on `records.quantity_value`: size by prefix and, where one was asked, the unit. */
export function quantityCondition(values: readonly (NumberQuery | QuantityQuery)[]): Sql {
  const asked = values.flatMap((value) => ('system' in value ? [value, ...inOtherUnits(value)] : [value]))
  return anyOf(asked.map((value) => sql`(${numberRange(value)}${unitCondition(value)})`))
}

function numberRange({ prefix, value, low, high }: NumberQuery): Sql {
  const contained = sql`(value.low >= ${low}::float8 and value.low < ${high}::float8 and value.high < ${high}::float8)`
  switch (prefix) {
    case 'eq':
      return contained
    case 'ne':
      return sql`not ${contained}`
    case 'gt':
      return reaches(sql`> ${value}::float8`)
    case 'ge':
      return reaches(sql`>= ${value}::float8`)
    case 'lt':
      return sql`value.low < ${value}::float8`
    case 'le':
      return sql`value.low <= ${value}::float8`
    case 'sa':
      return sql`value.low > ${value}::float8`
    case 'eb':
      return sql`(value.low < ${value}::float8 and value.high < ${value}::float8)`
    case 'ap':
      return sql`(${reaches(sql`>= ${low}::float8`)} and value.low < ${high}::float8)`
  }
}

/** Points are found by `low`; ranges with two ends have an index of their own. */
function reaches(bound: Sql): Sql {
  return sql`(value.low ${bound} or (value.low < value.high and value.high ${bound}))`
}

function unitCondition(query: NumberQuery | QuantityQuery): Sql {
  if (!('code' in query) || query.code === undefined) return sql``
  if (query.system !== undefined) return sql` and value.coded = ${hash32(`${query.system}\n${query.code}`)}`
  const unit = hash32(query.code)
  return sql` and (value.code = ${unit} or value.unit = ${unit})`
}

function anyOf(conditions: readonly Sql[]): Sql {
  return sql`(${sql.join(conditions, sql` or `)})`
}
