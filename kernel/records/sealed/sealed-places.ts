/** Where the record keeps what it seals: chosen fields of current resources and of every version, and the keys of words. */
import { sql } from '@xinglin/database'
import type { Keys, SealedPlace } from '@xinglin/keys'
import { contextOf, purpose } from './sealed-text.ts'
import { purpose as wordsPurpose } from './sealing-state.ts'

const ofResources = (table: string): SealedPlace => ({
  ...{ purpose, at: ['records', table, 'content'], form: 'within' },
  reads: sql`tenant, type::text as type, id`,
  contextOf: ({ tenant, type, id }) =>
    contextOf({ tenant: Number(tenant), type: String(type), id: String(id) }),
})

export function declareSealedPlaces(keys: Keys): void {
  keys.rotations.declare(ofResources('current'))
  keys.rotations.declare(ofResources('history'))
  keys.rotations.declare({
    ...{ purpose: wordsPurpose, at: ['records', 'sealing', 'word_key'], form: 'bytes' },
    ...{ reads: sql`tenant, version`, contextOf: ({ tenant, version }) => `${tenant}/${version}` },
  })
}
