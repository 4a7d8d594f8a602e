/** Numbers of badges as keyed digests: they are short and printed on every badge, so a plain digest would tell them. */
import { createHmac } from 'node:crypto'
import { sql } from '@xinglin/database'
import { invalid, unsupported } from '@xinglin/fhir'
import { newSecret } from '../secrets.ts'
import type { BadgeParts } from './parts.ts'

const binding = { purpose: 'staff.badge', context: 'pepper' } as const

/** HMAC-SHA256 (RFC 2104) under a key that lies sealed in the database. */
export type HashNumber = (tenant: number, number: string) => Promise<Buffer>

export function createHashNumber({ database, keys }: Pick<BadgeParts, 'database' | 'keys'>): HashNumber {
  let held: Buffer | undefined
  const load = async () => {
    if (!keys) throw unsupported('badges need the keys of the installation', { code: 'badge.no-keys' })
    const made = await keys.sealText(newSecret(), binding)
    await database.query(sql`
      insert into staff.pepper (id, sealed) values (1, ${made}) on conflict do nothing`)
    const [row] = await database.query(sql<{ sealed: string }>`select sealed from staff.pepper`)
    return Buffer.from(await keys.openText(row?.sealed ?? '', binding))
  }
  return async (tenant, number) => {
    held ??= await load()
    return createHmac('sha256', held).update(`${tenant} ${number}`).digest()
  }
}

/** As readers type it: letters and digits, in capitals. Throws `invalid` (`badge.number`). */
export function readNumber(given: string): string {
  const number = given.trim().toUpperCase()
  if (/^[A-Z0-9][A-Z0-9:-]{3,63}$/.test(number)) return number
  throw invalid('the number of a badge has 4 to 64 letters, digits, colons or hyphens', {
    code: 'badge.number',
    at: 'number',
  })
}

/** Throws `invalid` (`badge.weak-pin`) for one that is guessed within five tries. */
export function refuseWeakPin(pin: string, number: string): void {
  if (/^\d{6,12}$/.test(pin) && !isRun(pin) && !number.includes(pin)) return
  throw invalid('a PIN has 6 to 12 digits, no row such as 123456 or 111111, and none of the badge itself', {
    code: 'badge.weak-pin',
    at: 'pin',
  })
}

/** Every digit follows the one before by the same step: 111111, 123456, 987654, 135791. */
function isRun(pin: string): boolean {
  const digits = [...pin].map(Number)
  const steps = digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10)
  return new Set(steps).size === 1
}
