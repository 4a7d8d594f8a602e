/**
 * Who a patient is (real-name verification): number of a paper and name against the one Patient of the record who bears both.
 * Every failure answers alike, after the same look: whoever tries numbers learns of nobody that he is a patient here.
 */
import { sql } from '@xinglin/database'
import {
  busy,
  conflict,
  epochMs,
  forbidden,
  type Instant,
  instantOf,
  parseReference,
  type ResourceOf,
} from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import { parseVersion } from '@xinglin/records'
import type { Actor } from '../identity.ts'
import { stateOf } from './accounts.ts'
import { documentKinds, documentNumber, plainName } from './documents.ts'
import { type AccountRow, accountOf, type PatientParts } from './parts.ts'
import type { Papers } from './patients.ts'

const dayMs = 24 * 3_600_000
/** A wrong digit, a second paper, one more; then a desk helps. */
const triesOfAccount = 5
/** The same number by many accounts: somebody tries names. */
const triesOfNumber = 10
/** More than this matches nobody who is known by his papers. */
const mostMatches = 10

/** Binds the account to the Patient whom papers and name match. */
export async function prove(parts: PatientParts, by: Actor, papers: Papers): Promise<void> {
  const account = await accountOf(parts.database, by)
  if (account.patient !== null)
    throw conflict('you have proved who you are already', { code: 'patients.proved' })
  const number = documentNumber(papers.kind, papers.number)
  const numberHash = await parts.digests.of('number', `${papers.kind} ${number}`)
  await countAttempt(parts, account, numberHash)
  const matches = await matchesOf(parts, account, { ...papers, number })
  const [match, ...others] = matches
  const isOpen = match !== undefined && others.length === 0 && !(await isBound(parts, account, match.id))
  if (!isOpen || !match) return refuseMatch(parts, by, { account, papers, numberHash, matches })
  await parts.database.transaction(async (transaction) => {
    await transaction.query(sql`
      update patients.account
      set patient = ${match.id}, document = ${papers.kind}, number_hash = ${numberHash}, name = ${papers.name.trim()},
        name_plain = ${plainName(papers.name)}, proved = ${parts.runtime.now()}::timestamptz
      where id = ${account.id}`)
    parts.audit.write(transaction, by, [
      {
        ...{ action: 'prove-identity', outcome: 'allowed', resourceType: 'Patient', resourceId: match.id },
        ...{ patient: match.id, detail: papers.kind },
      },
    ])
    stateOf(parts, transaction, by, 'account-proved', match.id)
  })
}

/** Looked at and counted together: attempts of one account wait for one another. */
async function countAttempt(
  { database, runtime, audit }: PatientParts,
  account: AccountRow,
  numberHash: Buffer,
): Promise<void> {
  const since = instantOf(epochMs(runtime.now()) - dayMs, runtime.timeZone)
  const isOver = await database.transaction(async (transaction) => {
    await transaction.query(sql`select pg_advisory_xact_lock(hashtextextended('patients.attempt', 0))`)
    const [counts] = await transaction.query(sql<{ account: number; number: number }>`
      select
        (select count(*)::int from patients.attempt
          where account = ${account.id} and at > ${since}::timestamptz) as account,
        (select count(*)::int from patients.attempt
          where tenant = ${account.tenant} and number_hash = ${numberHash} and at > ${since}::timestamptz) as number`)
    if (counts && (counts.account >= triesOfAccount || counts.number >= triesOfNumber)) return true
    await transaction.query(sql`
      insert into patients.attempt (tenant, account, number_hash, at)
      values (${account.tenant}, ${account.id}, ${numberHash}, ${runtime.now()}::timestamptz)`)
    return false
  })
  if (!isOver) return
  audit.note(actorOf(account), { action: 'prove-identity', outcome: 'refused', detail: 'too many attempts' })
  throw busy('too many attempts today: try again tomorrow, or ask at a desk', {
    code: 'patients.too-many-proofs',
  })
}

function actorOf({ id, tenant, phoneEnd }: AccountRow): Actor {
  return {
    ...{ kind: 'patient', id, reference: `patient/${id}`, tenant, roles: [], scopes: [] },
    display: `手机尾号 ${phoneEnd}`,
  }
}

type Match = ResourceOf<'Patient'> & { readonly id: string }

/** Living records with this number under a paper of this kind and this name; merged ones stand behind another. */
async function matchesOf(
  { records }: PatientParts,
  { tenant }: AccountRow,
  { kind, number, name }: Papers,
): Promise<readonly Match[]> {
  const page = await records.search(tenant, 'Patient', [
    ['identifier', number],
    ['_count', String(mostMatches)],
  ])
  return page.matches
    .map((version): Match => ({ ...parseVersion(version, 'Patient'), id: version.id }))
    .filter(
      (patient) =>
        patient.active !== false &&
        !patient.link?.some(({ type }) => type === 'replaced-by') &&
        bears(patient.identifier, kind, number) &&
        isNamed(patient, name),
    )
}

/** A medical record number or a card that happens to have the same digits is no such paper. */
function bears(identifiers: Match['identifier'], kind: Papers['kind'], number: string): boolean {
  const codes: readonly string[] = documentKinds[kind].codes
  return (identifiers ?? []).some(({ value, type }) => {
    if (value?.toUpperCase() !== number) return false
    const typed = type?.coding?.flatMap(({ code }) => code ?? []) ?? []
    // Without a type eighteen digits with the right check digit are an identity number; others say nothing.
    return typed.length === 0 ? kind === 'identity-card' : typed.some((code) => codes.includes(code))
  })
}

