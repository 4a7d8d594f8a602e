/** What a resource's tokens, references, uris and exact strings become in `records.current.terms`. */
import { type IndexValues, ofTypeParameter, type ReferenceValue, type TokenValue } from '@xinglin/fhir/search'
import { keptOf, keptText, keptToken } from '../hot/kept-terms.ts'
import { compositeTermsOf } from './composites.ts'
import { isStored } from './sources.ts'
import {
  belowTerm,
  codeTerm,
  identifierParameter,
  presenceTerm,
  referenceTerm,
  type Space,
  selfOf,
  systemCodeTerm,
  systemTerm,
  textTerm,
  urlTerm,
} from './space.ts'
import type { Beside } from './texts.ts'
import { uriAndParents } from './uri-parents.ts'

/** Kinds of identifiers are asked for whole. */
const ofType = ofTypeParameter('')

/** All terms of a resource, each once; `beside` are its texts by `textsBeside`. */
export function termsOf(space: Space, values: IndexValues, beside: readonly Beside[]): ReadonlySet<bigint> {
  const terms = new Set<bigint>()
  const keptFor = keptOf(space.tenant, space.type)
  for (const token of values.tokens) {
    if (token.parameter === '_id' || !isStored(space.type, token.parameter)) continue
    for (const term of keptToken(keptFor(token.parameter), token, () => tokenTerms(space, token)))
      terms.add(term)
  }
  for (const reference of values.references) {
    // A parameter that is stored under another name still tells whether it is missing.
    terms.add(presenceTerm(space, reference.parameter))
    if (isStored(space.type, reference.parameter)) addReference(terms, space, reference)
  }
  for (const { parameter, uri } of values.uris) {
    terms.add(urlTerm(space, parameter, uri))
    for (const place of uriAndParents(uri)) terms.add(belowTerm(space, parameter, place))
    terms.add(presenceTerm(space, parameter))
  }
  for (const { parameter, text } of values.strings) terms.add(textTerm(space, parameter, text))
  for (const { parameter, text } of beside)
    terms.add(keptText(keptFor(parameter), text, () => textTerm(space, `${parameter}:text`, text)))
  for (const term of compositeTermsOf(space, values)) terms.add(term)
  return terms
}

function tokenTerms(space: Space, { parameter, system, code }: TokenValue): readonly bigint[] {
  if (parameter.endsWith(ofType)) return [systemCodeTerm(space, parameter, system ?? null, code ?? '')]
  const terms = new Set<bigint>()
  addToken(terms, space, parameter, { system, code })
  return [...terms, presenceTerm(space, parameter)]
}

function addToken(
  terms: Set<bigint>,
  space: Space,
  parameter: string,
  { system, code }: Pick<TokenValue, 'system' | 'code'>,
): void {
  if (system !== undefined) terms.add(systemTerm(space, parameter, system))
  if (code === undefined) return
  terms.add(codeTerm(space, parameter, code))
  terms.add(systemCodeTerm(space, parameter, system ?? null, code))
}

function addReference(terms: Set<bigint>, space: Space, reference: ReferenceValue): void {
  const { parameter, type, id, url, version, identifier } = reference
  if (type !== undefined && id !== undefined) {
    terms.add(referenceTerm(space, parameter, selfOf(space.tenant, type, id)))
    if (version !== undefined) terms.add(urlTerm(space, parameter, `${type}/${id}`, version))
  }
  if (url !== undefined) {
    terms.add(urlTerm(space, parameter, url))
    if (version !== undefined) terms.add(urlTerm(space, parameter, url, version))
  }
  if (identifier) {
    addToken(terms, space, identifierParameter(parameter), {
      system: identifier.system,
      code: identifier.value,
    })
  }
}
