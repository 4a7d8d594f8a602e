/**
 * Rotations step by step, each step one transaction that notes how far it came, so that a killed process loses a batch at
 * most. An old version is retired only after every process and every transaction that could seal by it is past, and a count
 * of all places found nothing under it.
 */
import { type Database, type Queryable, sql, type Transaction } from '@xinglin/database'
import { conflict, notFound } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { HierarchyOptions } from '../hierarchy.ts'
import { allKeys, type KeyRow, newestKey, retireKeys, type Table } from '../key-rows.ts'
import type { Keys } from '../keys.ts'
import {
  hasSettled,
  insertRotation,
  listRotations,
  moveRotation,
  type RotationRow,
  takeRotation,
} from './rotation-rows.ts'
import type { AskedRotation, Rotations } from './rotations.ts'
import { countByKey, nameOfPlace, putAnew, type SealedPlace, sealedBefore } from './sealed-place.ts'

/** Values of one transaction: some 50 ms, for which their writers wait at most. */
const batchValues = 500
/** Keys of one transaction of wrapping. */
const batchKeys = 200

export type RotationParts = HierarchyOptions & {
  readonly database: Database
  readonly runtime: Runtime
  readonly seals: Pick<Keys, 'seal' | 'open' | 'sealText' | 'openText'>
  /** A version after `after`, where there is none yet. */
  readonly makeVersionAfter: (table: Table, purpose: string, after: number) => Promise<void>
  readonly makeKeyEncryptionKey: () => Promise<void>
  readonly rewrap: (limit: number) => Promise<number>
  /** How long a process may go on sealing by the version that it knows, in ms. */
  readonly settleMs: number
}

export function createRotations(parts: RotationParts): Rotations {
  const { database, runtime } = parts
  const places = new Map<string, SealedPlace>()
  const placesOf = (purpose: string) => [...places.values()].filter((place) => place.purpose === purpose)
  const judge = async (from: Queryable, asked: AskedRotation) => {
    const versions = await versionsOf(from, parts, asked)
    if (asked.act === 'retire') await refuseRetiring(from, parts, { ...asked, placesOf })
    if (asked.act === 'rotate' && versions.dataVersion !== null && placesOf(asked.purpose).length === 0)
      throw noPlaces(asked.purpose)
    return versions
  }
  return {
    declare: (place) => void places.set(`${place.purpose} ${nameOfPlace(place)}`, place),
    placesOf: (purpose) => placesOf(purpose).map(nameOfPlace),
    async count(from, purpose) {
      const counted = await Promise.all(
        placesOf(purpose).map(async (place) => {
          const byKey = await countByKey(from, place)
          return [
            nameOfPlace(place),
            Object.fromEntries([...byKey].map(([key, n]) => [`d${key}`, n])),
          ] as const
        }),
      )
      return Object.fromEntries(counted)
    },
    refuse: async (from, asked) => void (await judge(from, asked)),
    async ask(transaction, asked) {
      const versions = await judge(transaction, asked)
      const state = asked.act === 'retire' ? ('settling' as const) : ('making' as const)
      const id = await insertRotation(transaction, {
        ...{ ...asked, ...versions, state },
        places: placesOf(asked.purpose).map(nameOfPlace),
      })
      if (id === undefined)
        throw conflict('another change of these keys is still going on; wait for its end', {
          code: 'keys.rotation-goes-on',
        })
      return id
    },
    step: (id) =>
      database.transaction(async (transaction) => {
        const row = await takeRotation(transaction, id)
        if (!row) return 'ended'
        const known = placesOf(row.purpose)
        if (row.places.some((name) => !known.some((place) => nameOfPlace(place) === name)))
          throw noPlaces(row.purpose)
        return stepOf({ ...parts, places: known }, transaction, row)
      }),
    list: (from) => listRotations(from, runtime.timeZone),
  }
}

