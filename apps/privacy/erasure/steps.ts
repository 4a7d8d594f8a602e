/**
 * Carries a confirmed erasure out, phase by phase (PIPL article 47). Each step is one transaction that notes how far it came;
 * a process that is killed loses nothing, and another one goes on where it stood. Steps that reach beyond the database
 * (objects, cleaning) do the same again without harm.
 */

import { sql, type Transaction } from '@xinglin/database'
import { parseWithDecimals, type Resource } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { ObjectHash } from '@xinglin/objects'
import { type ErasedPerson, type Eraser, withoutNamesOf, withStorageOnly } from '@xinglin/records'
import { certify } from './certify.ts'
import { cleanTables } from './clean.ts'
import type { ErasureKernel } from './erasure.ts'
import {
  added,
  type Erasure,
  type ErasureKey,
  personBinding,
  phaseAfter,
  type SealedPerson,
} from './erasure.ts'
import { leftoversOf } from './leftovers.ts'
import { makePlan } from './plan.ts'
import {
  findErasure,
  lockErasure,
  type Moved,
  move,
  objectsLeft,
  partsAfter,
  placeOf,
  putObjects,
  putParts,
  referencesOf,
} from './rows.ts'

/** Resources of one transaction: some 100 ms. */
const partsAtOnce = 100
const objectsAtOnce = 50
/** What is written of him while he is erased is erased in another round; who goes on writing is told by the certificate. */
const mostRounds = 5

/** Does the next step; tells whether all is done. Nothing is done where another process is at it or nobody confirmed. */
export async function erasureStep(
  kernel: ErasureKernel,
  key: ErasureKey,
): Promise<{ readonly isDone: boolean }> {
  const erasure = await findErasure(kernel.database, key)
  if (erasure?.state !== 'running') return { isDone: true }
  await stepOf(kernel, erasure)
  return { isDone: false }
}

function stepOf(kernel: ErasureKernel, erasure: Erasure): Promise<void> {
  switch (erasure.phase) {
    case 'plan':
      return plan(kernel, erasure)
    case 'messages':
      return within(kernel, erasure, (to, held) => eraseRows(kernel, to, held, [kernel.traffic.eraser]))
    case 'rooms':
      return within(kernel, erasure, (to, held) =>
        eraseRows(kernel, to, held, kernel.records.erasing.erasers()),
      )
    case 'mentions':
      return unnameOthers(kernel, erasure)
    case 'chart':
      return closeChart(kernel, erasure)
    case 'forget':
      return within(kernel, erasure, (to, held) => forget(kernel, to, held))
    case 'objects':
      return eraseObjects(kernel, erasure)
    case 'clean':
      return clean(kernel, erasure)
    case 'verify':
      return verify(kernel, erasure)
    case 'certify':
      return within(kernel, erasure, (to, held) => certify(kernel, to, held))
  }
}

/** Runs a step in a transaction of its own, with the erasure locked where it still stands there. */
async function within(
  { database }: ErasureKernel,
  { phase, place, ...key }: Erasure,
  work: (to: Transaction, held: Erasure) => Promise<void>,
): Promise<void> {
  await database.transaction(async (to) => {
    const held = await lockErasure(to, key)
    if (held?.state === 'running' && held.phase === phase && held.place === place) await work(to, held)
  })
}

async function plan(kernel: ErasureKernel, erasure: Erasure): Promise<void> {
  const { tenant, patient } = erasure
  if (patient === null) return
  const { patients, numbers, parts, kept } = await makePlan(kernel, tenant, patient)
  const person: SealedPerson = { patients, numbers }
  const sealed = await kernel.keys.sealText(JSON.stringify(person), personBinding(erasure))
  await within(kernel, erasure, async (to, held) => {
    await putParts(to, held, parts)
    await move(to, held, { ...after(held, { rounds: 1 }), person: sealed, kept })
  })
}

/** Who is erased, opened. */
export async function personOf({ keys, database }: ErasureKernel, erasure: Erasure): Promise<ErasedPerson> {
  const { tenant, person, kept } = erasure
  const opened: SealedPerson =
    person === null
      ? { patients: [], numbers: [] }
      : JSON.parse(await keys.openText(person, personBinding(erasure)))
  return { ...opened, tenant, isKept: kept.length > 0, references: await referencesOf(database, erasure) }
}

function after({ phase, figures }: Erasure, more: Record<string, number>): Moved {
  return { phase: phaseAfter(phase), figures: added(figures, more) }
}

/** Of the erasers in order each until it is done; the place is the number of one and how far it came. */
async function eraseRows(
  kernel: ErasureKernel,
  to: Transaction,
  held: Erasure,
  erasers: readonly Eraser[],
): Promise<void> {
  const [number = '0', ...came] = held.place?.split(' ') ?? []
  const eraser = erasers[Number(number)]
  if (!eraser) return move(to, held, after(held, {}))
  const person = await personOf(kernel, held)
  const {
    rows,
    objects = [],
    next,
  } = await eraser.erase(to, person, came.length > 0 ? came.join(' ') : undefined)
  await putObjects(to, held, objects)
  const figures = added(held.figures, { [eraser.name]: rows })
  const place = next === undefined ? String(Number(number) + 1) : `${number} ${next}`
  await move(to, held, { phase: held.phase, place, figures })
}

