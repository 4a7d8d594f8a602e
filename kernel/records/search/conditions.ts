/** A parsed search parameter as a condition in SQL on one row of `records.current` (FHIR R4 §3.1.1.4). */
import { type Sql, sql } from '@xinglin/database'
import { invalid, type OutcomeError, type ResourceType } from '@xinglin/fhir'
import { isResourceType, type ParameterKind, type ParameterQuery } from '@xinglin/fhir/search'
import { isMainPatient } from '../index/main-patient.ts'
import { sourcesOf } from '../index/sources.ts'
import { presenceTerm, type Space, saltOf, selfOf, slotOf } from '../index/space.ts'
import { compositeCondition } from './composite.ts'
import type { Condition } from './main-moment.ts'
import { nearCondition } from './near.ts'
import { termsOfQuery, tokenTerms } from './query-terms.ts'
import { dateCondition, dateRangeCondition, quantityCondition, textCondition } from './ranges.ts'
import { wordsCondition } from './words.ts'

/**
 * How PostgreSQL may look for the rows: by their `terms`, along the `walk` of the order that was asked, in the `chart`
 * of one patient, or as it sees fit (`open`). What would lead it the other way is still checked, but hidden from its indexes (see `frequency.ts`).
 */
export type Way = 'terms' | 'walk' | 'chart' | 'open'

/** The row that a condition is about: an alias of `records.current` and the space that its rows belong to. */
export type Subject = {
  readonly alias: Sql
  readonly space: Space
  readonly depth: number
  readonly way: Way
  /** ` and …` for what of a type may be seen; absent: everything. */
  readonly seen?: (row: { readonly alias: Sql; readonly type: ResourceType }) => Sql
}

/** A chain or `_has` whose inner search finds so few that going from them is sure to be cheap. */
export type FewInner = (query: ParameterQuery) => boolean

/** The condition of a parameter; every value is bound. Throws `invalid` for what this store cannot answer. */
export function conditionOf(query: Condition, subject: Subject, isFew: FewInner): Sql {
  if (query.kind === 'dates') return allDates(query, subject)
  const terms = termsOfQuery(query, subject.space)
  if (terms) return sql`${anyTerm(subject, terms)}${chartCondition(query, subject)}`
  switch (query.kind) {
    case 'token':
      return tokenCondition(query, subject)
    case 'uri':
    case 'reference':
    case 'compartment':
      throw noModifier(query)
    case 'string':
      return stringCondition(query, subject)
    case 'date':
      return dateConditionOf(query, subject)
    case 'number':
    case 'quantity':
      return keyIn(subject, sql`records.quantity_value`, query.parameter, quantityCondition(query.values))
    case 'missing':
      return missingCondition(query, subject)
    case 'chain':
      return chainCondition(query, subject, isFew)
    case 'has':
      return hasCondition(query, subject, isFew)
    case 'composite':
      return compositeCondition(query, sql`${subject.alias}.key`, subject.space)
    case 'near':
      return nearCondition(query, sql`${subject.alias}.key`, subject.space)
    case 'words':
      return wordsCondition(query, subject.alias)
    case 'logic':
      return logicCondition(query, subject, isFew)
  }
}

/** True where the ids of all matches are named. */
export function isById(query: ParameterQuery): boolean {
  return query.kind === 'token' && query.parameter === '_id' && query.modifier === undefined
}

/** The patient in whose chart all matches stand; undefined where the parameter does not say so. */
export function chartOf(query: ParameterQuery, { type }: Space): string | undefined {
  if (query.kind !== 'reference' || query.values.length !== 1 || !isMainPatient(type, query.parameter))
    return undefined
  const [value] = query.values
  const isPatient = value?.kind === 'local' && value.types.length === 1 && value.types[0] === 'Patient'
  return isPatient ? value.id : undefined
}

function chartCondition(query: ParameterQuery, { alias, space, way }: Subject): Sql {
  const patient = way === 'chart' ? chartOf(query, space) : undefined
  return patient === undefined ? sql`` : sql` and ${alias}.patient = ${patient}`
}

/** Rows of a space that stand in the present and may be seen. */
export function inSpace({ alias, space, way, seen }: Subject): Sql {
  const isSeen = seen && isResourceType(space.type) ? seen({ alias, type: space.type }) : sql``
  const isOwn = sql`${alias}.tenant = ${space.tenant}`
  const isType = sql`${alias}.type = ${space.type}::records.resource_type`
  return way === 'terms'
    ? sql`(${isOwn} and ${isType} and not ${alias}.deleted) is true${isSeen}`
    : sql`${isOwn} and ${isType} and not ${alias}.deleted${isSeen}`
}

function anyTerm({ alias, way }: Subject, terms: readonly bigint[]): Sql {
  const texts = terms.map(String)
  const condition =
    terms.length === 1 ? sql`${alias}.terms @> ${texts}::bigint[]` : sql`${alias}.terms && ${texts}::bigint[]`
  return way === 'walk' || way === 'chart' ? sql`(${condition}) is true` : condition
}

/** A filter's parts; whichever leads, it is not known that another does. */
function logicCondition({ operator, queries }: Asked<'logic'>, subject: Subject, isFew: FewInner): Sql {
  const parts = queries.map((query) => conditionOf(query, { ...subject, way: 'open' }, isFew))
  const all = sql`(${sql.join(parts, operator === 'or' ? sql` or ` : sql` and `)})`
  return operator === 'not' ? sql`not ${all}` : all
}

type Asked<Kind extends ParameterQuery['kind']> = Extract<ParameterQuery, { kind: Kind }>

