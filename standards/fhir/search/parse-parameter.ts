/**
 * FHIR R4 §3.1.1.4 reads one search parameter as it stands in a URL, `name[:modifier][.chain]=value[,value]`, into a
 * tree with every value parsed; refuses what the parameter cannot mean, naming it.
 */
import type { ResourceType } from '../model.ts'
import { forbidden, invalid, type OutcomeError } from '../outcome.ts'
import { isResourceType, parameterOf, type SearchParameterDefinition } from './definitions.ts'
import type { ChainTarget, ParameterQuery } from './parameter-query.ts'
import { compartmentParameter, parseCompartment } from './parse-compartment.ts'
import { parseFilter } from './parse-filter.ts'
import { parseNear } from './parse-near.ts'
import { parseReferenceValue } from './parse-reference.ts'
import { parseDate, parseNumber, parseQuantity } from './parse-size.ts'
import {
  badModifier,
  parseComposite,
  parseToken,
  parseUri,
  splitOr,
  unescaped,
  type ValueContext,
} from './parse-value.ts'
import { parseWords } from './parse-words.ts'

export type ParseOptions = {
  /** IANA zone in which dates without offset are read. */
  readonly timeZone: string
  /** The present in ms since 1970 UTC: `ap` widens by a tenth of the distance to it. */
  readonly nowMs: number
  /** Own address as others see it (`https://host/fhir/R4`); absolute references below it are local ones. */
  readonly baseUrl?: string
  /** Whether who asks may search a type that a chain, `_has` or `_list` goes to; absent: any. */
  readonly mayWalk?: (type: ResourceType) => boolean
  /** Parameters beside R4's; throws for one that cannot be asked by now. */
  readonly ownParameter?: (type: string, name: string) => SearchParameterDefinition | undefined
}

/** Chains and _has may nest this deep; each step is one more join, and real requests use one or two. */
const deepestChain = 4
/** An untyped chain opens a branch per type that a reference may point to; subject.subject.subject would open 200,000. */
const mostChainTargets = 200
/** Alternatives in one value; a list of a thousand ids is the longest that clients send. */
const mostAlternatives = 1000

/** One parameter of a search on `type`; throws `invalid` where R4 gives it no meaning. */
export function parseParameter(
  type: ResourceType,
  name: string,
  value: string,
  options: ParseOptions,
): ParameterQuery {
  return parseAt({ type, name, value, at: name, depth: 0, budget: { left: mostChainTargets } }, options)
}

type Asked = {
  readonly type: ResourceType
  readonly name: string
  readonly value: string
  /** The whole parameter as it was asked, for messages. */
  readonly at: string
  readonly depth: number
  /** Shared by all branches of one parameter. */
  readonly budget: { left: number }
}

function parseAt(asked: Asked, options: ParseOptions): ParameterQuery {
  if (asked.depth > deepestChain || asked.name.split('.').length > deepestChain + 1) {
    throw invalid(`search parameter chains go at most ${deepestChain} steps deep`, {
      code: 'search.chain-too-deep',
      at: asked.at,
    })
  }
  if (asked.value === '') {
    throw invalid(`search parameter ${asked.name} has no value; give one or leave it out`, {
      code: 'search.empty-value',
      at: asked.at,
    })
  }
  if (asked.name === '_filter' && asked.depth === 0)
    return parseFilter(asked.type, asked.value, { parse: parseParameter, options })
  if (asked.name === '_text' || asked.name === '_content') return parseText(asked)
  if (asked.name === '_list') return parseList(asked, options)
  if (asked.name === compartmentParameter && asked.depth === 0)
    return parseCompartment(asked.type, asked.value)
  if (asked.name.startsWith('_has:')) return parseHas(asked, options)
  const dot = asked.name.indexOf('.')
  if (dot >= 0) return parseChain(asked, dot, options)
  const [name = '', modifier] = asked.name.split(':')
  const definition = known(asked, name, options)
  // §3.1.1.4.4: for all parameters except composites.
  if (modifier === 'missing' && definition.kind !== 'composite')
    return { kind: 'missing', parameter: name, of: definition.kind, isMissing: parseBoolean(asked) }
  return parseValues(asked, definition, modifier, options)
}

