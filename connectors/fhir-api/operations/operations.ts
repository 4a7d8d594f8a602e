/** The operations of this door (operations.html §3.2): one row each, read by the router and by the CapabilityStatement. */
import type { ResourceType } from '@xinglin/fhir'
import { exportOperations } from '../bulk/export/kick-off.ts'
import { importOperation } from '../bulk/import/kick-off.ts'
import { subscriptionOperations } from '../subscriptions/operations/table.ts'
import { diff } from './diff.ts'
import { document } from './document.ts'
import { everything } from './everything.ts'
import { graphQlOperation } from './graphql/graphql.ts'
import { lastn } from './lastn.ts'
import { match } from './match.ts'
import { meta, metaAdd, metaDelete } from './meta.ts'
import type { Operation, OperationLevel } from './operation.ts'
import { pix } from './pix.ts'
import { terminologyOperations } from './terminology/rows.ts'
import { validate } from './validate.ts'

const r4 = 'http://hl7.org/fhir/OperationDefinition'

/** The table. Two rows may share a name where R4 defines it for two types. */
export const operations: readonly Operation[] = [
  {
    name: 'everything',
    definition: `${r4}/Patient-everything`,
    levels: ['instance'],
    types: ['Patient'],
    isWriting: false,
    answer: (call) => everything('Patient', call),
  },
  {
    name: 'everything',
    definition: `${r4}/Encounter-everything`,
    levels: ['instance'],
    types: ['Encounter'],
    isWriting: false,
    answer: (call) => everything('Encounter', call),
  },
  {
    name: 'lastn',
    definition: `${r4}/Observation-lastn`,
    levels: ['type'],
    types: ['Observation'],
    isWriting: false,
    answer: lastn,
  },
  {
    name: 'match',
    definition: `${r4}/Patient-match`,
    levels: ['type'],
    types: ['Patient'],
    isWriting: false,
    takesResource: true,
    answer: match,
  },
  {
    name: 'ihe-pix',
    definition: 'https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix',
    levels: ['type'],
    types: ['Patient'],
    isWriting: false,
    answer: pix,
  },
  {
    name: 'meta',
    definition: `${r4}/Resource-meta`,
    levels: ['system', 'type', 'instance'],
    isWriting: false,
    answer: meta,
  },
  {
    name: 'meta-add',
    definition: `${r4}/Resource-meta-add`,
    levels: ['instance'],
    isWriting: true,
    answer: metaAdd,
  },
  {
    name: 'meta-delete',
    definition: `${r4}/Resource-meta-delete`,
    levels: ['instance'],
    isWriting: true,
    answer: metaDelete,
  },
  {
    name: 'validate',
    definition: `${r4}/Resource-validate`,
    levels: ['type', 'instance'],
    isWriting: false,
    takesResource: true,
    answer: validate,
  },
  {
    name: 'diff',
    // R4 defines none; its meaning stands in the README of this door.
    definition: 'urn:xinglin:operation:diff',
    levels: ['instance'],
    isWriting: false,
    answer: diff,
  },
  {
    name: 'document',
    definition: `${r4}/Composition-document`,
    levels: ['instance'],
    types: ['Composition'],
    isWriting: false,
    answer: document,
  },
  ...subscriptionOperations,
  ...exportOperations,
  importOperation,
  graphQlOperation,
  ...terminologyOperations,
]

/** The operations that can be called on a level, of a type where one is given. */
export function operationsOf(level: OperationLevel, type?: ResourceType): readonly Operation[] {
  return operations.filter(
    ({ levels, types }) => levels.includes(level) && (!types || (type !== undefined && types.includes(type))),
  )
}

/** What a CapabilityStatement lists for a type: everything that can be called on it or on one of it. */
export function describedOperations(type?: ResourceType): readonly { name: string; definition: string }[] {
  const found =
    type === undefined
      ? operationsOf('system')
      : [...new Set([...operationsOf('type', type), ...operationsOf('instance', type)])]
  return found.map(({ name, definition }) => ({ name, definition }))
}