/** What others say of him beside a reference goes with a version of its own; a record that is kept keeps it. */
async function unnameOthers(kernel: ErasureKernel, erasure: Erasure): Promise<void> {
  const { patients, isKept } = await personOf(kernel, erasure)
  const parts = isKept
    ? []
    : await partsAfter(kernel.database, erasure, { fate: 'unname', limit: partsAtOnce })
  const known = new Set(patients)
  await committing(kernel, erasure, async (unit, held) => {
    for (const { type, id } of parts.filter(({ isDeleted }) => !isDeleted)) {
      const version = await unit.read(type, id)
      if (!version || version.interaction === 'delete') continue
      const resource = parseWithDecimals(version.json) as Resource
      await unit.write([
        { kind: 'update', resource: withoutNamesOf(resource, known), ifVersion: version.version },
      ])
    }
    await onward(unit.transaction, held, { parts, figures: { mentions: parts.length } })
  })
}

/** Deletes what goes, as anything is deleted, so that all who follow the log drop it; what stays is put out of sight. */
async function closeChart(kernel: ErasureKernel, erasure: Erasure): Promise<void> {
  const { patients, isKept } = await personOf(kernel, erasure)
  const parts = await partsAfter(kernel.database, erasure, { fate: 'erase', limit: partsAtOnce })
  await committing(kernel, erasure, async (unit, held) => {
    if (isKept && erasure.place === null)
      for (const id of patients) {
        const version = await unit.read('Patient', id)
        if (!version || version.interaction === 'delete') continue
        const resource = parseWithDecimals(version.json) as Resource
        await unit.write([
          { kind: 'update', resource: withStorageOnly(resource), ifVersion: version.version },
        ])
      }
    const live = parts.filter(({ isDeleted }) => !isDeleted)
    if (live.length > 0) await unit.write(live.map(({ type, id }) => ({ kind: 'delete' as const, type, id })))
    const figures = Object.fromEntries(
      [...Map.groupBy(parts, ({ type }) => type)].map(([type, of]) => [`resources.${type}`, of.length]),
    )
    await onward(unit.transaction, held, { parts, figures })
  })
}

type Unit = Parameters<Parameters<ReturnType<ErasureKernel['identity']['recordsFor']>['commit']>[0]>[0]

/** A step on the record, decided and audited as the platform's own act. */
async function committing(
  { identity }: ErasureKernel,
  { phase, place, ...key }: Erasure,
  work: (unit: Unit, held: Erasure) => Promise<void>,
): Promise<void> {
  await identity.recordsFor(eraserActor(identity, key)).commit(async (unit) => {
    const held = await lockErasure(unit.transaction, key)
    if (held?.state === 'running' && held.phase === phase && held.place === place) await work(unit, held)
  })
}

export function eraserActor(identity: ErasureKernel['identity'], { tenant }: ErasureKey): Actor {
  return identity.systemActor('erasure', tenant)
}

type Came = {
  readonly parts: readonly { readonly type: Parameters<typeof placeOf>[0]['type']; readonly id: string }[]
  readonly figures: Record<string, number>
}

async function onward(to: Transaction, held: Erasure, { parts, figures }: Came): Promise<void> {
  const last = parts.at(-1)
  const isLast = parts.length < partsAtOnce || !last
  await move(
    to,
    held,
    isLast
      ? after(held, figures)
      : { phase: held.phase, place: placeOf(last), figures: added(held.figures, figures) },
  )
}

async function forget({ records, ...kernel }: ErasureKernel, to: Transaction, held: Erasure): Promise<void> {
  const { tenant } = held
  const parts = await partsAfter(to, held, { fate: 'erase', limit: partsAtOnce })
  const { versions, words } = await records.erasing.erase(to, tenant, parts)
  const person = await personOf({ records, ...kernel }, held)
  const isLast = parts.length < partsAtOnce
  const rewritten = isLast && !person.isKept ? await records.erasing.unname(to, person) : 0
  await onward(to, held, { parts, figures: { versions, words, rewritten } })
}

async function eraseObjects(kernel: ErasureKernel, erasure: Erasure): Promise<void> {
  const names = await objectsLeft(kernel.database, erasure, objectsAtOnce)
  for (const name of names) await kernel.objects.erase(name as ObjectHash)
  const { tenant, id } = erasure
  await within(kernel, erasure, async (to, held) => {
    await to.query(sql`
      delete from privacy.erasure_object
      where tenant = ${tenant} and erasure = ${id} and name = any (${names}::text[])`)
    const figures = { objects: names.length }
    const isLast = names.length < objectsAtOnce
    await move(
      to,
      held,
      isLast ? after(held, figures) : { phase: held.phase, figures: added(held.figures, figures) },
    )
  })
}

async function clean(kernel: ErasureKernel, erasure: Erasure): Promise<void> {
  await cleanTables(kernel)
  await within(kernel, erasure, (to, held) => move(to, held, after(held, {})))
}

/** What came in between is erased in another round; then every table is searched for his numbers. */
async function verify(kernel: ErasureKernel, erasure: Erasure): Promise<void> {
  const { database, records } = kernel
  const person = await personOf(kernel, erasure)
  const { parts } = await records.erasing.parts(person)
  const isNew = !person.isKept && parts.some(({ belonging }) => belonging === 'own')
  if (isNew && (erasure.figures.rounds ?? 0) < mostRounds)
    return within(kernel, erasure, (to, held) => move(to, held, { phase: 'plan' }))
  const { tables, leftovers } = await leftoversOf(database, person)
  const figures = {
    'verified.tables': tables,
    ...Object.fromEntries(leftovers.map(({ table, rows }) => [`left.${table}`, rows])),
  }
  return within(kernel, erasure, (to, held) => move(to, held, after(held, figures)))
}
