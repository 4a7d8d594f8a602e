/**
 * The meaning of a search, slow and obvious: every resource is looked at, each parameter by the words of FHIR R4
 * §3.1.1.4. Tests compare the answers of the tables with it; looks at one patient's past (`as-of/`) are answered by it.
 */
import type { Resource } from '@xinglin/fhir'
import {
  type ComponentValues,
  type CompositeQuery,
  type IndexValues,
  indexOf,
  latitudeOf,
  longitudeOf,
  type NearQuery,
  type ParameterQuery,
  type ReferenceQuery,
  type ReferenceValue,
  type TokenQuery,
} from '@xinglin/fhir/search'
import { wholeNamesOf } from '../index/names.ts'
import { pinyinOf } from '../index/pinyin.ts'
import { displayOf, spelledDisplay } from '../index/texts.ts'
import { comparedText } from '../index/values.ts'
import { isDate, isNumber, isQuantity } from './naive-sizes.ts'
import { kmBetween } from './near.ts'
import { hasWords } from './words.ts'

type Stored = Resource & { readonly id: string }

/** A searchable set of resources; `find` answers `Type/id` of all of a type for which every query holds, sorted. */
export function naiveSearch(resources: readonly Stored[], timeZone: string) {
  const indexed = resources.map((resource) => ({ resource, values: searchedValues(resource, timeZone) }))

  const holds = (query: ParameterQuery, each: (typeof indexed)[number]): boolean => {
    if (query.kind === 'chain') {
      const references = each.values.references.filter(({ parameter }) => parameter === query.parameter)
      return query.targets.some((target) =>
        indexed.some(
          (other) =>
            other.resource.resourceType === target.type &&
            references.some((reference) => pointsTo(reference, other.resource)) &&
            holds(target.query, other),
        ),
      )
    }
    if (query.kind === 'has') {
      return indexed.some(
        (other) =>
          other.resource.resourceType === query.type &&
          other.values.references.some(
            (reference) => reference.parameter === query.parameter && pointsTo(reference, each.resource),
          ) &&
          holds(query.query, other),
      )
    }
    if (query.kind === 'words') return hasWords(query.words, textOf(each.resource, query.of))
    if (query.kind === 'logic') return isLogic(query, (inner) => holds(inner, each))
    return matches(query, each.values)
  }

  return {
    values: indexed,
    find: (type: string, queries: readonly ParameterQuery[]) =>
      indexed
        .filter((each) => each.resource.resourceType === type && queries.every((query) => holds(query, each)))
        .map(({ resource }) => resource.id)
        .sort(),
  }
}

/** What search compares of a resource: its values, and names that stand in no single element. */
export function searchedValues(resource: Stored, timeZone: string): IndexValues {
  const values = indexOf(resource, { timeZone })
  return { ...values, strings: [...values.strings, ...wholeNamesOf(resource)] }
}

function pointsTo({ type, id }: ReferenceValue, resource: Stored): boolean {
  return type === resource.resourceType && id === resource.id
}

/** Whether a parameter holds for the values of one resource; chains and `_has` look at others too. */
export function matches(
  query: Exclude<ParameterQuery, { kind: 'chain' | 'has' }>,
  values: IndexValues,
): boolean {
  const mine = <T extends { readonly parameter: string }>(all: readonly T[]) =>
    all.filter(({ parameter }) => parameter === query.parameter)
  switch (query.kind) {
    case 'token': {
      if (query.modifier === 'text') return isBeside(query, values)
      if (query.modifier === 'of-type') return isOfType(query.values, query.parameter, values.tokens)
      const found = mine(values.tokens).some((token) => query.values.some((wanted) => isToken(wanted, token)))
      return query.modifier === 'not' ? !found : found
    }
    case 'string':
      return mine(values.strings).some(({ text }) =>
        query.values.some((wanted) => isText(wanted, text, query.modifier)),
      )
    case 'uri':
      return mine(values.uris).some(({ uri }) =>
        query.values.some((wanted) => isUri(wanted, uri, query.modifier)),
      )
    case 'compartment':
      return query.parameters.some((parameter) =>
        matches({ kind: 'reference', parameter, values: query.values }, values),
      )
    case 'reference':
      return mine(values.references).some((value) =>
        query.values.some((wanted) => isReference(wanted, value)),
      )
    case 'date':
      return mine(values.dates).some(({ lowMs, highMs }) =>
        query.values.some((wanted) => isDate(wanted, lowMs, highMs)),
      )
    case 'number':
      return mine(values.numbers).some((value) => query.values.some((wanted) => isNumber(wanted, value)))
    case 'quantity':
      return mine(values.quantities).some((value) => query.values.some((wanted) => isQuantity(wanted, value)))
    case 'missing':
      return isMissing(query.parameter, values) === query.isMissing
    case 'near':
      return query.values.some((circle) => isNear(circle, query.parameter, values))
    case 'words':
      return false
    case 'logic':
      return isLogic(
        query,
        (inner) => inner.kind !== 'chain' && inner.kind !== 'has' && matches(inner, values),
      )
    case 'composite':
      return mine(values.composites).some(({ components }) =>
        query.values.some((wanted) => isComposite(wanted, components)),
      )
  }
}

