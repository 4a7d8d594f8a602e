/** http.html §3.1.0.11 reads a batch or transaction Bundle into entries that are known to be well-formed. */
import { type Bundle, type BundleEntry, invalid, OutcomeError, tooLarge } from '@xinglin/fhir'
import { validate } from '@xinglin/fhir/validate'
import type { Query } from '@xinglin/records'
import { type Conditions, queryOf } from '../http/request.ts'
import { mostBundleEntries } from '../limits.ts'

export type BundleAsked = { readonly type: 'batch' | 'transaction'; readonly entries: readonly EntryAsked[] }

export type EntryAsked = {
  readonly method: string
  readonly path: string
  readonly query: Query
  readonly conditions: Conditions
  readonly body: unknown
  readonly fullUrl?: string
  /** `Bundle.entry[3]`. */
  readonly at: string
}

/** Throws `invalid` where the bundle itself, not a resource in it, is wrong. */
export function readBundle(body: unknown, baseUrl: string): BundleAsked {
  const bundle = knownBundle(body)
  const written = bundle.entry ?? []
  if (written.length > mostBundleEntries) {
    throw tooLarge(`a bundle may have ${mostBundleEntries} entries; send it in parts`, {
      code: 'fhir-api.too-many-entries',
    })
  }
  const type = bundle.type === 'batch' ? 'batch' : 'transaction'
  return { type, entries: written.map((entry, index) => entryOf(entry, `Bundle.entry[${index}]`, baseUrl)) }
}

function knownBundle(body: unknown): Bundle {
  const bundle = body as Bundle | undefined
  if (typeof body !== 'object' || bundle?.resourceType !== 'Bundle') {
    throw invalid('the body must be a Bundle of type batch or transaction', {
      code: 'fhir-api.not-a-bundle',
    })
  }
  if (bundle.type !== 'batch' && bundle.type !== 'transaction') {
    throw invalid('only bundles of type batch and transaction can be sent here', {
      code: 'fhir-api.bundle-type',
      at: 'Bundle.type',
    })
  }
  refuseWithoutRequest(bundle.entry)
  const issues = validate(shellOf(bundle))
  if (issues.length > 0)
    throw new OutcomeError('invalid', { resourceType: 'OperationOutcome', issue: [...issues] })
  return bundle
}

function refuseWithoutRequest(entries: unknown): void {
  if (!Array.isArray(entries)) return
  const index = entries.findIndex(
    (entry) => typeof entry !== 'object' || entry === null || !('request' in entry),
  )
  if (index < 0) return
  throw invalid('each entry must say its request', {
    code: 'fhir-api.entry-request',
    at: `Bundle.entry[${index}].request`,
  })
}

/** The bundle without its resources, which are judged one by one with their references rewritten. */
function shellOf(bundle: Bundle): unknown {
  if (!Array.isArray(bundle.entry)) return bundle
  return { ...bundle, entry: bundle.entry.map(withoutResource) }
}

function withoutResource(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || !('resource' in entry)) return entry
  const { resource: _judgedLater, ...rest } = entry
  return rest
}

function entryOf(entry: BundleEntry, at: string, baseUrl: string): EntryAsked {
  const request = entry.request ?? { method: 'GET', url: '' }
  const url = (
    request.url.startsWith(`${baseUrl}/`) ? request.url.slice(baseUrl.length) : request.url
  ).replace(/^\//, '')
  const cut = url.indexOf('?')
  return {
    method: request.method,
    path: cut < 0 ? url : url.slice(0, cut),
    query: cut < 0 ? [] : queryOf(url.slice(cut + 1)),
    conditions: {
      ifMatch: request.ifMatch,
      ifNoneMatch: request.ifNoneMatch,
      ifModifiedSince: request.ifModifiedSince,
      ifNoneExist: request.ifNoneExist,
    },
    body: entry.resource,
    fullUrl: entry.fullUrl,
    at,
  }
}
