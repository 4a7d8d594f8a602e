/**
 * FHIR R4 search_filter.html §3.1.3: what the comparisons of a `_filter` ask, said by the parameters that ask the same. A
 * comparison holds for a resource where one of its values meets it; `ne` and `ni` where none does.
 */
import type { ResourceType } from '../model.ts'
import { forbidden } from '../outcome.ts'
import { isResourceType, parameterOf } from './definitions.ts'
import {
  badFilter,
  type FilterComparison,
  type FilterExpression,
  type FilterOperator,
  type FilterStep,
  parseFilterExpression,
} from './filter-expression.ts'
import type { ParameterQuery } from './parameter-query.ts'
import type { ParseOptions } from './parse-parameter.ts'

type Parse = (type: ResourceType, name: string, value: string, options: ParseOptions) => ParameterQuery
type Meaning = { readonly parse: Parse; readonly options: ParseOptions }

/** The filter as one condition on a type; `parse` reads a single parameter. */
export function parseFilter(type: ResourceType, filter: string, meaning: Meaning): ParameterQuery {
  return meantBy(parseFilterExpression(filter), type, meaning)
}

function meantBy(tree: FilterExpression, type: ResourceType, meaning: Meaning): ParameterQuery {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return logic(tree.kind, [meantBy(tree.left, type, meaning), meantBy(tree.right, type, meaning)])
    case 'not':
      return logic('not', [meantBy(tree.inner, type, meaning)])
    case 'compare':
      return comparisonOf(tree, type, meaning)
  }
}

function logic(operator: 'and' | 'or' | 'not', queries: readonly ParameterQuery[]): ParameterQuery {
  return { kind: 'logic', parameter: '_filter', operator, queries }
}

function comparisonOf(tree: FilterComparison, type: ResourceType, meaning: Meaning): ParameterQuery {
  const [head, ...rest] = tree.path
  if (head?.within)
    return throughBrackets({ ...tree, path: rest }, { head, within: head.within, type, meaning })
  const bracketed = tree.path.findIndex(({ within }) => within !== undefined)
  if (bracketed > 0) throw badFilter('can have brackets behind the first name of a path only')
  return plain(tree, type, meaning)
}

type Bracketed = {
  readonly head: FilterStep
  readonly within: FilterExpression
  readonly type: ResourceType
  readonly meaning: Meaning
}

/** `subject[birthdate ge 1970].name co "a"`: one resource that is referred to meets both. */
function throughBrackets(rest: FilterComparison, { head, within, type, meaning }: Bracketed): ParameterQuery {
  const [parameter = '', wanted] = head.name.split(':')
  const definition = parameterOf(type, parameter)
  if (definition?.kind !== 'reference' || rest.path.length === 0)
    throw badFilter(`can ask in brackets of what a reference points to, and ${shown(parameter)} is none`)
  const types = definition.targets.filter((each) => wanted === undefined || each === wanted)
  const able = types.filter((each) => hasParameter(each, rest))
  const open = able.filter((each) => meaning.options.mayWalk?.(each) ?? true)
  if (able.length === 0) throw badFilter(`asks through ${parameter} for what nothing there has`)
  if (open.length === 0)
    throw forbidden(`_filter looks at resources of type ${able[0]}, which you may not search`, {
      code: 'search.type-not-allowed',
      at: '_filter',
    })
  const targets = open.map((target) => ({
    type: target,
    query: logic('and', [meantBy(within, target, meaning), comparisonOf(rest, target, meaning)]),
  }))
  return { kind: 'chain', parameter, targets }
}

function hasParameter(type: ResourceType, { path: [first] }: FilterComparison): boolean {
  return parameterOf(type, first?.name.split(':')[0] ?? '') !== undefined
}

function shown(name: string): string {
  return /^[\w-]{1,64}$/.test(name) && !isResourceType(name) ? name : 'that name'
}

type Spelling = {
  /** Put behind the name. */
  readonly modifier?: string
  /** Put before a date, number or quantity. */
  readonly prefix?: string
  readonly isTurned?: boolean
}

