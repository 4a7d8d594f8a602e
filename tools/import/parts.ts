/** A file as the transactions that bring it in; pure. */

export type Part = { readonly bundle: object; readonly resources: number }
type Json = Readonly<Record<string, unknown>>
type Entry = {
  readonly fullUrl?: string
  readonly resource?: Json
  readonly request?: { readonly method?: string; readonly url?: string }
}

/** Resources of NDJSON that go in one transaction: large enough to share a commit, small enough for the door's body limit. */
const resourcesPerPart = 250

/** The parts of a `.json` file: one transaction for a bundle or a single resource. */
export function partsOfJson(text: string): readonly Part[] {
  const content: Json = JSON.parse(text)
  const entries =
    content.resourceType === 'Bundle'
      ? ((content.entry as readonly Entry[] | undefined) ?? [])
      : [{ resource: content }]
  return entries.length === 0 ? [] : [transactionOf(entries)]
}

/** The parts of an `.ndjson` file, one resource a line. */
export function partsOfNdjson(text: string): readonly Part[] {
  const entries = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Entry => ({ resource: JSON.parse(line) }))
  return Array.from({ length: Math.ceil(entries.length / resourcesPerPart) }, (_, index) =>
    transactionOf(entries.slice(index * resourcesPerPart, (index + 1) * resourcesPerPart)),
  )
}

function transactionOf(entries: readonly Entry[]): Part {
  const writes = entries.map(withOwnId)
  return { bundle: { resourceType: 'Bundle', type: 'transaction', entry: writes }, resources: writes.length }
}

/** A create becomes an update under the id that the entry has already, so that it can be sent twice. */
function withOwnId(entry: Entry): Entry {
  const id = idOf(entry)
  const method = entry.request?.method ?? 'PUT'
  if (!entry.resource || !id || !['POST', 'PUT'].includes(method)) return entry
  const type = String(entry.resource.resourceType)
  return {
    ...(entry.fullUrl ? { fullUrl: entry.fullUrl } : {}),
    resource: { ...entry.resource, id },
    request: { method: 'PUT', url: `${type}/${id}` },
  }
}

function idOf({ fullUrl, resource }: Entry): string | undefined {
  if (typeof resource?.id === 'string') return resource.id
  return fullUrl?.startsWith('urn:uuid:') ? fullUrl.slice('urn:uuid:'.length) : undefined
}
