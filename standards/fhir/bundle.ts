/** FHIR R4 §3.1.0.11 batch and transaction as pure functions: the order of processing and the rewriting of references. */
import type { BundleEntry } from 'fhir/r4'
import { carryDecimals } from './decimals.ts'

export type BundleVerb = 'DELETE' | 'POST' | 'PUT' | 'PATCH' | 'GET' | 'HEAD'

const turns: Readonly<Record<string, number>> = { DELETE: 0, POST: 1, PUT: 2, PATCH: 2, GET: 3, HEAD: 3 }

/** Positions of the entries in the order in which a transaction processes them: DELETE, POST, PUT or PATCH, GET or HEAD. */
export function transactionOrder(entries: readonly Pick<BundleEntry, 'request'>[]): readonly number[] {
  const turn = (at: number) => turns[entries[at]?.request?.method ?? ''] ?? 1
  return entries.map((_, at) => at).sort((a, b) => turn(a) - turn(b) || a - b)
}

/** What a reference, and a uri in general, becomes; undefined leaves it as it is. */
export type Rewrite = (uri: string) => string | undefined

/**
 * The same resource with every literal reference rewritten, every uri that is a `urn:uuid:` or `urn:oid:`, and such
 * links of the narrative (§3.1.0.11.2). `value` is left alone: it is an Identifier's string, never a uri. Parts
 * without any are shared, not copied.
 */
export function rewriteReferences<T>(value: T, rewrite: Rewrite): T {
  return rewritten(value, rewrite, false) as T
}

function rewritten(value: unknown, rewrite: Rewrite, isReference: boolean): unknown {
  if (typeof value === 'string') return isReference || isUrn(value) ? (rewrite(value) ?? value) : value
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? rewrittenList(value, rewrite) : rewrittenObject(value as Json, rewrite)
}

type Json = { readonly [name: string]: unknown }

function rewrittenList(list: readonly unknown[], rewrite: Rewrite): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let at = 0; at < list.length; at++) {
    const next = rewritten(list[at], rewrite, false)
    if (next === list[at]) continue
    copy ??= [...list]
    copy[at] = next
  }
  return copy ? carryDecimals(list, copy) : list
}

function rewrittenObject(object: Json, rewrite: Rewrite): Json {
  let copy: Record<string, unknown> | undefined
  for (const name in object) {
    const next =
      name === 'value' ? inside(object[name], rewrite) : rewrittenProperty(name, object[name], rewrite)
    if (next === object[name]) continue
    copy ??= { ...object }
    copy[name] = next
  }
  return copy ? carryDecimals(object, copy) : object
}

function rewrittenProperty(name: string, value: unknown, rewrite: Rewrite): unknown {
  if (name !== 'div' || typeof value !== 'string') return rewritten(value, rewrite, name === 'reference')
  if (!value.includes('"urn:')) return value
  return value.replace(narrativeLink, (whole, start: string, uri: string) => {
    const next = rewrite(uri)
    return next === undefined ? whole : `${start}${next}"`
  })
}

const narrativeLink = /((?:href|src)=")(urn:[^"]+)"/g

/** A `value` that is an object (a Quantity) may hold references; a text is kept. */
function inside(value: unknown, rewrite: Rewrite): unknown {
  return typeof value === 'string' ? value : rewritten(value, rewrite, false)
}

function isUrn(text: string): boolean {
  return text.startsWith('urn:uuid:') || text.startsWith('urn:oid:')
}

/** The conditional references (`Patient?identifier=…`) in a bundle's resources, each once, in the order of appearance. */
export function conditionalReferences(bundle: {
  readonly entry?: readonly { readonly resource?: unknown }[]
}): readonly string[] {
  const found = new Set<string>()
  const gather: Rewrite = (uri) => {
    if (isConditional(uri)) found.add(uri)
    return undefined
  }
  for (const entry of bundle.entry ?? []) rewriteReferences(entry.resource, gather)
  return [...found]
}

/** `Patient?identifier=…` is a search to be replaced by the one resource that it finds. */
export function isConditional(reference: string): boolean {
  return /^[A-Z][A-Za-z]+\?/.test(reference)
}
