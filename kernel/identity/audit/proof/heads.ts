/** Signed heads: whoever rewrites entries and seals alike lacks the key that the master key outside the database unwraps. */
import { type Database, type Queryable, sql } from '@xinglin/database'
import { fault, type Instant, instantOf } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'

/** One a day is for keeping outside; one an hour leaves a shorter time in which seals could be made anew. */
const signedEachMs = 3_600_000

export const headPurpose = 'audit.head'

/** A signed head as it is kept outside: everything that proves it but the trail itself. */
export type SignedHead = {
  /** Number of the seal. */
  readonly seal: string
  readonly at: Instant
  /** Hexadecimal. */
  readonly head: string
  readonly signature: { readonly key: string; readonly algorithm: string; readonly value: string }
  /** SubjectPublicKeyInfo in PEM, for the openssl command. */
  readonly publicKey?: string
}

type Parts = { readonly database: Database; readonly keys: Keys; readonly runtime: Runtime }

/** Signs the newest head where the last signed one is an hour old; `now` signs it in any case. */
export async function signHead({ database, keys, runtime }: Parts, now = false): Promise<void> {
  const [newest] = await database.query(sql<{ seal: string; head: Buffer; isDue: boolean }>`
    select seal.number::text as seal, seal.head,
      seal.at >= coalesce(signed.at + make_interval(secs => ${signedEachMs / 1000}::float8), '-infinity')
        as "isDue"
    from (select number, head, at from trail.seal order by number desc limit 1) as seal
    left join lateral (select seal, at from trail.head order by seal desc limit 1) as signed on true
    where signed.seal is distinct from seal.number`)
  if (!newest || !(newest.isDue || now)) return
  const at = runtime.now()
  const signature = await keys.sign(
    signedBytes({ ...newest, at, head: newest.head.toString('hex') }),
    headPurpose,
  )
  await database.query(sql`
    insert into trail.head (seal, at, head, signing_key, algorithm, signature)
    values (${newest.seal}::bigint, ${at}::timestamptz, ${newest.head},
      ${signature.key}, ${signature.algorithm}, ${signature.value})
    on conflict (seal) do nothing`)
}

/** What is signed: the seal's number, the time in milliseconds since 1970 and the head, in words. */
export function signedBytes({ seal, at, head }: Pick<SignedHead, 'seal' | 'at' | 'head'>): Buffer {
  return Buffer.from(`xinglin audit head ${seal} ${Date.parse(at)} ${head}`)
}

type Row = {
  readonly seal: string
  readonly at: string
  readonly head: Buffer
  readonly key: string
  readonly algorithm: string
  readonly value: string
}

/** All signed heads, oldest first. */
export async function signedHeads(from: Queryable, timeZone: string): Promise<readonly SignedHead[]> {
  const rows = await from.query(sql<Row>`
    select seal::text, at, head, signing_key as key, algorithm, signature as value
    from trail.head
    order by trail.head.seal`)
  return rows.map(({ seal, at, head, ...signature }) => ({
    seal,
    at: instantOf(Date.parse(at), timeZone),
    head: head.toString('hex'),
    signature,
  }))
}

/** Signs the newest head now and answers it with its public key, for keeping outside. Throws `fault` where nothing is sealed. */
export async function headToKeep(parts: Parts): Promise<SignedHead> {
  await signHead(parts, true)
  const newest = (await signedHeads(parts.database, parts.runtime.timeZone)).at(-1)
  if (!newest) throw fault('no audit entry is sealed yet', { code: 'identity.audit-unsealed' })
  const key = await parts.keys.signingKey(newest.signature.key)
  return { ...newest, ...(key ? { publicKey: key.publicKey } : {}) }
}
