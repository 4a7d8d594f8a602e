/**
 * Merges that a message of another system made (ADT^A40): what they moved is told by the Provenance of the message, which
 * names every version that it wrote, so that they can be undone as those of the desk.
 */
import type { Kernel } from '@xinglin/app'
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant, ResourceOf, ResourceType } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import { parseVersion } from '@xinglin/records'
import { type Moved, writeMerge } from './ledger.ts'

export type Noting = {
  readonly tenant: TenantId
  readonly merged: readonly { readonly merged: string; readonly version: number; readonly survivor: string }[]
}

/** The newest messages that touched a Patient; the merge is the one whose version says so. */
const newestMessages = '20'

export async function noteMessageMerges(
  transaction: Transaction,
  kernel: Pick<Kernel, 'records' | 'runtime'>,
  { tenant, merged }: Noting,
): Promise<void> {
  for (const each of merged) {
    const known = await transaction.query(sql`
      select from master_index.merge where tenant = ${tenant} and merged = ${each.merged} and undone is null`)
    if (known.length > 0) continue
    const provenance = await messageOf(kernel, tenant, each)
    if (!provenance) continue
    const moved = (provenance.target ?? []).flatMap(({ reference }) => movedOf(reference) ?? [])
    const sender = provenance.agent?.[0]?.who?.display ?? ''
    await writeMerge(transaction, tenant, {
      ...{ id: `message-${provenance.id}`, survivor: each.survivor, merged: each.merged },
      ...{ at: provenance.recorded as Instant, actor: 'system/hl7-listener', actorDisplay: sender },
      ...{ origin: 'message', reason: provenance.activity?.text ?? '', moved },
    })
  }
}

async function messageOf(
  { records }: Pick<Kernel, 'records'>,
  tenant: TenantId,
  { merged, version }: { readonly merged: string; readonly version: number },
): Promise<(ResourceOf<'Provenance'> & { readonly id?: string }) | undefined> {
  const { matches } = await records.search(tenant, 'Provenance', [
    ['target', `Patient/${merged}`],
    ['_sort', '-recorded'],
    ['_count', newestMessages],
  ])
  return matches
    .map((each) => parseVersion(each, 'Provenance'))
    .find(
      ({ target, entity }) =>
        entity?.some(({ what }) => what.identifier?.system === 'urn:xinglin:message') &&
        target?.some(({ reference }) => reference === `Patient/${merged}/_history/${version}`),
    )
}

/** A version that was written over another; undefined for what the message made anew. */
function movedOf(reference = ''): Moved | undefined {
  const [, type = '', id = '', version = ''] = /^(\w+)\/([^/]+)\/_history\/(\d+)$/.exec(reference) ?? []
  const after = Number(version)
  return isResourceType(type) && after > 1
    ? { type: type satisfies ResourceType, id, before: after - 1, after }
    : undefined
}
