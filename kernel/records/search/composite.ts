/** FHIR R4 §3.1.1.4.13: a composite asks for a code and for what stands beside it in the same element. */
import { type Sql, sql } from '@xinglin/database'
import { type OutcomeError, unsupported } from '@xinglin/fhir'
import {
  type CompositeQuery,
  type ParameterQuery,
  parameterOf,
  type ReferenceQuery,
  type TokenQuery,
} from '@xinglin/fhir/search'
import { codedParameter, codeForm, referenceForm, systemForm } from '../index/composites.ts'
import { sourcesOf } from '../index/sources.ts'
import { compositeTerm, type Space, slotOf } from '../index/space.ts'
import { dateRangeCondition, quantityCondition, textCondition } from './ranges.ts'

type Composite = Extract<ParameterQuery, { kind: 'composite' }>

/** The terms of which one must stand, where code and code or code and reference are asked; undefined for other parts. */
export function termsOfComposite(
  { parameter, values }: Composite,
  space: Space,
): readonly bigint[] | undefined {
  refuseUnreadable(parameter, space)
  const pairs = values.map((value) => {
    const [code, other, ...more] = value.components
    const forms = other && more.length === 0 ? formsOf(other) : undefined
    return forms?.flatMap((form) => codesOf(parameter, code).map((own) => ({ own, form })))
  })
  if (!pairs.every((each) => each !== undefined)) return undefined
  return sourcesOf(space.type, parameter).flatMap((source) =>
    pairs.flat().map(({ own, form }) => compositeTerm(space, source, own, form)),
  )
}

/** The condition of the other composites, on the row of this key: what is asked stands beside the code. */
export function compositeCondition({ parameter, values }: Composite, key: Sql, space: Space): Sql {
  const alternatives = values.map((value) => valueCondition(value, { parameter, key, space }))
  return sql`(${sql.join(alternatives, sql` or `)})`
}

type Beside = { readonly parameter: string; readonly key: Sql; readonly space: Space }

function valueCondition({ components }: CompositeQuery, { parameter, key, space }: Beside): Sql {
  const [code, ...others] = components
  const parts = others.map((other, place) => {
    const slots = sourcesOf(space.type, parameter).flatMap((source) =>
      codesOf(parameter, code).map((form) => slotOf(space, codedParameter(source, place, form))),
    )
    const { table, condition } = sized(other)
    return sql`${key} in (
      select value.key from ${table} as value where value.slot = any (${slots}::integer[]) and ${condition})`
  })
  return sql`(${sql.join(parts, sql` and `)})`
}

function sized(query: ParameterQuery): { readonly table: Sql; readonly condition: Sql } {
  switch (query.kind) {
    case 'quantity':
    case 'number':
      return { table: sql`records.quantity_value`, condition: quantityCondition(query.values) }
    case 'date':
      return { table: sql`records.date_value`, condition: dateRangeCondition(query.values) }
    case 'string':
      return { table: sql`records.string_value`, condition: textCondition(query.values, undefined) }
    default:
      throw refused(query.parameter, `${query.kind} cannot stand in its place`)
  }
}

function codesOf(parameter: string, query: ParameterQuery | undefined): readonly string[] {
  if (query?.kind !== 'token') throw refused(parameter, 'its first part is no code')
  return query.values.map((value) => formOf(parameter, value))
}

function formOf(parameter: string, { system, code }: TokenQuery): string {
  if (code === undefined) throw refused(parameter, 'a whole system cannot be asked for; name the code')
  return system === undefined ? codeForm(code) : systemForm(system, code)
}

/** Undefined for parts that are no terms. */
function formsOf(query: ParameterQuery): readonly string[] | undefined {
  if (query.kind === 'token') return query.values.map((value) => formOf(query.parameter, value))
  if (query.kind === 'reference') return query.values.flatMap(targetsOf).map(referenceForm)
  return undefined
}

function targetsOf(value: ReferenceQuery): readonly string[] {
  if (value.kind === 'local') return value.types.map((type) => `${type}/${value.id}`)
  return value.kind === 'url' ? [value.url] : []
}

/** Two composites of MolecularSequence take their code from outside the element; they are not stored. */
function refuseUnreadable(parameter: string, { type }: Space): void {
  const parts = parameterOf(type, parameter)?.components ?? []
  if (parts.some(({ expression }) => expression.startsWith('%')))
    throw refused(parameter, 'its parts do not stand in one element')
}

function refused(parameter: string, why: string): OutcomeError {
  return unsupported(`the composite ${parameter} cannot be asked so: ${why}`, {
    code: 'records.no-composite',
    at: parameter,
  })
}