/** R4's, or one of the institution's own. */
function definitionOf(
  type: string,
  name: string,
  { ownParameter }: ParseOptions,
): SearchParameterDefinition | undefined {
  return parameterOf(type, name) ?? ownParameter?.(type, name)
}

function known({ type, at }: Asked, name: string, options: ParseOptions): SearchParameterDefinition {
  const definition = definitionOf(type, name, options)
  if (definition && (definition.kind !== 'special' || definition.name === nearParameter)) return definition
  // A name from outside is shown only where it looks like one.
  const shown = /^[\w-]{1,64}$/.test(name) ? name : 'of that name'
  throw invalid(`${type} has no search parameter ${shown}; the CapabilityStatement lists those it has`, {
    code: 'search.unknown-parameter',
    ...(/^[\w:.-]{1,200}$/.test(at) ? { at } : {}),
  })
}

/** The one special parameter of R4 that says where something is (Location). */
const nearParameter = 'near'

function parseText({ name, value }: Asked): ParameterQuery {
  const of = name === '_text' ? 'narrative' : 'resource'
  return { kind: 'words', parameter: name, of, words: parseWords(name, value) }
}

function parseBoolean({ name, at, value }: Asked): boolean {
  if (value === 'true') return true
  if (value === 'false') return false
  throw invalid(`${name} must be true or false`, { code: 'search.bad-value', at })
}

/** §3.1.1.4.3 `_list=42`: what the List 42 has as items; lists of a function (`$current-problems`) are not kept here. */
function parseList({ value, at }: Asked, options: ParseOptions): ParameterQuery {
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(value))
    throw invalid(`${at} must be the id of a List`, { code: 'search.bad-value', at })
  if (!isWalkable('List', options)) throw notWalkable('List', at)
  const query = { kind: 'token', parameter: '_id', values: [{ system: undefined, code: value }] } as const
  return { kind: 'has', type: 'List', parameter: 'item', query }
}

/** `_has:Observation:patient:code=1234-5` (§3.1.1.4.5 reverse chaining). */
function parseHas(asked: Asked, options: ParseOptions): ParameterQuery {
  const [, type = '', parameter = '', ...rest] = asked.name.split(':')
  if (!isResourceType(type) || rest.length === 0) {
    throw invalid('_has is written _has:Type:reference-parameter:parameter', {
      code: 'search.bad-has',
      at: asked.at,
    })
  }
  const definition = known({ ...asked, type }, parameter, options)
  if (definition.kind !== 'reference' || !definition.targets.includes(asked.type)) {
    throw invalid(`${type}.${parameter} does not refer to ${asked.type}`, {
      code: 'search.bad-has',
      at: asked.at,
    })
  }
  if (!isWalkable(type, options)) throw notWalkable(type, asked.at)
  const query = parseAt({ ...asked, type, name: rest.join(':'), depth: asked.depth + 1 }, options)
  return { kind: 'has', type, parameter, query }
}

/** `subject:Patient.name=…` and `subject.name=…` (§3.1.1.4.5 chained parameters). */
function parseChain(asked: Asked, dot: number, options: ParseOptions): ParameterQuery {
  const [parameter = '', wanted] = asked.name.slice(0, dot).split(':')
  const definition = known(asked, parameter, options)
  const rest = asked.name.slice(dot + 1)
  if (definition.kind !== 'reference') {
    throw invalid(`${parameter} is no reference, so nothing can follow its dot`, {
      code: 'search.bad-chain',
      at: asked.at,
    })
  }
  if (wanted !== undefined && !(isResourceType(wanted) && definition.targets.includes(wanted))) {
    throw invalid(`${parameter} does not refer to ${wanted}`, { code: 'search.bad-chain', at: asked.at })
  }
  const types = definition.targets.filter((type) => wanted === undefined || type === wanted)
  const able = types.filter((type) => canAsk(type, rest, options))
  if (able.length === 0) {
    throw invalid(`nothing that ${parameter} refers to has a search parameter ${rest}`, {
      code: 'search.bad-chain',
      at: asked.at,
    })
  }
  // An untyped chain goes where who asks may look: what he may not see must not show by what is found.
  const open = able.filter((type) => isWalkable(type, options))
  if (open.length === 0) throw notWalkable(able[0], asked.at)
  asked.budget.left -= open.length
  if (asked.budget.left < 0) {
    throw invalid('the chain branches into too many types; name them, for example subject:Patient.name', {
      code: 'search.chain-too-wide',
      at: asked.at,
    })
  }
  const targets: readonly ChainTarget[] = open.map((type) => ({
    type,
    query: parseAt({ ...asked, type, name: rest, depth: asked.depth + 1 }, options),
  }))
  return { kind: 'chain', parameter, targets }
}

