/** A rule as a condition in SQL on one row of a concept table; every value is bound. */
import { type Sql, sql } from '@xinglin/database'
import type { Rule } from './rules.ts'
import { questionOf } from './words.ts'

/** Where a code stands in the hierarchy. */
export type Place = { readonly place: number; readonly ancestry: readonly number[] }
export type Places = ReadonlyMap<string, Place>

/** `places` must hold the codes whose hierarchy the rule asks for; those that are missing choose nothing. */
export function ruleSql(rule: Rule, table: Sql, places: Places): Sql {
  switch (rule.kind) {
    case 'all':
      return sql`true`
    case 'none':
      return sql`false`
    case 'codes':
      return sql`concept.code = any (${rule.codes}::text[])`
    case 'below':
      return belowSql(places.get(rule.code), rule.isWithSelf)
    case 'above':
      return sql`concept.place = any (${places.get(rule.code)?.ancestry ?? []}::integer[])`
    case 'value':
      return valueSql(rule.property, rule.values, table)
    case 'pattern':
      return patternSql(rule.property, `^(?:${rule.pattern})$`)
    case 'present':
      return presentSql(rule.property, table)
    case 'not':
      return sql`not (${ruleSql(rule.rule, table, places)})`
    case 'and':
    case 'or': {
      const parts = rule.rules.map((each) => ruleSql(each, table, places))
      return sql`(${sql.join(parts, rule.kind === 'and' ? sql` and ` : sql` or `)})`
    }
  }
}

function belowSql(place: Place | undefined, isWithSelf: boolean): Sql {
  if (!place) return sql`false`
  const below = sql`concept.ancestry @> ${[place.place]}::integer[]`
  return isWithSelf ? below : sql`(${below} and concept.place <> ${place.place})`
}

function valueSql(property: string, values: readonly string[], table: Sql): Sql {
  if (property === 'display') return sql`concept.display = any (${values}::text[])`
  if (property === 'child') {
    return sql`concept.place = any (array(
      select unnest(child.parents) from ${table} as child where child.code = any (${values}::text[])))`
  }
  return sql`concept.facts && ${values.map((value) => `${property}=${value}`)}::text[]`
}

function patternSql(property: string, pattern: string): Sql {
  if (property === 'code' || property === 'concept') return sql`concept.code ~ ${pattern}`
  if (property === 'display') return sql`concept.display ~ ${pattern}`
  const head = `${property}=`
  return sql`exists (
    select from unnest(concept.facts) as fact
    where starts_with(fact, ${head}) and substr(fact, ${head.length + 1}) ~ ${pattern})`
}

function presentSql(property: string, table: Sql): Sql {
  if (property === 'code' || property === 'concept') return sql`true`
  if (property === 'display') return sql`concept.display is not null`
  if (property === 'child')
    return sql`exists (select from ${table} as child where child.facts @> array['parent=' || concept.code])`
  return sql`concept.facts @> ${[property]}::text[]`
}

/** What somebody typed as a tsquery; undefined where there is nothing to compare. */
export function textQuery(text: string | undefined): string | undefined {
  const question = questionOf(text ?? '')
  if (question.length === 0) return undefined
  const words = question.map(
    (alternatives) => `(${alternatives.map((pieces) => pieces.map(lexeme).join(' & ')).join(' | ')})`,
  )
  return words.join(' & ')
}

function lexeme(piece: string): string {
  return `'${piece.replaceAll('\\', '\\\\').replaceAll("'", "''")}':*`
}