function isNamed({ name }: Match, given: string): boolean {
  const wanted = plainName(given)
  return (name ?? []).some(({ text, family, given: first = [] }) => {
    const firsts = first.join('')
    return [text, `${family ?? ''}${firsts}`, `${firsts}${family ?? ''}`].some(
      (written) => written !== undefined && written !== '' && plainName(written) === wanted,
    )
  })
}

async function isBound(
  { database }: PatientParts,
  { tenant }: AccountRow,
  patient: string,
): Promise<boolean> {
  const rows = await database.query(sql`
    select from patients.account
    where tenant = ${tenant} and patient = ${patient} and closed is null`)
  return rows.length > 0
}

type Refusing = {
  readonly account: AccountRow
  readonly papers: Papers
  readonly numberHash: Buffer
  readonly matches: readonly Match[]
}

/** The desk sees those whom the record knows twice, or knows by another account; who asks sees no difference. */
async function refuseMatch(
  { database, runtime, audit }: PatientParts,
  by: Actor,
  { account, papers, numberHash, matches }: Refusing,
): Promise<never> {
  await database.transaction(async (transaction) => {
    if (matches.length > 0)
      await transaction.query(sql`
        insert into patients.desk (id, tenant, account, reason, patients, document, number_hash, at)
        values (${runtime.newId()}, ${account.tenant}, ${account.id}, ${matches.length > 1 ? 'several' : 'bound'},
          ${matches.map(({ id }) => id)}, ${papers.kind}, ${numberHash}, ${runtime.now()}::timestamptz)
        on conflict (account) where settled is null do nothing`)
    const detail = matches.length > 0 ? `${papers.kind}; for the desk` : papers.kind
    audit.write(transaction, by, [{ action: 'prove-identity', outcome: 'refused', detail }])
  })
  throw notConfirmed()
}

function notConfirmed() {
  return conflict(
    'this could not be confirmed here: look at number and name again, or bring the paper to a desk',
    { code: 'patients.not-confirmed' },
  )
}

/** Opens a child's chart to the parent or guardian whom an active RelatedPerson of the child names by his own paper. */
export async function addChild(parts: PatientParts, by: Actor, papers: Papers): Promise<void> {
  const account = await accountOf(parts.database, by)
  if (account.patient === null)
    throw forbidden('first prove who you are yourself', { code: 'patients.not-proved' })
  const number = documentNumber(papers.kind, papers.number)
  const numberHash = await parts.digests.of('number', `${papers.kind} ${number}`)
  await countAttempt(parts, account, numberHash)
  const [child, ...others] = await matchesOf(parts, account, { ...papers, number })
  const found = child && others.length === 0 ? await guardianship(parts, account, child) : undefined
  if (!child || !found) {
    parts.audit.note(by, { action: 'add-child', outcome: 'refused', detail: papers.kind })
    throw notConfirmed()
  }
  await parts.database.transaction(async (transaction) => {
    await transaction.query(sql`
      insert into patients.guardian (id, tenant, account, patient, related_person, since, until)
      values (${parts.runtime.newId()}, ${account.tenant}, ${account.id}, ${child.id}, ${found.relatedPerson},
        ${parts.runtime.now()}::timestamptz, ${found.until}::timestamptz)
      on conflict (account, patient) where ended is null
      do update set related_person = excluded.related_person, until = excluded.until`)
    const about = { resourceType: 'RelatedPerson', resourceId: found.relatedPerson, patient: child.id }
    parts.audit.write(transaction, by, [{ action: 'add-child', outcome: 'allowed', ...about }])
    stateOf(parts, transaction, by, 'child-added', child.id)
  })
}

/** HL7 v3 RoleCode: parents of every kind, and guardians. */
const parents = new Set('PRN MTH FTH NMTH NFTH ADOPTP ADOPTM ADOPTF STPPRN STPMTH STPFTH GUARD'.split(' '))

async function guardianship(
  { records, runtime, settings, digests }: PatientParts,
  account: AccountRow,
  child: Match,
): Promise<{ readonly relatedPerson: string; readonly until: Instant } | undefined> {
  const until = ageReached(child.birthDate, settings.guardianAgeYears, runtime.timeZone)
  if (!until || epochMs(until) <= epochMs(runtime.now())) return undefined
  const page = await records.search(account.tenant, 'RelatedPerson', [
    ['patient', child.id],
    ['active', 'true'],
    ['_count', '20'],
  ])
  for (const version of page.matches) {
    const person: ResourceOf<'RelatedPerson'> = parseVersion(version, 'RelatedPerson')
    const isParent = person.relationship?.some(({ coding }) =>
      coding?.some(({ code }) => code !== undefined && parents.has(code)),
    )
    const isOfChild = parseReference(person.patient?.reference)?.id === child.id
    if (isParent && isOfChild && (await isAccount(digests, account, person.identifier)))
      return { relatedPerson: version.id, until }
  }
  return undefined
}

async function isAccount(
  digests: PatientParts['digests'],
  { document, numberHash }: AccountRow,
  identifiers: Match['identifier'],
): Promise<boolean> {
  for (const { value } of identifiers ?? []) {
    if (value === undefined || numberHash === null) continue
    const hash = await digests.of('number', `${document} ${value.toUpperCase()}`)
    if (hash.equals(numberHash)) return true
  }
  return false
}

/** The instant at which somebody reaches an age; undefined where the day of birth is not known to the day. */
function ageReached(birthDate: string | undefined, years: number, timeZone: string): Instant | undefined {
  const [, year, rest] = /^(\d{4})-(\d\d-\d\d)$/.exec(birthDate ?? '') ?? []
  if (!year || !rest) return undefined
  // 29 February is 1 March in years that have none.
  const day = `${Number(year) + years}-${rest}`
  const begins = dateRange(day, timeZone) ?? dateRange(`${Number(year) + years}-03-01`, timeZone)
  return begins && instantOf(begins.lowMs, timeZone)
}
