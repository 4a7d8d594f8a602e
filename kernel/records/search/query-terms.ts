/** What a parsed search parameter asks of the index of terms (FHIR R4 §3.1.1.4): any of these 64-bit hashes. */
import {
  ofTypeCode,
  ofTypeParameter,
  type ParameterQuery,
  type ReferenceQuery,
  type TokenQuery,
} from '@xinglin/fhir/search'
import { sourcesOf } from '../index/sources.ts'
import {
  belowTerm,
  codeTerm,
  identifierParameter,
  referenceTerm,
  type Space,
  selfOf,
  systemCodeTerm,
  systemTerm,
  textTerm,
  urlTerm,
} from '../index/space.ts'
import { besideTerms } from '../index/texts.ts'
import { uriAndParents, withoutSlash } from '../index/uri-parents.ts'
import { termsOfComposite } from './composite.ts'

type Asked<Kind extends ParameterQuery['kind']> = Extract<ParameterQuery, { kind: Kind }>

/** The terms of which a resource must have one; undefined for a parameter that does not ask for terms. */
export function termsOfQuery(query: ParameterQuery, space: Space): readonly bigint[] | undefined {
  const { parameter } = query
  switch (query.kind) {
    case 'token':
      if (query.modifier === 'of-type') return ofTypeTerms(query, space)
      if (query.modifier === 'text')
        return besideTerms(
          space,
          parameter,
          query.values.flatMap(({ code }) => code ?? []),
        )
      return query.modifier || parameter === '_id' ? undefined : tokenTerms(parameter, query.values, space)
    case 'reference':
      return referenceTerms(parameter, query.values, space)
    case 'compartment':
      return query.parameters.flatMap((each) => referenceTerms(each, query.values, space))
    case 'uri':
      return query.values.flatMap((uri) => uriTerms(uri, query, space))
    case 'string':
      return query.modifier === 'exact' ? exactTerms(parameter, query.values, space) : undefined
    case 'composite':
      return termsOfComposite(query, space)
    case 'logic':
      return query.operator === 'or' ? termsOfAny(query.queries, space) : undefined
    default:
      return undefined
  }
}

/** Alternatives that are all terms are one list of them. */
function termsOfAny(queries: readonly ParameterQuery[], space: Space): readonly bigint[] | undefined {
  const terms = queries.map((query) => termsOfQuery(query, space))
  return terms.every((each) => each !== undefined) ? terms.flat() : undefined
}

/** Terms of codes, under each name that the parameter is stored by. */
export function tokenTerms(
  parameter: string,
  values: readonly TokenQuery[],
  space: Space,
): readonly bigint[] {
  return sourcesOf(space.type, parameter).flatMap((source) =>
    values.map((value) => tokenTerm(space, source, value)),
  )
}

function tokenTerm(space: Space, parameter: string, { system, code }: TokenQuery): bigint {
  if (code === undefined) return systemTerm(space, parameter, system ?? '')
  if (system === undefined) return codeTerm(space, parameter, code)
  return systemCodeTerm(space, parameter, system, code)
}

/** The kind of an identifier and its value together. */
function ofTypeTerms({ parameter, values }: Asked<'token'>, space: Space): readonly bigint[] {
  return values.map(({ system, code = '', value = '' }) =>
    systemCodeTerm(space, ofTypeParameter(parameter), system ?? null, ofTypeCode(code, value)),
  )
}

/** §3.1.1.4.14: the uri itself, all that stand below it, or all that it stands below. */
function uriTerms(uri: string, { parameter, modifier }: Asked<'uri'>, space: Space): readonly bigint[] {
  if (modifier === 'below') return [belowTerm(space, parameter, withoutSlash(uri))]
  if (modifier === undefined) return [urlTerm(space, parameter, uri)]
  return uriAndParents(uri).flatMap((place) => [
    urlTerm(space, parameter, place),
    urlTerm(space, parameter, `${place}/`),
  ])
}

function referenceTerms(
  parameter: string,
  values: readonly ReferenceQuery[],
  space: Space,
): readonly bigint[] {
  return sourcesOf(space.type, parameter).flatMap((source) =>
    values.flatMap((value) => termsOfReference(space, source, value)),
  )
}

function termsOfReference(space: Space, parameter: string, value: ReferenceQuery): readonly bigint[] {
  switch (value.kind) {
    case 'local':
      return value.types.map((type) =>
        value.version === undefined
          ? referenceTerm(space, parameter, selfOf(space.tenant, type, value.id))
          : urlTerm(space, parameter, `${type}/${value.id}`, value.version),
      )
    case 'url':
      return [urlTerm(space, parameter, value.url, value.version)]
    case 'identifier':
      return [tokenTerm(space, identifierParameter(parameter), { system: value.system, code: value.value })]
  }
}

function exactTerms(parameter: string, values: readonly string[], space: Space): readonly bigint[] {
  return sourcesOf(space.type, parameter).flatMap((source) =>
    values.map((value) => textTerm(space, source, value)),
  )
}
