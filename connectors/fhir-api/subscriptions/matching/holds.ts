/**
 * Whether a query holds for the index values of one resource, in memory (FHIR R4 §3.1.1.4): no statement to the database
 * for a change that somebody listens to. Strings are compared as they are written but for case and accents (no pinyin),
 * quantities in the unit that was asked.
 */
import {
  type ComponentValues,
  type CompositeQuery,
  type DateQuery,
  type DateValue,
  foldText,
  type IndexValues,
  type NumberQuery,
  type NumberValue,
  type QuantityQuery,
  type QuantityValue,
  type ReferenceQuery,
  type ReferenceValue,
  type TokenQuery,
} from '@xinglin/fhir/search'
import { isJudgeable, type JudgeableQuery } from './judgeable.ts'

/** True where every query holds. */
export function allHold(queries: readonly JudgeableQuery[], values: IndexValues): boolean {
  return queries.every((query) => holds(query, values))
}

type Values = ComponentValues & Partial<Pick<IndexValues, 'composites'>>

function holds(query: JudgeableQuery, values: Values): boolean {
  const mine = <T extends { readonly parameter: string }>(all: readonly T[]) =>
    all.filter(({ parameter }) => parameter === query.parameter)
  switch (query.kind) {
    case 'token':
      return tokenHolds(query, values)
    case 'string':
      return mine(values.strings).some(({ text }) =>
        query.values.some((wanted) => isText(wanted, text, query.modifier)),
      )
    case 'uri':
      return mine(values.uris).some(({ uri }) =>
        query.values.some((wanted) => isUri(wanted, uri, query.modifier)),
      )
    case 'compartment':
      return values.references.some(
        (value) =>
          query.parameters.includes(value.parameter) &&
          query.values.some((wanted) => refersTo(wanted, value)),
      )
    case 'reference':
      return mine(values.references).some((value) => query.values.some((wanted) => refersTo(wanted, value)))
    case 'date':
      return mine(values.dates).some((value) => query.values.some((wanted) => isDate(wanted, value)))
    case 'number':
      return mine(values.numbers).some((value) => query.values.some((wanted) => isNumber(wanted, value)))
    case 'quantity':
      return mine(values.quantities).some((value) =>
        query.values.some((wanted) => isUnit(wanted, value) && isNumber(wanted, value)),
      )
    case 'missing':
      return isMissing(query.parameter, values) === query.isMissing
    case 'composite':
      return mine(values.composites ?? []).some(({ components }) =>
        query.values.some((wanted) => isComposite(wanted.components, components)),
      )
  }
}

function tokenHolds(
  { parameter, modifier, values: wanted }: Extract<JudgeableQuery, { kind: 'token' }>,
  { tokens, references }: Values,
): boolean {
  if (modifier === 'text') {
    const beside = [...tokens, ...references].filter((value) => value.parameter === parameter)
    return beside.some(
      ({ text }) => text !== undefined && wanted.some(({ code = '' }) => hasWords(text, code)),
    )
  }
  if (modifier === 'of-type')
    return tokens.some(
      (token) =>
        token.parameter === `${parameter}:of-type` &&
        wanted.some(
          ({ system, code, value }) => token.system === system && token.code === `${code}|${value}`,
        ),
    )
  const isFound = tokens.some(
    (token) => token.parameter === parameter && wanted.some((each) => isToken(each, token)),
  )
  return modifier === 'not' ? !isFound : isFound
}

/** §3.1.1.4.4 `:text`: every word stands somewhere in what is written beside the code. */
function hasWords(text: string, words: string): boolean {
  const folded = foldText(text)
  return foldText(words)
    .split(' ')
    .every((word) => folded.includes(word))
}

type Coded = { readonly system: string | undefined; readonly code: string | undefined }

function isToken(wanted: TokenQuery, { system, code }: Coded): boolean {
  if (wanted.code !== undefined && wanted.code !== code) return false
  if (wanted.system === undefined) return true
  return wanted.system === null ? system === undefined : wanted.system === system
}