function isWalkable(type: ResourceType, { mayWalk }: ParseOptions): boolean {
  return mayWalk?.(type) ?? true
}

function notWalkable(type: ResourceType | undefined, at: string): OutcomeError {
  return forbidden(`${at} looks at resources of type ${type}, which you may not search`, {
    code: 'search.type-not-allowed',
    at,
  })
}

/** Whether the whole rest of a chain can be asked of a type; a branch that ends nowhere is left out. */
function canAsk(type: ResourceType, rest: string, options: ParseOptions): boolean {
  if (rest.startsWith('_has:')) return true
  const dot = rest.indexOf('.')
  const [name = '', wanted] = (dot < 0 ? rest : rest.slice(0, dot)).split(':')
  const definition = definitionOf(type, name, options)
  if (!definition || dot < 0) return definition !== undefined
  return definition.targets.some(
    (target) => (wanted === undefined || wanted === target) && canAsk(target, rest.slice(dot + 1), options),
  )
}

function parseValues(
  asked: Asked,
  definition: SearchParameterDefinition,
  modifier: string | undefined,
  options: ParseOptions,
): ParameterQuery {
  const parts = splitOr(asked.value)
  if (parts.length > mostAlternatives) {
    throw invalid(`${asked.name} has ${parts.length} alternatives; at most ${mostAlternatives} are allowed`, {
      code: 'search.too-many-values',
      at: asked.at,
    })
  }
  const context: ValueContext = { ...options, name: asked.at, definition, modifier }
  return parseKind(parts, context)
}

function parseKind(parts: readonly string[], context: ValueContext): ParameterQuery {
  const parameter = context.definition.name
  switch (context.definition.kind) {
    case 'token':
      return parseToken(parts, context)
    case 'uri':
      return parseUri(parts, context)
    case 'special':
      if (context.modifier !== undefined) throw badModifier(context)
      return { kind: 'near', parameter, values: parts.map((part) => parseNear(part, context)) }
    case 'reference':
      // §3.1.1.4.4: what is written beside a reference is searched like what is written beside a code.
      if (context.modifier === 'text') return parseToken(parts, context)
      return { kind: 'reference', parameter, values: parts.map((part) => parseReferenceValue(part, context)) }
    case 'composite':
      return {
        kind: 'composite',
        parameter,
        values: parts.map((part) => parseComposite(part, context, parseKind)),
      }
    case 'string':
      return parseString(parts, context)
    default:
      return parseSized(parts, context)
  }
}

function parseString(parts: readonly string[], context: ValueContext): ParameterQuery {
  const { modifier } = context
  const values = parts.map(unescaped)
  const parameter = context.definition.name
  if (modifier === undefined) return { kind: 'string', parameter, values }
  if (modifier === 'exact' || modifier === 'contains') return { kind: 'string', parameter, modifier, values }
  throw badModifier(context)
}

function parseSized(parts: readonly string[], context: ValueContext): ParameterQuery {
  if (context.modifier !== undefined) throw badModifier(context)
  const parameter = context.definition.name
  switch (context.definition.kind) {
    case 'date':
      return { kind: 'date', parameter, values: parts.map((part) => parseDate(part, context)) }
    case 'number':
      return { kind: 'number', parameter, values: parts.map((part) => parseNumber(part, context)) }
    default:
      return { kind: 'quantity', parameter, values: parts.map((part) => parseQuantity(part, context)) }
  }
}
