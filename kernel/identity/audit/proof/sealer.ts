/**
 * Sealing: about each second what was written since is chained and its head kept. One process at a time, behind the
 * transactions that are still open, so that no entry is passed over; the request that left the entry waits for nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { addMonths } from '../months/months.ts'
import { headOf, packEntries } from './chain.ts'
import { entryTexts, firstPlace, type HashAlgorithm, type Place } from './entry-text.ts'
import { signHead } from './heads.ts'

/** About 70 ms of work: other writes of this process wait no longer. */
const entriesPerSeal = 2_000
const everyMs = 1_000
const monthsEachMs = 6 * 3_600_000
/** "trail" in ASCII: the lock of whoever seals. */
const sealingLock = 0x7472_6169n

export type SealerParts = {
  readonly database: Database
  readonly keys: Keys
  readonly runtime: Runtime
  readonly algorithm: HashAlgorithm
}

export interface Sealer {
  /** Seals what no open transaction can add to any more; answers how many entries. Zero where another process is at it. */
  seal(): Promise<number>
  stop(): Promise<void>
}

/** Seals when it is asked to. */
export function createSealer(parts: SealerParts): Pick<Sealer, 'seal'> {
  return {
    async seal() {
      let sealed = 0
      for (;;) {
        const count = await parts.database.transaction((transaction) => sealBatch(parts, transaction))
        sealed += count
        if (count < entriesPerSeal) break
      }
      await signHead(parts)
      return sealed
    },
  }
}

/** Seals each second until it is stopped; a failure is logged and tried again. */
export function startSealer(parts: SealerParts): Sealer {
  const { seal } = createSealer(parts)
  const stopping = new AbortController()
  let monthsAddedMs = Number.NEGATIVE_INFINITY
  const round = async () => {
    if (performance.now() - monthsAddedMs > monthsEachMs) {
      await addMonths(parts)
      monthsAddedMs = performance.now()
    }
    await seal()
  }
  const work = async () => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) =>
        parts.runtime.log.error('audit entries wait for their seal', {
          error: error instanceof Error ? error.message : typeof error,
        }),
      )
      // The pause ends so when the platform stops.
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const working = work()
  return {
    seal,
    async stop() {
      stopping.abort()
      await working
    },
  }
}

type LastSeal = Place & { readonly number: string; readonly head: Buffer }

async function sealBatch({ runtime, algorithm }: SealerParts, transaction: Transaction): Promise<number> {
  const [turn] = await transaction.query(
    sql<{ isOurs: boolean }>`select pg_try_advisory_xact_lock(${sealingLock.toString()}::bigint) as "isOurs"`,
  )
  if (!turn?.isOurs) return 0
  const last = await lastSeal(transaction)
  const texts = await entryTexts(transaction, { after: last ?? firstPlace, limit: entriesPerSeal })
  const end = texts.at(-1)
  if (!end) return 0
  const at = runtime.now()
  const number = (BigInt(last?.number ?? 0) + 1n).toString()
  const previous = last?.head ?? Buffer.alloc(0)
  const entries = packEntries(algorithm, texts)
  const head = headOf({ number, atUs: microseconds(at), algorithm, previous, entries })
  await transaction.query(sql`
    insert into trail.seal (number, at, algorithm, previous, head, entries, last_xid, last_id)
    values (${number}::bigint, ${at}::timestamptz, ${algorithm}, ${previous}, ${head}, ${entries},
      ${end.xid}::xid8, ${end.id}::bigint)`)
  return texts.length
}

async function lastSeal(transaction: Transaction): Promise<LastSeal | undefined> {
  const [last] = await transaction.query(sql<LastSeal>`
    select number::text, head, last_xid::text as xid, last_id::text as id
    from trail.seal
    order by trail.seal.number desc
    limit 1`)
  return last
}

/** The clock of the platform counts milliseconds. */
function microseconds(at: string): string {
  return (BigInt(Date.parse(at)) * 1000n).toString()
}
