/** The code system of a url as something that can be asked: from its resource, from imported tables, with its supplements. */
import type { Queryable } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { CodeSystem } from '@xinglin/fhir'
import type { CodeSource } from '../concepts/concept.ts'
import { flatten } from '../concepts/flatten.ts'
import { memorySource } from '../concepts/memory-source.ts'
import { supplemented } from '../concepts/supplemented.ts'
import { importedKey, tableOf } from '../concepts/table.ts'
import { tableSource } from '../concepts/table-source.ts'
import { type Canonical, canonicalOf } from './canonical.ts'
import { createKept } from './kept.ts'
import type { Found, Library } from './library.ts'

export interface Sources {
  /** Undefined where no concept of the system is known here. */
  byUrl(tenant: TenantId, system: Canonical): Promise<CodeSource | undefined>
  /** Of a CodeSystem that was found, or that came with a request. */
  of(
    tenant: TenantId,
    found: Found<'CodeSystem'> | { readonly resource: CodeSystem },
  ): Promise<CodeSource | undefined>
}

/** Concepts of systems that are kept ready: some 300 bytes each. */
const keptConcepts = 300_000

export function createSources(needs: { readonly library: Library; readonly database: Queryable }): Sources {
  const { library, database } = needs
  const ready = createKept<CodeSource>(keptConcepts)

  const plain = async (found: Found<'CodeSystem'> | { readonly resource: CodeSystem }) => {
    const key = 'key' in found ? found.key : undefined
    const known = key === undefined ? undefined : ready.get(key)
    if (known) return known
    const { concept = [], ...header } = found.resource
    const imported = importedKey(header)
    if (imported !== undefined) return tableSource(database, header, await tableOf(database, imported))
    if (concept.length === 0) return undefined
    const concepts = flatten(concept)
    const source = memorySource(header, concepts, { isComplete: header.content === 'complete' })
    if (key !== undefined) ready.keep(key, source, concepts.length)
    return source
  }

  const of: Sources['of'] = async (tenant, found) => {
    const source = await plain(found)
    const { url, version } = found.resource
    if (!source || url === undefined) return source
    const supplements = await library.search(tenant, 'CodeSystem', [
      ['supplements', url],
      ['_count', '20'],
    ])
    const fitting = supplements.filter(({ resource }) => {
      const { version: wanted } = canonicalOf(resource.supplements ?? '')
      return resource.status !== 'retired' && (wanted === undefined || wanted === version)
    })
    const further = await Promise.all(fitting.map(plain))
    return supplemented(
      source,
      further.filter((each) => each !== undefined),
    )
  }

  return {
    of,
    async byUrl(tenant, system) {
      const found = await library.byUrl(tenant, 'CodeSystem', system)
      return found && found.resource.content !== 'supplement' ? of(tenant, found) : undefined
    },
  }
}