/** Every part holds for the values of one element. */
function isComposite(wanted: CompositeQuery, parts: readonly ComponentValues[]): boolean {
  return wanted.components.every((query, place) => {
    const part = parts[place]
    if (!part || query.kind === 'chain' || query.kind === 'has') return false
    return matches(query, { ...part, composites: [], patients: [], clinicalMs: undefined })
  })
}

function isToken(
  wanted: TokenQuery,
  { system, code }: { system: string | undefined; code: string | undefined },
) {
  if (wanted.code !== undefined && wanted.code !== code) return false
  if (wanted.system === undefined) return true
  return wanted.system === null ? system === undefined : wanted.system === system
}

function isOfType(wanted: readonly TokenQuery[], parameter: string, tokens: IndexValues['tokens']): boolean {
  return tokens.some(
    (token) =>
      token.parameter === `${parameter}:of-type` &&
      wanted.some(({ system, code, value }) => token.system === system && token.code === `${code}|${value}`),
  )
}

/** §3.1.1.4.14: by whole segments of the path. */
function isUri(wanted: string, uri: string, modifier: 'below' | 'above' | undefined): boolean {
  if (modifier === undefined) return uri === wanted
  const [upper, lower] = (modifier === 'below' ? [wanted, uri] : [uri, wanted]).map((each) =>
    each.replace(/\/$/, ''),
  )
  // A urn or llp:host:port has no path.
  const isPath = /:\/\/[^/]/.test(upper ?? '')
  return upper === lower || (isPath && (lower ?? '').startsWith(`${upper}/`))
}

function isText(wanted: string, text: string, modifier: TextModifier): boolean {
  if (modifier === 'exact') return text === wanted
  return [comparedText(text), ...pinyinOf(text)].some((spelling) =>
    isPart(spelling, comparedText(wanted), modifier),
  )
}

type TextModifier = Extract<ParameterQuery, { kind: 'string' }>['modifier']

function isPart(spelling: string, wanted: string, modifier: TextModifier): boolean {
  switch (modifier) {
    case 'contains':
      return spelling.includes(wanted)
    case 'equals':
      return spelling === wanted
    case 'ends':
      return spelling.endsWith(wanted)
    default:
      return spelling.startsWith(wanted)
  }
}

/** `:text` every word stands somewhere beside the code or reference, or in how its Chinese is typed. */
function isBeside(
  { parameter, values }: Extract<ParameterQuery, { kind: 'token' }>,
  { tokens, references }: IndexValues,
) {
  const texts = [...tokens, ...references].flatMap((each) =>
    each.parameter === parameter && each.text !== undefined ? [spelledDisplay(displayOf(each.text))] : [],
  )
  return texts.some((text) =>
    values.some(({ code = '' }) =>
      displayOf(code)
        .split(' ')
        .every((word) => text.includes(word)),
    ),
  )
}

function isNear(circle: NearQuery, parameter: string, { numbers }: IndexValues): boolean {
  const degrees = (name: string) => numbers.find((each) => each.parameter === name)?.low
  const latitude = degrees(latitudeOf(parameter))
  const longitude = degrees(longitudeOf(parameter))
  if (latitude === undefined || longitude === undefined) return false
  return kmBetween(circle, { latitude, longitude }) <= circle.km
}

type Logic = Extract<ParameterQuery, { kind: 'logic' }>

function isLogic({ operator, queries }: Logic, holds: (query: ParameterQuery) => boolean): boolean {
  if (operator === 'not') return !queries.every(holds)
  return operator === 'and' ? queries.every(holds) : queries.some(holds)
}

/** The narrative, or all texts, without tags. */
function textOf(resource: Stored, of: 'narrative' | 'resource'): string {
  const said =
    of === 'narrative' ? [('text' in resource ? resource.text?.div : undefined) ?? ''] : textsIn(resource)
  return said.map((text) => text.replace(/<[^>]*>/g, ' ')).join(' ')
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function isReference(
  wanted: ReferenceQuery,
  { type, id, url, version, identifier }: ReferenceValue,
): boolean {
  switch (wanted.kind) {
    case 'local':
      if (wanted.version !== undefined && wanted.version !== version) return false
      return id === wanted.id && wanted.types.some((each) => each === type)
    case 'url':
      return url === wanted.url && (wanted.version === undefined || wanted.version === version)
    case 'identifier':
      return (
        identifier !== undefined &&
        isToken(
          { system: wanted.system, code: wanted.value },
          { system: identifier.system, code: identifier.value },
        )
      )
  }
}

function isMissing(parameter: string, values: IndexValues): boolean {
  const { tokens, strings, references, dates, numbers, quantities, uris } = values
  return ![tokens, strings, references, dates, numbers, quantities, uris].some((kind) =>
    kind.some((value) => value.parameter === parameter),
  )
}