type Needs = RotationParts & { readonly places: readonly SealedPlace[] }
type Stepped = Awaited<ReturnType<Rotations['step']>>

async function stepOf(needs: Needs, transaction: Transaction, row: RotationRow): Promise<Stepped> {
  if (row.act === 'wrap') return wrapStep(needs, transaction, row)
  switch (row.state) {
    case 'making':
      return make(needs, transaction, row)
    case 'sealing':
      return sealBatch(needs, transaction, row)
    case 'settling':
      if (!(await hasSettled(transaction, row.id, needs.settleMs))) return 'wait'
      await moveRotation(transaction, row.id, { state: 'counting' })
      return 'more'
    case 'counting':
      return row.act === 'retire' ? retire(needs, transaction, row) : count(needs, transaction, row)
    case 'done':
    case 'kept':
      return 'ended'
  }
}

/** The key is made outside this transaction; where it was made before a kill it is not made again. */
async function make(needs: Needs, transaction: Transaction, row: RotationRow): Promise<Stepped> {
  const { purpose, dataVersion, signingVersion } = row
  if (dataVersion !== null) await needs.makeVersionAfter('data_key', purpose, dataVersion)
  if (signingVersion !== null) await needs.makeVersionAfter('signing_key', purpose, signingVersion)
  const remains = await remainsOf(needs, transaction, purpose)
  await moveRotation(transaction, row.id, { state: 'sealing', due: sumOf(remains), remains })
  return 'more'
}

async function sealBatch(needs: Needs, transaction: Transaction, row: RotationRow): Promise<Stepped> {
  const { places, suite } = needs
  const at = row.place === null ? 0 : places.findIndex((place) => nameOfPlace(place) === row.place)
  const place = places[at]
  const newest = await newestKey(transaction, 'data_key', { purpose: row.purpose, suite })
  if (!place || !newest) {
    await moveRotation(transaction, row.id, { state: 'settling' })
    return 'more'
  }
  const found = await sealedBefore(transaction, place, {
    ...{ newest: newest.id, after: row.after, limit: batchValues },
  })
  const changed = await Promise.all(
    found.map(async ({ row: at, sealed, binding }) => ({
      row: at,
      sealed,
      anew: await sealedAnew(needs, sealed, binding),
    })),
  )
  if (changed.length > 0) await putAnew(transaction, place, changed)
  const isLast = found.length < batchValues
  const next = places[at + 1]
  await moveRotation(transaction, row.id, {
    state: isLast && !next ? 'settling' : 'sealing',
    place: isLast ? next && nameOfPlace(next) : nameOfPlace(place),
    after: isLast ? undefined : found.at(-1)?.row,
    moved: changed.length,
  })
  return 'more'
}

async function sealedAnew(
  { seals }: Needs,
  sealed: Buffer | string,
  binding: Parameters<Keys['seal']>[1],
): Promise<Buffer | string> {
  if (typeof sealed === 'string') return seals.sealText(await seals.openText(sealed, binding), binding)
  return Buffer.from(await seals.seal(await seals.open(sealed, binding), binding))
}

/** What was sealed by an old version while the pass went on is gone through again. */
async function count(needs: Needs, transaction: Transaction, row: RotationRow): Promise<Stepped> {
  const remains = await remainsOf(needs, transaction, row.purpose)
  const left = sumOf(remains)
  if (left > 0) {
    await moveRotation(transaction, row.id, { state: 'sealing', due: left, remains })
    return 'more'
  }
  await moveRotation(transaction, row.id, { state: 'done', remains, ended: needs.runtime.now() })
  return 'ended'
}