/** Other modifiers than these two are refused where a filter is read (`definition/query.ts`). */
function isText(wanted: string, text: string, modifier: string | undefined): boolean {
  if (modifier === 'exact') return text === wanted
  const [folded, asked] = [foldText(text), foldText(wanted)]
  return modifier === 'contains' ? folded.includes(asked) : folded.startsWith(asked)
}

/** §3.1.1.4.14: below and above go by whole segments of the path. */
function isUri(wanted: string, uri: string, modifier: 'below' | 'above' | undefined): boolean {
  if (modifier === undefined || uri === wanted) return uri === wanted
  const [upper, lower] = modifier === 'below' ? [wanted, uri] : [uri, wanted]
  return /:\/\/[^/]/.test(upper) && lower.startsWith(`${upper.replace(/\/$/, '')}/`)
}

function refersTo(wanted: ReferenceQuery, value: ReferenceValue): boolean {
  switch (wanted.kind) {
    case 'local':
      if (wanted.version !== undefined && wanted.version !== value.version) return false
      return value.id === wanted.id && wanted.types.some((type) => type === value.type)
    case 'url':
      return value.url === wanted.url && (wanted.version === undefined || wanted.version === value.version)
    case 'identifier':
      return (
        value.identifier !== undefined &&
        isToken(
          { system: wanted.system, code: wanted.value },
          { system: value.identifier.system, code: value.identifier.value },
        )
      )
  }
}

/** §3.1.1.4.7; `highMs` of both ranges is the first moment after them. */
function isDate({ prefix, lowMs, highMs }: DateQuery, value: DateValue): boolean {
  const isContained = value.lowMs >= lowMs && value.highMs <= highMs
  switch (prefix) {
    case 'eq':
      return isContained
    case 'ne':
      return !isContained
    case 'gt':
      return value.highMs > highMs
    case 'lt':
      return value.lowMs < lowMs
    case 'ge':
      return value.highMs > highMs || isContained
    case 'le':
      return value.lowMs < lowMs || isContained
    case 'sa':
      return value.lowMs >= highMs
    case 'eb':
      return value.highMs <= lowMs
    case 'ap':
      return value.lowMs < highMs && value.highMs > lowMs
  }
}

/** §3.1.1.4.6: equality by the significant digits that were written, the other prefixes by the value itself. */
function isNumber(wanted: NumberQuery, range: Pick<NumberValue, 'low' | 'high'>): boolean {
  const isContained = range.low >= wanted.low && range.high < wanted.high
  switch (wanted.prefix) {
    case 'eq':
      return isContained
    case 'ne':
      return !isContained
    case 'gt':
      return range.high > wanted.value
    case 'lt':
      return range.low < wanted.value
    case 'ge':
      return range.high >= wanted.value
    case 'le':
      return range.low <= wanted.value
    case 'sa':
      return range.low > wanted.value
    case 'eb':
      return range.high < wanted.value
    case 'ap':
      return range.low < wanted.high && range.high >= wanted.low
  }
}

function isUnit({ system, code }: QuantityQuery, value: QuantityValue): boolean {
  if (code === undefined) return true
  if (system !== undefined) return value.system === system && value.code === code
  return value.code === code || value.unit === code
}

/** Every part holds for the values of one element. */
function isComposite(wanted: CompositeQuery['components'], parts: readonly ComponentValues[]): boolean {
  return wanted.every((query, place) => {
    const part = parts[place]
    return part !== undefined && isJudgeable(query) && holds(query, part)
  })
}

function isMissing(parameter: string, values: Values): boolean {
  const { tokens, strings, references, dates, numbers, quantities, uris } = values
  return ![tokens, strings, references, dates, numbers, quantities, uris].some((kind) =>
    kind.some((value) => value.parameter === parameter),
  )
}