/** How each operator is said in a parameter (§3.1.3.2). */
const spellings: Readonly<Record<FilterOperator, Spelling>> = {
  eq: { prefix: 'eq' },
  ne: { prefix: 'eq', isTurned: true },
  co: { modifier: 'contains' },
  sw: {},
  ew: { modifier: 'contains' },
  gt: { prefix: 'gt' },
  lt: { prefix: 'lt' },
  ge: { prefix: 'ge' },
  le: { prefix: 'le' },
  ap: { prefix: 'ap' },
  sa: { prefix: 'sa' },
  eb: { prefix: 'eb' },
  pr: { modifier: 'missing' },
  po: { prefix: 'eq' },
  ss: { modifier: 'below' },
  sb: { modifier: 'above' },
  in: { modifier: 'in' },
  ni: { modifier: 'not-in' },
  re: {},
}
const ofStrings: ReadonlySet<FilterOperator> = new Set(['co', 'sw', 'ew'])
const ofSizes: ReadonlySet<FilterOperator> = new Set(['gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb'])
const sized: ReadonlySet<string> = new Set(['date', 'number', 'quantity'])

function plain(tree: FilterComparison, type: ResourceType, { parse, options }: Meaning): ParameterQuery {
  const { operator, path } = tree
  const spelling = spellings[operator]
  const modifier = spelling.modifier === undefined ? '' : `:${spelling.modifier}`
  const name = `${path.map((step) => step.name).join('.')}${modifier}`
  // Read once as it stands, to learn what kind of value is asked for at the end of the chain.
  const kind = operator === 'pr' ? 'missing' : kindOf(type, path, options)
  refuseUnfit(operator, kind)
  const prefix = sized.has(kind) ? (spelling.prefix ?? '') : ''
  const query = parse(type, name, `${prefix}${written(tree, kind)}`, options)
  const fitted = atEnds(query, (leaf) => fit(leaf, operator))
  return spelling.isTurned ? logic('not', [fitted]) : fitted
}

function refuseUnfit(operator: FilterOperator, kind: string): void {
  const isFit =
    (!ofStrings.has(operator) || kind === 'string') &&
    (!ofSizes.has(operator) || sized.has(kind)) &&
    (operator !== 'po' || kind === 'date') &&
    (operator !== 're' || kind === 'reference')
  if (!isFit) throw badFilter(`cannot use ${operator} on a ${kind} parameter`)
}

function written({ operator, value }: FilterComparison, kind: string): string {
  if (operator !== 'pr')
    return kind === 'string' ? value.replace(/[\\,|$]/g, '\\$&') : value.replace(/[,$]/g, '\\$&')
  if (value !== 'true' && value !== 'false') throw badFilter('must have true or false after pr')
  return value === 'true' ? 'false' : 'true'
}

/** The kind of the parameter at the end of a path. */
function kindOf(type: ResourceType, path: readonly FilterStep[], options: ParseOptions): string {
  const [head, ...rest] = path
  const [parameter = '', wanted] = (head?.name ?? '').split(':')
  const definition = parameterOf(type, parameter) ?? options.ownParameter?.(type, parameter)
  if (!definition || rest.length === 0) return definition?.kind ?? 'unknown'
  const targets = definition.targets.filter((each) => wanted === undefined || each === wanted)
  const kinds = targets.map((target) => kindOf(target, rest, options))
  return kinds.find((each) => each !== 'unknown') ?? 'unknown'
}

function atEnds(query: ParameterQuery, change: (leaf: ParameterQuery) => ParameterQuery): ParameterQuery {
  if (query.kind === 'has') return { ...query, query: atEnds(query.query, change) }
  if (query.kind !== 'chain') return change(query)
  const targets = query.targets.map((target) => ({ ...target, query: atEnds(target.query, change) }))
  return { ...query, targets }
}

function fit(leaf: ParameterQuery, operator: FilterOperator): ParameterQuery {
  if (leaf.kind === 'string' && (operator === 'eq' || operator === 'ne'))
    return { ...leaf, modifier: 'equals' }
  if (leaf.kind === 'string' && operator === 'ew') return { ...leaf, modifier: 'ends' }
  // Without the widening of `ap`, what it asks is that both overlap.
  if (leaf.kind === 'date' && operator === 'po')
    return { ...leaf, values: leaf.values.map((value) => ({ ...value, prefix: 'ap' as const })) }
  return leaf
}
