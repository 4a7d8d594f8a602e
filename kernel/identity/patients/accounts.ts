/** Opening, entering, guarding and closing the accounts of patients. */
import { sql, type Transaction } from '@xinglin/database'
import { conflict, invalid, unauthenticated } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { refuseWeakPassword } from '../password-rules.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { actorOfRow } from './charts.ts'
import { type CheckedCode, checkCode } from './codes.ts'
import { type DocumentKind, documentNumber, isDocumentKind } from './documents.ts'
import { type AccountRow, accountOf, findAccount, type PatientParts, phoneBinding } from './parts.ts'
import type { OpenedPatient, PatientAccount, Patients } from './patients.ts'
import { demandKeys } from './pepper.ts'
import { endOf } from './phone.ts'
import { closeSessions, liveActor, openSession } from './sessions.ts'

/** Longer texts are wrong without being hashed. */
const maxGivenCharacters = 512
const signInsShown = 20

export async function signIn(
  parts: PatientParts,
  { challenge, code, password, address, device }: Parameters<Patients['signIn']>[0],
): Promise<OpenedPatient> {
  const shown = await checkCode(parts, { challenge, code }, 'sign-in')
  const known = await findAccount(
    parts.database,
    sql`tenant = ${shown.tenant} and phone_hash = ${shown.hash}`,
  )
  if (known?.passwordHash) await demandPassword(parts, known, { password, address })
  const token = await parts.database.transaction(async (transaction) => {
    await shown.use(transaction)
    const account = known?.id ?? (await openAccount(parts, transaction, shown))
    const opened = await openSession(parts, transaction, { account, tenant: shown.tenant, address, device })
    await noteSignIn(parts, transaction, { account, address, outcome: 'allowed' })
    const actor = { ...bare(shown.tenant, account, endOf(shown.phone)), ...(address ? { address } : {}) }
    const detail = known ? 'code' : 'code; account opened'
    parts.audit.write(transaction, { ...actor, session: opened.session }, [
      { action: 'sign-in', outcome: 'allowed', detail },
    ])
    return opened.token
  })
  const actor = await liveActor(parts, token)
  if (!actor) throw unauthenticated('this session has ended already', { code: 'patients.wrong-code' })
  return { token, actor }
}

function bare(tenant: Actor['tenant'], id: string, phoneEnd: string): Actor {
  return actorOfRow({ id, tenant, name: null, phoneEnd, patient: null, charts: [] })
}

async function openAccount(
  parts: PatientParts,
  transaction: Transaction,
  { tenant, phone, hash }: CheckedCode,
): Promise<string> {
  const { runtime, keys, events } = parts
  const id = runtime.newId()
  const sealed = await demandKeys(keys).sealText(phone, phoneBinding(id))
  await transaction.query(sql`
    insert into patients.account (id, tenant, phone_hash, phone_sealed, phone_end, created)
    values (${id}, ${tenant}, ${hash}, ${sealed}, ${endOf(phone)}, ${runtime.now()}::timestamptz)`)
  events.append(transaction, { tenant, actor: `patient/${id}` }, [
    { kind: 'patients.account-opened', data: { account: id } },
  ])
  return id
}

async function demandPassword(
  parts: PatientParts,
  account: AccountRow,
  { password, address }: { password?: string | undefined; address?: string | undefined },
): Promise<void> {
  if (password === undefined)
    throw unauthenticated('this account asks for its password as well', { code: 'patients.password-needed' })
  const given = password.length > maxGivenCharacters ? '' : password
  if (await parts.passwords.verify(account.passwordHash ?? undefined, given)) return
  await parts.database.transaction(async (transaction) => {
    await noteSignIn(parts, transaction, { account: account.id, address, outcome: 'refused' })
    const actor = bare(account.tenant, account.id, account.phoneEnd)
    parts.audit.write(transaction, actor, [
      { action: 'sign-in', outcome: 'refused', detail: 'wrong password' },
    ])
  })
  throw unauthenticated('the password is wrong', { code: 'patients.wrong-password' })
}

async function noteSignIn(
  { runtime }: PatientParts,
  transaction: Transaction,
  {
    account,
    address,
    outcome,
  }: { account: string; address?: string | undefined; outcome: 'allowed' | 'refused' },
): Promise<void> {
  const at = runtime.now()
  await transaction.query(sql`
    insert into patients.sign_in (account, at, address, outcome)
    values (${account}, ${at}::timestamptz, ${address}, ${outcome})`)
  if (outcome === 'allowed')
    await transaction.query(
      sql`update patients.account set last_sign_in = ${at}::timestamptz where id = ${account}`,
    )
}

/** What a patient sees of his own account. */
export async function ownAccount(parts: PatientParts, by: Actor): Promise<PatientAccount> {
  const { database, runtime } = parts
  const account = await accountOf(database, by)
  const signIns = await database.query(
    sql<{ at: string; address: string | null; outcome: SignIn['outcome'] }>`
      select at, address, outcome
      from patients.sign_in
      where account = ${account.id}
      order by id desc
      limit ${signInsShown}`,
  )
  return {
    id: account.id,
    phoneEnd: account.phoneEnd,
    ...(account.name === null ? {} : { name: account.name }),
    isProved: account.patient !== null,
    hasPassword: account.passwordHash !== null,
    signIns: signIns.map(({ at, address, outcome }) => ({
      at: localInstant(at, runtime.timeZone) ?? runtime.now(),
      ...(address === null ? {} : { address }),
      outcome,
    })),
  }
}

