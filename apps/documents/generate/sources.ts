/** The resources that a document is made from, read as the actor may read them; which versions were used is remembered. */
import { createHash } from 'node:crypto'
import {
  type Coding,
  parseReference,
  type Reference,
  type ResourceOf,
  type ResourceType,
} from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { parseVersion, type Query, type Version } from '@xinglin/records'

/** More entries of one kind make no document that a person reads. */
const mostOfOneType = 500
const pageSize = 100

export interface Sources {
  /** Undefined for what is not there, is deleted, or is hidden. */
  read<T extends ResourceType>(type: T, id: string | undefined): Promise<ResourceOf<T> | undefined>
  /** What a reference names, where it names this type. */
  follow<T extends ResourceType>(
    type: T,
    reference: Reference | undefined,
  ): Promise<ResourceOf<T> | undefined>
  /** At most 500, in the order of their ids. */
  search<T extends ResourceType>(type: T, query: Query): Promise<readonly ResourceOf<T>[]>
  used(): readonly Version[]
}

export function sourcesFor(records: Pick<GuardedRecords, 'read' | 'search'>): Sources {
  const used = new Map<string, Version>()
  const keep = (version: Version) => used.set(`${version.type}/${version.id}`, version)
  const read: Sources['read'] = async (type, id) => {
    const version = id === undefined ? undefined : await records.read(type, id)
    if (!version || version.interaction === 'delete') return undefined
    keep(version)
    return parseVersion(version, type)
  }
  return {
    read,
    follow: (type, reference) => {
      const named = parseReference(reference?.reference)
      return read(type, named?.type === type ? named.id : undefined)
    },
    search: async (type, query) => {
      const found: Version[] = []
      let asked: Query | undefined = [...query, ['_count', String(pageSize)]]
      while (asked && found.length < mostOfOneType) {
        const page = await records.search(type, asked)
        found.push(...page.matches)
        asked = page.next === undefined ? undefined : nextOf(page.next)
      }
      for (const version of found) keep(version)
      return found
        .toSorted((left, right) => (left.id < right.id ? -1 : 1))
        .map((version) => parseVersion(version, type))
    },
    used: () => [...used.values()],
  }
}

function nextOf(next: string): Query {
  return [...new URLSearchParams(next)]
}

/** Equal for equal versions of equal sources under equal settings. */
export function digestOf(used: readonly Version[], settings: number): string {
  const named = used.map(({ type, id, version }) => `${type}/${id}/${version}`).toSorted()
  return createHash('sha256')
    .update([`settings ${settings}`, ...named].join('\n'))
    .digest('hex')
}

/** Security labels of all that was used, each once: what is made of it is no more open than its parts. */
export function labelsOf(used: readonly Version[]): readonly Coding[] {
  const labels = used.flatMap(
    ({ json }) => (JSON.parse(json) as { meta?: { security?: Coding[] } }).meta?.security ?? [],
  )
  return [...new Map(labels.map((label) => [`${label.system}|${label.code}`, label])).values()]
}
