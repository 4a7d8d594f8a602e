/** Months that were dropped by rule: their entries are gone, the signed record of it stays. */
import { sql } from '@xinglin/database'
import type { Keys } from '@xinglin/keys'
import type { RawFinding } from './findings.ts'
import type { VerifierParts } from './verify.ts'

export const droppedPurpose = 'audit.dropped-month'

/** What is signed of a dropped month. */
export type DroppedMonth = {
  /** `2026-03`, of UTC. */
  readonly month: string
  readonly at: string
  readonly actor: string
  readonly reason: string
  readonly entries: string
  /** Hexadecimal. */
  readonly digest: string
}

export function droppedBytes({ month, at, actor, reason, entries, digest }: DroppedMonth): Buffer {
  return Buffer.from(
    JSON.stringify(['xinglin audit month', month, Date.parse(at), actor, reason, entries, digest]),
  )
}

type Row = Omit<DroppedMonth, 'digest'> & {
  readonly digest: Buffer
  readonly key: string
  readonly algorithm: 'ECDSA-P256-SHA256' | 'SM2-SM3'
  readonly value: string
}

/** The months whose record is signed by this installation; one with another signature excuses nothing. */
export async function readDroppedMonths({ from, keys }: Pick<VerifierParts, 'from' | 'keys'>): Promise<{
  readonly months: readonly string[]
  readonly findings: readonly RawFinding[]
}> {
  const rows = await from.query(sql<Row>`
    select to_char(month, 'YYYY-MM') as month, at, actor, reason, entries::text, digest,
      signing_key as key, algorithm, signature as value
    from trail.dropped_month
    order by trail.dropped_month.month`)
  const months: string[] = []
  const findings: RawFinding[] = []
  for (const row of rows) {
    if (await isSigned(keys, row)) months.push(row.month)
    else
      findings.push({
        kind: 'head',
        seal: '',
        what: `the record of the dropped month ${row.month} is not signed`,
      })
  }
  return { months, findings }
}

function isSigned(keys: Keys, { key, algorithm, value, digest, ...dropped }: Row): Promise<boolean> {
  const bytes = droppedBytes({ ...dropped, digest: digest.toString('hex') })
  return keys.verify(bytes, { key, algorithm, value }, droppedPurpose)
}

/** `2026-03`, of UTC, for a time in microseconds since 1970. */
export function monthOf(atUs: string): string {
  return new Date(Number(BigInt(atUs) / 1000n)).toISOString().slice(0, 7)
}
