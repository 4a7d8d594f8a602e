/** Codes of six digits by text message: hashed, for five minutes and five tries, limited by phone, by address and in all. */
import { randomInt } from 'node:crypto'
import { type Database, type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { busy, epochMs, type Instant, instantOf, unauthenticated, unsupported } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { digest, isSameDigest, newSecret } from '../secrets.ts'
import type { IdentitySettings } from '../settings.ts'
import type { CodePurpose, ShownCode, TextDoor } from './patients.ts'
import { type Digests, demandKeys } from './pepper.ts'

const lifeMs = 5 * 60_000
/** Of a million codes: five tries at one in 200,000. */
const mostTries = 5
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** A person who waits asks again once or twice; more is somebody who annoys the owner of the phone. */
const ofPhone = { minute: 1, hour: 5, day: 10 } as const
/** A family, or a waiting room behind one address. */
const ofAddressInHour = 60

export type CodeParts = {
  readonly database: Database
  readonly runtime: Runtime
  readonly keys: Keys | undefined
  readonly digests: Digests
  readonly settings: Required<IdentitySettings>
  readonly door: () => TextDoor | undefined
}

export type KnownPhone = { readonly tenant: TenantId; readonly phone: string; readonly hash: Buffer }

/** Sends a code to a phone; the challenge names it when it is typed. */
export async function sendCode(
  parts: CodeParts,
  {
    tenant,
    phone,
    purpose,
    address,
  }: { tenant: TenantId; phone: string; purpose: CodePurpose; address?: string | undefined },
): Promise<{ readonly challenge: string; readonly ends: Instant }> {
  const { database, runtime, digests } = parts
  const door = parts.door()
  if (!door)
    throw unsupported('this hospital sends no text messages yet: ask at a desk', {
      code: 'patients.no-texts',
    })
  const keys = demandKeys(parts.keys)
  const hash = await digests.of('phone', phone)
  const challenge = newSecret()
  const idHash = digest(challenge)
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const codeHash = await codeHashOf(digests, idHash, code)
  const sealed = await keys.sealText(phone, phoneBinding(idHash))
  const at = runtime.now()
  const ends = instantOf(epochMs(at) + lifeMs, runtime.timeZone)
  await database.transaction(async (transaction) => {
    await refuseTooMany(parts, transaction, { hash, address, at })
    await transaction.query(sql`
      insert into patients.code (id_hash, tenant, purpose, phone_hash, phone_sealed, code_hash, address, created, ends)
      values (${idHash}, ${tenant}, ${purpose}, ${hash}, ${sealed}, ${codeHash}, ${address}, ${at}::timestamptz,
        ${ends}::timestamptz)`)
    await door.sendText(transaction, { tenant, phone, words: wordsOf(code), ends })
  })
  return { challenge, ends }
}

function wordsOf(code: string): string {
  const minutes = lifeMs / minuteMs
  return `【杏林】验证码 ${code}，${minutes} 分钟内有效。请勿告诉任何人。 Code ${code}, valid ${minutes} minutes. Tell it to nobody.`
}

function phoneBinding(idHash: Buffer) {
  return { purpose: 'patients.phone', context: `code/${idHash.toString('base64url')}` }
}

function codeHashOf(digests: Digests, idHash: Buffer, code: string): Promise<Buffer> {
  return digests.of('code', `${idHash.toString('base64url')} ${code}`)
}

type Counts = {
  readonly minute: number
  readonly hour: number
  readonly day: number
  readonly address: number
  readonly house: number
  readonly everything: number
}

/** Requests for one phone wait for one another, so that many at once do not pass together. */
async function refuseTooMany(
  { runtime, settings }: CodeParts,
  transaction: Transaction,
  { hash, address, at }: { hash: Buffer; address: string | undefined; at: Instant },
): Promise<void> {
  const before = (ms: number) => instantOf(epochMs(at) - ms, runtime.timeZone)
  await transaction.query(sql`select pg_advisory_xact_lock(hashtextextended('patients.code', 0))`)
  await transaction.query(sql`delete from patients.code where created < ${before(dayMs)}::timestamptz`)
  const [counts] = await transaction.query(sql<Omit<Counts, 'everything'>>`
    select
      (select count(*)::int from patients.code
        where phone_hash = ${hash} and created > ${before(minuteMs)}::timestamptz) as minute,
      (select count(*)::int from patients.code
        where phone_hash = ${hash} and created > ${before(hourMs)}::timestamptz) as hour,
      (select count(*)::int from patients.code where phone_hash = ${hash}) as day,
      (select count(*)::int from patients.code
        where address = ${address} and created > ${before(hourMs)}::timestamptz) as address,
      (select count(*)::int from patients.code where created > ${before(hourMs)}::timestamptz) as house`)
  if (!counts) return
  const isPhone = counts.minute >= ofPhone.minute || counts.hour >= ofPhone.hour || counts.day >= ofPhone.day
  if (isPhone || counts.address >= ofAddressInHour || counts.house >= settings.codesPerHour)
    throw busy('too many codes were asked for: wait a minute, or some hours where this comes again', {
      code: 'patients.too-many-codes',
    })
}

export type CheckedCode = KnownPhone & { use(transaction: Queryable): Promise<void> }

/** The phone whose owner shows the code; each look counts as a try before it is compared, also of guesses in parallel. */
export async function checkCode(
  { database, runtime, digests, keys }: CodeParts,
  shown: ShownCode,
  purpose: CodePurpose,
): Promise<CheckedCode> {
  const idHash = digest(shown.challenge)
  const at = runtime.now()
  const [row] = await database.query(sql<{
    tenant: TenantId
    phone_hash: Buffer
    phone_sealed: string
    code_hash: Buffer
  }>`
    update patients.code
    set tries = tries + 1
    where id_hash = ${idHash} and purpose = ${purpose} and used is null and tries < ${mostTries}
      and ends > ${at}::timestamptz
    returning tenant, phone_hash, phone_sealed, code_hash`)
  const given = await codeHashOf(digests, idHash, shown.code)
  if (!row || !isSameDigest(row.code_hash, given)) throw wrongCode()
  const phone = await demandKeys(keys).openText(row.phone_sealed, phoneBinding(idHash))
  return {
    ...{ tenant: row.tenant, phone, hash: row.phone_hash },
    async use(transaction) {
      const used = await transaction.query(sql`
        update patients.code
        set used = ${at}::timestamptz
        where id_hash = ${idHash} and used is null
        returning used`)
      if (used.length === 0) throw wrongCode()
    },
  }
}

function wrongCode() {
  return unauthenticated('the code is wrong, was used or is too old: ask for a new one', {
    code: 'patients.wrong-code',
  })
}