function tokenCondition(query: Asked<'token'>, subject: Subject): Sql {
  const { parameter, modifier, values } = query
  if (modifier !== undefined && modifier !== 'not') throw noModifier(query)
  const { alias, space } = subject
  const condition =
    parameter === '_id'
      ? idCondition(
          values.flatMap(({ code }) => code ?? []),
          subject,
        )
      : sql`${alias}.terms && ${tokenTerms(parameter, values, space).map(String)}::bigint[]`
  return modifier === 'not' ? sql`not (${condition})` : condition
}

function idCondition(ids: readonly string[], { alias, space }: Subject): Sql {
  const selves = ids.map((id) => String(selfOf(space.tenant, space.type, id)))
  return sql`(${alias}.self = any (${selves}::bigint[]) and ${alias}.id = any (${ids}::text[]))`
}

function stringCondition({ parameter, modifier, values }: Asked<'string'>, subject: Subject): Sql {
  const part = modifier === 'exact' ? undefined : modifier
  return keyIn(subject, sql`records.string_value`, parameter, textCondition(values, part))
}

function dateConditionOf({ parameter, values }: Asked<'date'>, subject: Subject): Sql {
  if (parameter === '_lastUpdated') return dateCondition(sql`${subject.alias}.updated`, values)
  return keyIn(subject, sql`records.date_value`, parameter, dateRangeCondition(values))
}

function allDates({ parameter, all }: Extract<Condition, { kind: 'dates' }>, subject: Subject): Sql {
  const conditions = all.map((values) => dateRangeCondition(values))
  return keyIn(subject, sql`records.date_value`, parameter, sql.join(conditions, sql` and `))
}

/** Resources of which a row of values under one of the parameter's slots meets the condition. */
function keyIn({ alias, space }: Subject, table: Sql, parameter: string, condition: Sql): Sql {
  return sql`${alias}.key in (
    select value.key from ${table} as value where value.slot = any (${slotsOf(space, parameter)}::integer[]) and ${condition})`
}

function slotsOf(space: Space, parameter: string): readonly number[] {
  return sourcesOf(space.type, parameter).map((source) => slotOf(space, source))
}

const valueTables: Readonly<Partial<Record<ParameterKind, Sql>>> = {
  string: sql`records.string_value`,
  date: sql`records.date_value`,
  number: sql`records.quantity_value`,
  quantity: sql`records.quantity_value`,
}

function missingCondition({ parameter, of: kind, isMissing }: Asked<'missing'>, subject: Subject): Sql {
  const { alias, space } = subject
  const isAlwaysThere = parameter === '_id' || parameter === '_lastUpdated'
  if (isAlwaysThere) return isMissing ? sql`false` : sql`true`
  const table = valueTables[kind]
  const isPresent = table
    ? sql`exists (
        select from ${table} as value
        where value.key = ${alias}.key and value.slot = any (${slotsOf(space, parameter)}::integer[]))`
    : sql`${alias}.terms && ${presenceTerms(space, parameter, kind).map(String)}::bigint[]`
  return isMissing ? sql`not ${isPresent}` : isPresent
}

/** References tell of their presence under their own name, tokens under the names that they are stored by. */
function presenceTerms(space: Space, parameter: string, kind: ParameterKind): readonly bigint[] {
  const names = kind === 'reference' ? [parameter] : sourcesOf(space.type, parameter)
  return names.map((name) => presenceTerm(space, name))
}

function chainCondition({ parameter, targets }: Asked<'chain'>, subject: Subject, isFew: FewInner): Sql {
  const conditions = targets.flatMap(({ type, query }) => {
    const target = inner(subject, type, query)
    const wanted = sql`${inSpace(target)} and ${conditionOf(query, target, isFew)}`
    return sourcesOf(subject.space.type, parameter).map((source) => {
      const salt = sql`${saltOf(subject.space, source)}::bigint`
      // From the few that are referred to, else from each resource to what it refers to.
      return isFew(query)
        ? sql`${subject.alias}.terms && array(
            select ${target.alias}.self # ${salt} from records.current as ${target.alias} where ${wanted})`
        : sql`exists (
            select from records.current as ${target.alias}
            where ${target.alias}.self = any (array(select term # ${salt} from unnest(${subject.alias}.terms) as term))
              and ${wanted})`
    })
  })
  return sql`(${sql.join(conditions, sql` or `)})`
}

function hasCondition({ type, parameter, query }: Asked<'has'>, subject: Subject, isFew: FewInner): Sql {
  const referrer = inner(subject, type, query)
  const wanted = sql`${inSpace(referrer)} and ${conditionOf(query, referrer, isFew)}`
  const conditions = sourcesOf(type, parameter).map((source) => {
    const salt = sql`${saltOf(referrer.space, source)}::bigint`
    return isFew(query)
      ? sql`${subject.alias}.self in (
          select term # ${salt}
          from records.current as ${referrer.alias} cross join unnest(${referrer.alias}.terms) as term
          where ${wanted})`
      : sql`exists (
          select from records.current as ${referrer.alias}
          where ${referrer.alias}.terms @> array[${subject.alias}.self # ${salt}] and ${wanted})`
  })
  return sql`(${sql.join(conditions, sql` or `)})`
}

/** The row that a chain goes to. */
export function inner({ space, depth, seen }: Subject, type: string, query: ParameterQuery): Subject {
  const isLed = isById(query) || termsOfQuery(query, { tenant: space.tenant, type })
  const way = isLed ? 'terms' : 'open'
  return {
    alias: sql.id(`inner${depth + 1}`),
    space: { tenant: space.tenant, type },
    depth: depth + 1,
    way,
    seen,
  }
}

function noModifier(query: { readonly parameter: string; readonly modifier?: string }): OutcomeError {
  return invalid(`the modifier :${query.modifier} of ${query.parameter} cannot be searched here`, {
    code: 'records.no-modifier',
    at: `${query.parameter}:${query.modifier}`,
  })
}