/** Sets, changes or removes the password; other sessions end. */
export async function setPassword(
  parts: PatientParts,
  by: Actor,
  ...[shown, password]: [Parameters<Patients['setPassword']>[1], string | undefined]
): Promise<void> {
  if (password !== undefined) refuseWeakPassword(password, { login: 'xinglin' })
  const account = await accountOf(parts.database, by)
  const code = await ownCode(parts, account, shown)
  const hash = password === undefined ? null : await parts.passwords.hash(password)
  await parts.database.transaction(async (transaction) => {
    await code.use(transaction)
    await transaction.query(sql`update patients.account set password_hash = ${hash} where id = ${account.id}`)
    await closeSessions(transaction, account.id, by.session)
    parts.audit.write(transaction, by, [
      { action: 'change-password', outcome: 'allowed', ...(hash === null ? { detail: 'removed' } : {}) },
    ])
  })
}

/** The code that was sent to the account's own phone. */
async function ownCode(
  parts: PatientParts,
  account: AccountRow,
  shown: Parameters<typeof checkCode>[1],
): Promise<CheckedCode> {
  const code = await checkCode(parts, shown, 'confirm')
  if (code.tenant === account.tenant && code.hash.equals(account.phoneHash)) return code
  throw unauthenticated('this code was sent to another phone', { code: 'patients.wrong-code' })
}

/** Both phones show their codes and, where the account is proved, its owner his paper's number. */
export async function changePhone(
  parts: PatientParts,
  by: Actor,
  { old, next, number }: Parameters<Patients['changePhone']>[1],
): Promise<void> {
  const account = await accountOf(parts.database, by)
  await demandNumber(parts, account, number)
  const former = await ownCode(parts, account, old)
  const { phone, hash, use } = await checkCode(parts, next, 'new-phone')
  const sealed = await demandKeys(parts.keys).sealText(phone, phoneBinding(account.id))
  await parts.database.transaction(async (transaction) => {
    await former.use(transaction)
    await use(transaction)
    const taken = await transaction.query(sql`
      select from patients.account
      where tenant = ${account.tenant} and phone_hash = ${hash} and closed is null`)
    if (taken.length > 0)
      throw conflict('this phone has an account already: close that one first', {
        code: 'patients.phone-taken',
        at: 'phone',
      })
    await transaction.query(sql`
      update patients.account
      set phone_hash = ${hash}, phone_sealed = ${sealed}, phone_end = ${endOf(phone)}
      where id = ${account.id}`)
    await closeSessions(transaction, account.id, by.session)
    parts.audit.write(transaction, by, [{ action: 'change-phone', outcome: 'allowed' }])
    stateOf(parts, transaction, by, 'phone-changed')
  })
}

async function demandNumber(
  { digests, audit }: PatientParts,
  account: AccountRow,
  number: string | undefined,
): Promise<void> {
  if (account.numberHash === null || account.document === null) return
  const kind: DocumentKind = isDocumentKind(account.document) ? account.document : 'identity-card'
  const given = await digests.of('number', `${kind} ${documentNumber(kind, number ?? '')}`)
  if (given.equals(account.numberHash)) return
  audit.note(bare(account.tenant, account.id, account.phoneEnd), {
    action: 'change-phone',
    outcome: 'refused',
    detail: 'another number',
  })
  throw invalid('this is not the paper by which you proved who you are', {
    code: 'patients.other-document',
    at: 'number',
  })
}

/** Ends the account; of the phone nothing stays. */
export async function closeAccount(
  parts: PatientParts,
  by: Actor,
  shown: Parameters<Patients['close']>[1],
): Promise<void> {
  const account = await accountOf(parts.database, by)
  const code = await ownCode(parts, account, shown)
  await parts.database.transaction(async (transaction) => {
    await code.use(transaction)
    await endAccount(parts, transaction, account.id)
    parts.audit.write(transaction, by, [{ action: 'close-account', outcome: 'allowed' }])
    stateOf(parts, transaction, by, 'account-closed')
  })
}

/** Closes an account with its sessions, guardianships, delegations and places at the desk. */
export async function endAccount(
  { runtime }: Pick<PatientParts, 'runtime'>,
  transaction: Transaction,
  account: string,
): Promise<void> {
  const at = runtime.now()
  await transaction.query(sql`
    update patients.account
    set closed = ${at}::timestamptz, phone_hash = null, phone_sealed = null, password_hash = null
    where id = ${account} and closed is null`)
  await closeSessions(transaction, account)
  await transaction.query(
    sql`update patients.guardian set ended = ${at}::timestamptz where account = ${account} and ended is null`,
  )
  await transaction.query(
    sql`update patients.delegation set ended = ${at}::timestamptz where account = ${account} and ended is null`,
  )
  await transaction.query(sql`delete from patients.desk where account = ${account} and settled is null`)
}

/** What happened, in the log. */
export function stateOf(
  { events }: Pick<PatientParts, 'events'>,
  transaction: Transaction,
  by: Actor,
  ...[verb, patient]: [string, string?]
): void {
  events.append(transaction, { tenant: by.tenant, actor: by.reference }, [
    { kind: `patients.${verb}`, ...(patient ? { patient } : {}), data: { account: by.id } },
  ])
}
