/**
 * Verifying the trail: every entry against its seal, every seal against the one before, every signed head against its key.
 * It reads tables alone and changes nothing. It cannot tell that an entry was changed before its seal, within a second.
 */
import { type Queryable, sql } from '@xinglin/database'
import { type Instant, instantOf } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import { headOf, type SealedEntry, unpackEntries } from './chain.ts'
import { monthOf, readDroppedMonths } from './dropped-months.ts'
import { digestOf, entryTexts, firstPlace, type HashAlgorithm, type Place } from './entry-text.ts'
import { type Finding, joinMoved, type RawFinding } from './findings.ts'
import { headPurpose, type SignedHead, signedBytes, signedHeads } from './heads.ts'

/** An entry stands at most so long before its seal: clocks of processes differ, and long transactions end late. */
const latestUs = 600n * 1_000_000n
/** Of a working sealer nothing waits longer. */
const sealedWithinMs = 60_000
const sealsAtOnce = 50

export type VerifyOptions = {
  /** Only seals of this time; the chain is joined to the seal before it. */
  readonly from?: Instant
  readonly until?: Instant
  /** A head that was kept outside. */
  readonly head?: SignedHead
}

export type Verification = {
  readonly seals: number
  readonly entries: number
  readonly heads: number
  /** Entries of months that were dropped by rule. */
  readonly dropped: number
  /** Written since the last seal. */
  readonly unsealed: number
  /** The newest head, hexadecimal. */
  readonly head?: string
  readonly findings: readonly Finding[]
}

export type VerifierParts = {
  readonly from: Queryable
  readonly keys: Keys
  readonly now: Instant
  readonly timeZone: string
}

/** How far a verification has come; plain data, so that another process goes on with it. */
export type Walk = {
  readonly options: VerifyOptions
  /** Months that were dropped by rule. */
  readonly months: readonly string[]
  /** Number of the last seal that was verified. */
  last?: string
  seals: number
  entries: number
  dropped: number
  readonly findings: RawFinding[]
}

/** What was changed, taken, added or moved since it was sealed; no findings where nothing was. */
export async function verifyTrail(parts: VerifierParts, options: VerifyOptions = {}): Promise<Verification> {
  const walk = await beginWalk(parts, options)
  while (await verifyMore(parts, walk));
  return endWalk(parts, walk)
}

/** The beginning of a verification: at the seal before `from`, with the months that were dropped by rule. */
export async function beginWalk(parts: VerifierParts, options: VerifyOptions = {}): Promise<Walk> {
  const { months, findings } = await readDroppedMonths(parts)
  const before = await sealBefore(parts.from, options.from)
  return {
    ...{ options, months, seals: 0, entries: 0, dropped: 0, findings: [...findings] },
    ...(before ? { last: before } : {}),
  }
}

/** Verifies the next seals. Rule 13: it moves the walk on. Answers whether there are more. */
export async function verifyMore(parts: VerifierParts, walk: Walk): Promise<boolean> {
  let before = await sealNumbered(parts.from, walk.last)
  const seals = await nextSeals(parts.from, walk.last ?? '0', walk.options.until)
  for (const seal of seals) {
    walk.findings.push(...brokenSeal(seal, before))
    await verifyBatch(parts, { seal, before, walk })
    walk.seals += 1
    walk.last = seal.number
    before = seal
  }
  return seals.length === sealsAtOnce
}

/** What only the whole shows: signed heads, guards, and what waits for its seal. */
export async function endWalk(parts: VerifierParts, walk: Walk): Promise<Verification> {
  const last = await sealNumbered(parts.from, walk.last)
  const heads = await verifyHeads(parts, walk.options, walk)
  await verifyGuards(parts, walk)
  const unsealed = walk.options.until ? 0 : await verifyUnsealed(parts, last, walk)
  return {
    ...{ seals: walk.seals, entries: walk.entries, dropped: walk.dropped, heads, unsealed },
    ...(last ? { head: last.head.toString('hex') } : {}),
    findings: joinMoved(walk.findings, parts.timeZone),
  }
}

type Tally = Pick<Walk, 'findings'>

type Seal = {
  readonly number: string
  readonly atUs: string
  readonly algorithm: HashAlgorithm
  readonly previous: Buffer
  readonly head: Buffer
  readonly entries: Buffer
} & Place

async function nextSeals(from: Queryable, after: string, until?: Instant): Promise<readonly Seal[]> {
  return from.query(sql<Seal>`
    select number::text, (extract(epoch from at) * 1000000)::bigint::text as "atUs", algorithm, previous, head,
      entries, last_xid::text as xid, last_id::text as id
    from trail.seal
    where number > ${after}::bigint and (${until ?? null}::timestamptz is null or at < ${until ?? null}::timestamptz)
    order by trail.seal.number
    limit ${sealsAtOnce}`)
}

/** Number of the seal before a time. */
async function sealBefore(from: Queryable, instant: Instant | undefined): Promise<string | undefined> {
  if (instant === undefined) return undefined
  const [found] = await from.query(sql<{ number: string }>`
    select number::text from trail.seal where at < ${instant}::timestamptz order by trail.seal.number desc limit 1`)
  return found?.number
}

async function sealNumbered(from: Queryable, number: string | undefined): Promise<Seal | undefined> {
  if (number === undefined) return undefined
  const [seal] = await nextSeals(from, (BigInt(number) - 1n).toString())
  return seal?.number === number ? seal : undefined
}