async function retire(needs: Needs, transaction: Transaction, row: RotationRow): Promise<Stepped> {
  const { purpose } = row
  const { suite, runtime } = needs
  const remains = await remainsOf(needs, transaction, purpose)
  const ended = runtime.now()
  if (sumOf(remains) > 0) {
    await moveRotation(transaction, row.id, { state: 'kept', remains, ended })
    return 'ended'
  }
  let moved = 0
  for (const table of ['data_key', 'signing_key'] as const) {
    const newest = await newestKey(transaction, table, { purpose, suite })
    if (newest) moved += await retireKeys(transaction, table, { purpose, newest: newest.id, at: ended })
  }
  await moveRotation(transaction, row.id, { state: 'done', remains, moved, due: moved, ended })
  return 'ended'
}

/** A new key-encryption key, then all keys below it in batches; the old one goes with the last. */
async function wrapStep(needs: Needs, transaction: Transaction, row: RotationRow): Promise<Stepped> {
  if (row.state === 'making') {
    const [keys] = await transaction.query(sql<{ due: number }>`
      select (select count(*) from keys.data_key where retired is null)::int
        + (select count(*) from keys.signing_key where retired is null)::int as due`)
    // Made again after a kill it is one more, which the next batch drops.
    await needs.makeKeyEncryptionKey()
    await moveRotation(transaction, row.id, { state: 'sealing', due: keys?.due ?? 0 })
    return 'more'
  }
  const moved = await needs.rewrap(batchKeys)
  const isDone = moved === 0
  const ended = needs.runtime.now()
  await moveRotation(transaction, row.id, {
    state: isDone ? 'done' : 'sealing',
    moved,
    ...(isDone ? { ended } : {}),
  })
  return isDone ? 'ended' : 'more'
}

/** By place what lies under other keys than the newest of the suite that is set. */
async function remainsOf({ places, suite }: Needs, from: Queryable, purpose: string) {
  const newest = await newestKey(from, 'data_key', { purpose, suite })
  const remains: Record<string, number> = {}
  for (const place of places) {
    const byKey = await countByKey(from, place)
    const left = [...byKey].reduce((sum, [key, n]) => (key === newest?.id ? sum : sum + n), 0)
    if (left > 0) remains[nameOfPlace(place)] = left
  }
  return remains
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0)
}

async function versionsOf(from: Queryable, { suite }: RotationParts, { act, purpose }: AskedRotation) {
  if (act === 'wrap') return { dataVersion: null, signingVersion: null }
  const [data, signing] = await Promise.all(
    (['data_key', 'signing_key'] as const).map(async (table) => {
      const newest = await newestKey(from, table, { purpose, suite })
      // In the other suite alone: the first of this suite is version 1.
      const isKnown = newest ?? (await allKeys(from, table)).find((row) => row.purpose === purpose)
      return newest?.version ?? (isKnown ? 0 : null)
    }),
  )
  if (data === null && signing === null)
    throw notFound('no key has this purpose', { code: 'keys.no-purpose', at: 'purpose' })
  return { dataVersion: data ?? null, signingVersion: signing ?? null }
}

async function refuseRetiring(
  from: Queryable,
  { suite }: RotationParts,
  { purpose, placesOf }: { purpose: string; placesOf: (purpose: string) => readonly SealedPlace[] },
): Promise<void> {
  const isOld = (row: KeyRow, newest: KeyRow | undefined) =>
    row.purpose === purpose && row.retired === null && newest !== undefined && row.id !== newest.id
  const old = await Promise.all(
    (['data_key', 'signing_key'] as const).map(async (table) => {
      const newest = await newestKey(from, table, { purpose, suite })
      return (await allKeys(from, table)).filter((row) => isOld(row, newest)).length
    }),
  )
  const [data = 0, signing = 0] = old
  if (data + signing === 0)
    throw conflict('these keys have no older version that could be retired; rotate them first', {
      code: 'keys.nothing-to-retire',
    })
  if (data > 0 && placesOf(purpose).length === 0) throw noPlaces(purpose)
}

function noPlaces(purpose: string) {
  return conflict(
    `nothing says where values of ${purpose} lie, so nobody can tell whether an old key is needed`,
    {
      code: 'keys.no-places',
    },
  )
}
