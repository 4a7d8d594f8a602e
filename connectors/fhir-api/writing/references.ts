/** http.html §3.1.0.11.2: what the references inside a transaction become, by full url and by condition. */
import {
  conditionalReferences,
  invalid,
  type LocalReference,
  parseReference,
  referenceTo,
  tooLarge,
} from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import { queryOf, queryText } from '../http/request.ts'
import { mostConditionalReferences } from '../limits.ts'
import { theOneMatch } from './conditional.ts'
import { knownType, type WriteOperation } from './operation.ts'
import { inEntry } from './place.ts'
import type { Write } from './write.ts'

type References = {
  readonly known: Map<string, string>
  /** Each conditional reference with the place of the entry in which it stands first. */
  readonly conditional: ReadonlyMap<string, string | undefined>
}

/** What is known from the bundle itself, and the conditional references still to be searched. */
export function referencesIn(
  writes: readonly Write[],
  identities: readonly (LocalReference | undefined)[],
): References {
  const known = new Map<string, string>()
  for (const [index, write] of writes.entries()) {
    const identity = identities[index]
    if (identity) addNames(known, write, referenceTo(identity.type, identity.id))
  }
  const conditional = new Map<string, string | undefined>()
  for (const { operation, at } of writes)
    for (const text of conditionalReferences({ entry: [{ resource: contentOf(operation) }] }))
      if (!known.has(text) && !conditional.has(text)) conditional.set(text, at)
  return { known, conditional }
}

/** What a write brings along, in which references stand. */
function contentOf(operation: WriteOperation): unknown {
  switch (operation.kind) {
    case 'create':
    case 'update':
      return operation.resource
    case 'patch':
      return operation.patch.operations
    case 'delete':
      return undefined
  }
}

/** A created resource is called by its fullUrl, by the relative tail of it, or by its own condition. */
function addNames(known: Map<string, string>, { operation, fullUrl }: Write, reference: string): void {
  if (operation.kind === 'create' && operation.unless) {
    known.set(`${operation.type}?${decodeURIComponent(queryText(operation.unless))}`, reference)
  }
  if (fullUrl === undefined) return
  if (fullUrl !== reference) known.set(fullUrl, reference)
  const tail = /[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl)?.[0]
  if (tail !== undefined && tail !== reference && parseReference(tail)) known.set(tail, reference)
}

/** Searches each conditional reference once; throws `invalid` where one finds nothing, `ambiguous` where several. */
export async function resolveReferences(
  unit: Unit,
  references: References,
): Promise<ReadonlyMap<string, string>> {
  const { known, conditional } = references
  if (conditional.size > mostConditionalReferences) {
    throw tooLarge(`a transaction may have ${mostConditionalReferences} different conditional references`, {
      code: 'fhir-api.too-many-conditions',
    })
  }
  const resolved = new Map(known)
  for (const [text, at] of conditional) resolved.set(text, await inEntry(at, () => search(unit, text)))
  return resolved
}

async function search(unit: Unit, text: string): Promise<string> {
  const cut = text.indexOf('?')
  const type = knownType(text.slice(0, cut))
  const found = await theOneMatch(unit, type, queryOf(text.slice(cut + 1)))
  if (found) return referenceTo(type, found.id)
  throw invalid(`a conditional reference to ${type} matches nothing; send that resource first`, {
    code: 'fhir-api.reference-unmatched',
    at: type,
  })
}
