/** A version is not replaced by one that is made of less only because its maker sees less. */
import { forbidden, parseReference, type ResourceType } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { parseVersion, type Unit, type Version } from '@xinglin/records'

type Before = {
  /** The Provenance of the version that stands. */
  readonly provenance: string
  readonly used: readonly Version[]
  readonly records: Pick<GuardedRecords, 'read'>
}

/** Throws `forbidden` where a source of the version that stands is still there and hidden from the actor. */
export async function refusePartial(unit: Unit, { provenance, used, records }: Before): Promise<void> {
  const version = await unit.read('Provenance', provenance)
  if (!version || version.interaction === 'delete') return
  const now = new Set(used.map(({ type, id }) => `${type}/${id}`))
  for (const { what } of parseVersion(version, 'Provenance').entity ?? []) {
    const named = parseReference(what.reference)
    if (!named || now.has(`${named.type}/${named.id}`)) continue
    if (await isHidden(unit, records, { type: named.type as ResourceType, id: named.id }))
      throw forbidden('the version that stands was made of more than you may see; ask somebody who may', {
        code: 'documents.partial',
      })
  }
}

async function isHidden(
  unit: Unit,
  records: Before['records'],
  { type, id }: { readonly type: ResourceType; readonly id: string },
): Promise<boolean> {
  const there = await unit.read(type, id)
  return there !== undefined && there.interaction !== 'delete' && (await records.read(type, id)) === undefined
}