/** What is wrong with a seal itself and its joint to the one before. */
function brokenSeal(seal: Seal, before: Seal | undefined): readonly RawFinding[] {
  const found: RawFinding[] = []
  const say = (kind: 'seal-changed' | 'seal-missing', what: string) =>
    found.push({ kind, seal: seal.number, atUs: seal.atUs, what })
  const expected = BigInt(before?.number ?? 0) + 1n
  if (BigInt(seal.number) !== expected) say('seal-missing', `seal ${expected} is not there`)
  else if (!seal.previous.equals(before?.head ?? Buffer.alloc(0)))
    say('seal-changed', 'it does not continue the seal before it')
  if (!headOf(seal).equals(seal.head)) say('seal-changed', 'its head is not the head of what it tells of')
  const last = unpackEntries(seal.entries).at(-1)
  if (!last || last.xid !== seal.xid || last.id !== seal.id) say('seal-changed', 'it ends at another entry')
  return found
}

async function verifyBatch(
  { from }: VerifierParts,
  { seal, before, walk }: { readonly seal: Seal; readonly before: Seal | undefined; readonly walk: Walk },
): Promise<void> {
  const sealed = unpackEntries(seal.entries)
  const missing = new Map(sealed.map((entry) => [placeName(entry), entry]))
  const earliestUs = before ? BigInt(before.atUs) - latestUs : undefined
  for (const { atUs, text, ...place } of await entryTexts(from, {
    after: before ?? firstPlace,
    upTo: seal,
  })) {
    const expected = missing.get(placeName(place))
    const digest = digestOf(seal.algorithm, text)
    const fact = { seal: seal.number, place, atUs, found: digest.toString('hex') }
    if (!expected) walk.findings.push({ kind: 'added', ...fact })
    else if (!expected.digest.equals(digest))
      walk.findings.push({ kind: 'changed', ...fact, expected: expected.digest.toString('hex') })
    else if (earliestUs !== undefined && BigInt(atUs) < earliestUs)
      walk.findings.push({ kind: 'added', ...fact, what: 'it bears a time long before it was written' })
    missing.delete(placeName(place))
    walk.entries += 1
  }
  for (const entry of missing.values()) {
    if (walk.months.includes(monthOf(entry.atUs))) walk.dropped += 1
    else walk.findings.push(missingFinding(seal, entry))
  }
}

function missingFinding(seal: Seal, { digest, atUs, xid, id }: SealedEntry): RawFinding {
  return { kind: 'missing', seal: seal.number, place: { xid, id }, atUs, expected: digest.toString('hex') }
}

function placeName({ xid, id }: Place): string {
  return `${xid}/${id}`
}

/** Signatures of all heads, and that each head is the seal's; answers how many there are. */
async function verifyHeads(parts: VerifierParts, { head }: VerifyOptions, tally: Tally): Promise<number> {
  const heads = await signedHeads(parts.from, parts.timeZone)
  for (const signed of head ? [...heads, head] : heads) {
    const what = await wrongHead(parts, signed)
    if (what) tally.findings.push({ kind: 'head', seal: signed.seal, what })
  }
  return heads.length
}

async function wrongHead({ from, keys }: VerifierParts, signed: SignedHead): Promise<string | undefined> {
  const { key, algorithm, value } = signed.signature
  const isKnown = algorithm === 'ECDSA-P256-SHA256' || algorithm === 'SM2-SM3'
  if (!isKnown || !(await keys.verify(signedBytes(signed), { key, algorithm, value }, headPurpose)))
    return 'its signature is not by the key of this installation'
  const [seal] = await from.query(
    sql<{ head: Buffer }>`select head from trail.seal where number = ${signed.seal}::bigint`,
  )
  if (!seal) return 'the seal that was signed is not there: the end of the trail was cut off'
  if (seal.head.toString('hex') !== signed.head) return 'the seal is another than the one that was signed'
  return undefined
}

/** Entries behind the last seal; those that a working sealer would have sealed are a finding. */
async function verifyUnsealed(
  { from, now }: VerifierParts,
  last: Place | undefined,
  tally: Tally,
): Promise<number> {
  const late = instantOf(Date.parse(now) - sealedWithinMs, 'UTC')
  const after = last ?? firstPlace
  const [count] = await from.query(sql<{ all: number; late: number }>`
    select count(*)::integer as all, (count(*) filter (where at < ${late}::timestamptz))::integer as late
    from identity.audit
    where (xid, id) > (${after.xid}::xid8, ${after.id}::bigint)`)
  if (count && count.late > 0)
    tally.findings.push({
      kind: 'unsealed',
      seal: '',
      what: `${count.late} entries wait longer than a minute`,
    })
  return count?.all ?? 0
}

/** Triggers that refuse changes: whoever switched them off meant something. */
async function verifyGuards({ from }: VerifierParts, tally: Tally): Promise<void> {
  const tables = await from.query(sql<{ name: string }>`
    select wanted.name
    from unnest(array['identity.audit', 'trail.seal', 'trail.head', 'trail.dropped_month']) as wanted(name)
    where (
      select count(*)
      from pg_trigger
      where tgrelid = to_regclass(wanted.name) and tgenabled in ('O', 'A') and not tgisinternal
    ) < 2
    or current_setting('session_replication_role') = 'replica'
    order by wanted.name`)
  for (const { name } of tables)
    tally.findings.push({ kind: 'guard', seal: '', what: `${name} has lost what refuses changes` })
}
