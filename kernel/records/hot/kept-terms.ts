/**
 * Terms of tokens and texts that were made before, found by what they are made of. To build the text that a hash stands for
 * and to look it up costs more than the look alone; a token has four terms, here by one look: 30 → 26 µs of processor time to
 * index a resource (Synthea bundles, Node 24).
 */
import type { TenantId } from '@xinglin/events'

/** Tokens and texts that one process keeps: 50,000 take 21 MB; a hospital's lists have fewer, its identifiers more. */
const mostKept = 50_000
let count = 0
const spaces = new Map<TenantId, Map<string, Map<string, KeptTerms>>>()

/** What is kept of one parameter of a type in an institution. */
export type KeptTerms = {
  readonly tokens: Map<string | undefined, Map<string | undefined, readonly bigint[]>>
  readonly texts: Map<string, bigint>
}

/** The terms kept for a type, by parameter; empty for one that has none yet. */
export function keptOf(tenant: TenantId, type: string): (parameter: string) => KeptTerms {
  if (count > mostKept) {
    spaces.clear()
    count = 0
  }
  const types = got(spaces, tenant, () => new Map<string, Map<string, KeptTerms>>())
  const parameters = got(types, type, () => new Map<string, KeptTerms>())
  return (parameter) => got(parameters, parameter, () => ({ tokens: new Map(), texts: new Map() }))
}

/** The terms of a token, made where they are not known. */
export function keptToken(
  { tokens }: KeptTerms,
  { system, code }: { readonly system: string | undefined; readonly code: string | undefined },
  make: () => readonly bigint[],
): readonly bigint[] {
  const ofCode = got(tokens, code, () => new Map<string | undefined, readonly bigint[]>())
  return got(ofCode, system, () => counted(make()))
}

/** The term of a text, made where it is not known. */
export function keptText({ texts }: KeptTerms, text: string, make: () => bigint): bigint {
  return got(texts, text, () => counted(make()))
}

function counted<T>(made: T): T {
  count += 1
  return made
}

function got<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
