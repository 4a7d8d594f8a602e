/** R4 bundle.html: the entries of a searchset or a history, their total and the question of the next page. */
import { isObject, isResource, type Json, listOf, parsed, type Resource, textAt } from './json.ts'

export type Entry = {
  readonly resource: Resource
  readonly mode: 'match' | 'include' | 'outcome'
}
export type Results = {
  readonly entries: readonly Entry[]
  readonly total?: number
  /** The query of the next page; absent on the last. */
  readonly next?: string
  readonly tookMs: number
  readonly sizeBytes: number
}

/** What a searchset says. */
export function resultsOf({ text, tookMs }: { readonly text: string; readonly tookMs: number }): Results {
  const bundle = parsed(text)
  const total = isObject(bundle) && typeof bundle.total === 'number' ? { total: bundle.total } : {}
  const next = nextOf(bundle)
  return {
    entries: entriesOf(bundle),
    ...total,
    ...(next === undefined ? {} : { next }),
    tookMs,
    sizeBytes: new Blob([text]).size,
  }
}

function entriesOf(bundle: Json | undefined): readonly Entry[] {
  if (!isObject(bundle)) return []
  return listOf(bundle.entry).flatMap((entry) => {
    const resource = isObject(entry) ? entry.resource : undefined
    if (!isResource(resource)) return []
    const mode = textAt(entry, 'search.mode')
    return [{ resource, mode: mode === 'include' || mode === 'outcome' ? mode : 'match' } as const]
  })
}

function nextOf(bundle: Json | undefined): string | undefined {
  if (!isObject(bundle)) return undefined
  const link = listOf(bundle.link).find((each) => textAt(each, 'relation') === 'next')
  const url = textAt(link, 'url')
  return url === undefined ? undefined : url.slice(url.indexOf('?') + 1)
}

export type Changed = {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly interaction: 'create' | 'update' | 'delete'
  readonly at: string
  readonly resource?: Resource
}

const interactions = { POST: 'create', PUT: 'update', DELETE: 'delete' } as const

/** The versions that a history lists, newest first (http.html §3.1.0.12). */
export function changesOf({ text }: { readonly text: string }): readonly Changed[] {
  const bundle = parsed(text)
  if (!isObject(bundle)) return []
  return listOf(bundle.entry).flatMap((entry) => {
    const [type, id] = (textAt(entry, 'fullUrl') ?? '').split('/').slice(-2)
    const method = textAt(entry, 'request.method')
    const version = Number(/\d+/.exec(textAt(entry, 'response.etag') ?? '')?.[0])
    const at = textAt(entry, 'response.lastModified')
    if (!type || !id || !at || !isMethod(method)) return []
    const resource = isObject(entry) && isResource(entry.resource) ? { resource: entry.resource } : {}
    return [{ type, id, version, interaction: interactions[method], at, ...resource }]
  })
}

function isMethod(method: string | undefined): method is keyof typeof interactions {
  return method !== undefined && Object.hasOwn(interactions, method)
}
