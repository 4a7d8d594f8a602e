/** What the tests of identity stand on: identity on a fresh database, an administrator who is signed in, people by words. */
import { after } from 'node:test'
import { sql } from '@xinglin/database'
import { createEventLog, eventsMigrations } from '@xinglin/events'
import { OutcomeError } from '@xinglin/fhir'
import { keysMigrations, openKeys } from '@xinglin/keys'
import { createRecords, recordsMigrations } from '@xinglin/records'
import { openTestDatabase, testMasterKey, testRuntime } from '@xinglin/testkit'
import {
  type Actor,
  accessMigrations,
  approvalsMigrations,
  consentMigrations,
  createIdentity,
  type IdentitySettings,
  identityMigrations,
  oauthMigrations,
  patientsMigrations,
  signInMigrations,
  staffMigrations,
  upstreamMigrations,
} from './identity.ts'

export const administratorPassword = 'Heron-47-lake'

export type TestIdentity = Awaited<ReturnType<typeof testIdentity>>

/** Identity with records and log beneath it, and its administrator signed in. */
export async function testIdentity(given: IdentitySettings = {}) {
  // Most sentences are about something else than the second factor of their administrator.
  const settings: IdentitySettings = { secondFactor: 'optional', ...given }
  const { database, drop } = await openTestDatabase({
    migrations: [
      keysMigrations,
      eventsMigrations,
      recordsMigrations,
      identityMigrations,
      accessMigrations,
      approvalsMigrations,
      consentMigrations,
      oauthMigrations,
      patientsMigrations,
      signInMigrations,
      staffMigrations,
      upstreamMigrations,
    ],
  })
  const runtime = testRuntime()
  const events = createEventLog({ database, runtime })
  const records = createRecords({ database, events, runtime })
  const keys = await openKeys({ database, runtime, suite: 'international', master: testMasterKey })
  const identity = createIdentity({ database, records, events, runtime, settings, keys })
  // In this order: entries that still wait would be tried for ever without their database.
  after(async () => {
    await identity.stop()
    await drop()
  })
  await identity.ensureAdministrator({ password: administratorPassword })
  const { actor: administrator } = await identity.accounts.signIn({
    login: 'admin',
    password: administratorPassword,
    address: '10.0.0.1',
  })
  return { database, runtime, events, records, keys, settings, identity, administrator }
}

export const password = 'Willow-58-hill'

/** A person with roles who has already chosen a password, signed in. */
export async function signedInPerson(
  { identity, administrator }: Pick<TestIdentity, 'identity' | 'administrator'>,
  { login, roles }: { login: string; roles: readonly string[] },
): Promise<{ actor: Actor; token: string; id: string }> {
  const { id, oneTimePassword } = await identity.people.create(administrator, {
    login,
    display: login,
    roles,
  })
  const first = await identity.accounts.signIn({ login, password: oneTimePassword })
  await identity.accounts.changePassword(first.actor, { current: oneTimePassword, next: password })
  const actor = await identity.accounts.sessionActor(first.token)
  if (!actor) throw new Error(`${login} is not signed in`)
  return { actor, token: first.token, id }
}

/** Failure and code of what `act` throws; 'done' where it does not. */
export async function refusalOf(act: () => unknown): Promise<string> {
  try {
    await act()
    return 'done'
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return `${error.failure} ${error.outcome.issue[0]?.details?.coding?.[0]?.code}`
  }
}

/** Action, object, outcome and detail of the audit entries after `afterId`, oldest first, as text. */
export async function auditLines(
  { database }: Pick<TestIdentity, 'database'>,
  afterId = 0,
): Promise<string[]> {
  const rows = await database.query(sql<{ line: string }>`
    select concat_ws(' ', outcome, action, resource_type, nullif(concat('of ', patient), 'of '), detail) as line
    from identity.audit
    where id > ${afterId}
    order by id`)
  return rows.map(({ line }) => line)
}

/** The newest audit entry's number. */
export async function lastAuditId({
  database,
  identity,
}: Pick<TestIdentity, 'database' | 'identity'>): Promise<number> {
  await identity.stop()
  const [row] = await database.query(
    sql<{ id: number }>`select coalesce(max(id), 0) as id from identity.audit`,
  )
  return row?.id ?? 0
}

/** Kinds of all entries of the log, from its table: readers wait for transactions of other tests on the same server. */
export async function logKinds({ database }: Pick<TestIdentity, 'database'>): Promise<string[]> {
  const rows = await database.query(sql<{ kind: string }>`
    select kind
    from events.entry
    where kind like 'identity.%'
    order by seq`)
  return rows.map(({ kind }) => kind)
}
