/**
 * What personnel tells of an employee becomes Practitioner, PractitionerRole and account, in one transaction with the
 * event's own row: it counts once, and after no newer one.
 */
import { hash } from 'node:crypto'
import { sql } from '@xinglin/database'
import { conflict, epochMs, type Instant, OutcomeError } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import { demandPermission, inspect } from '../administer.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { insertAccount } from '../people.ts'
import { newSecret } from '../secrets.ts'
import { noteChange } from './changes.ts'
import { type HrEvent, type HrOutcome, type LoggedHrEvent, parseHrEvent } from './hr-event.ts'
import type { StaffParts } from './parts.ts'
import { bind, settleAll } from './settle.ts'
import type { Staff } from './staff.ts'
import {
  endedPosition,
  endPosition,
  openPositions,
  placeBy,
  practitionerOf,
  startedPosition,
  writePractitioner,
} from './write-staff.ts'

const permission = 'administration.staff.write'

export function createHrDoor(parts: StaffParts): Pick<Staff, 'take' | 'events'> {
  return {
    take: (by, event) => take(parts, by, event),
    events: (by, options) =>
      inspect(parts, by, {
        permission: 'administration.people.read',
        detail: 'personnel events',
        get: () => listEvents(parts, by, options),
      }),
  }
}

async function take(parts: StaffParts, by: Actor, given: unknown): Promise<HrOutcome> {
  const { audit, records, runtime } = parts
  demandPermission(parts, by, { action: permission })
  const event = parseHrEvent(given, runtime)
  const access = { action: permission, resourceType: 'Account' } as const
  try {
    return await records.commit({ tenant: by.tenant, actor: by.reference }, async (unit) => {
      const repeated = await claim(unit, event, digestOf(given))
      if (repeated) return repeated
      const outcome = await act(parts, unit, by, event)
      await keep(parts, unit, by, { event, outcome, digest: digestOf(given) })
      const detail = `${event.kind} ${event.id}`
      audit.write(unit.transaction, by, [
        { ...access, resourceId: outcome.account, outcome: 'allowed', detail },
      ])
      const data = { subject: outcome.account, event: event.id, effective: event.at }
      unit.state({ kind: `identity.staff-told-${event.kind}`, data })
      return outcome
    })
  } catch (error) {
    const failure = error instanceof OutcomeError ? error.failure : 'fault'
    audit.note(by, { ...access, outcome: 'failed', detail: `${event.kind} ${event.id} (${failure})` })
    throw error
  }
}

/** Of the words that arrived, whatever the order of their members. */
function digestOf(given: unknown): Buffer {
  return hash('sha256', JSON.stringify(sorted(given)), 'buffer')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}

/** One event of an employee after the other; gives what the same event came to before. */
async function claim(unit: Unit, event: HrEvent, digest: Buffer): Promise<HrOutcome | undefined> {
  const { transaction, tenant } = unit
  await transaction.query(sql`select pg_advisory_xact_lock(hashtext(${`staff ${tenant} ${event.employee}`}))`)
  const [same] = await transaction.query(sql<{ digest: Buffer; outcome: HrOutcome }>`
    select digest, outcome
    from staff.event
    where tenant = ${tenant} and id = ${event.id}`)
  if (same?.digest.equals(digest)) return { ...same.outcome, isRepeat: true }
  if (same)
    throw conflict(
      `the event ${event.id} was taken with another content: give the new one an id of its own`,
      {
        code: 'staff.event-reused',
        at: 'id',
      },
    )
  const [last] = await transaction.query(sql<{ sequence: string }>`
    select sequence
    from staff.event
    where tenant = ${tenant} and employee = ${event.employee}
    order by sequence desc
    limit 1`)
  if (!last || event.sequence > Number(last.sequence)) return undefined
  throw conflict(
    `event ${event.sequence} of this employee came after event ${last.sequence} and was not taken: what it says may be ` +
      'outdated; send what stands now under a higher sequence',
    { code: 'staff.out-of-order', at: 'sequence' },
  )
}

async function act(parts: StaffParts, unit: Unit, by: Actor, event: HrEvent): Promise<HrOutcome> {
  const known = await practitionerOf(unit, event.employee)
  const account = known === undefined ? undefined : await accountOf(unit, known)
  if (event.kind === 'join') return join(parts, unit, by, { event, known, account })
  if (known === undefined || account === undefined)
    throw conflict(`nobody with the number ${event.employee.slice(0, 64)} joined: send a join first`, {
      code: 'staff.not-employed',
      at: 'employee',
    })
  if (event.name !== undefined || event.licences !== undefined)
    await writePractitioner(unit, known, { display: event.name, licences: event.licences })
  if (event.kind === 'move') await move(parts, unit, known, event)
  if (event.kind === 'leave') await leave(parts, unit, known, event)
  noteChange(unit.transaction, parts.runtime, by, {
    ...{ account: account.id, what: `staff-told-${event.kind}`, reason: event.id },
    detail: { effective: event.at },
  })
  return outcomeOf(parts, unit, event, { practitioner: known, account: account.id })
}

type Account = { readonly id: string; readonly login: string; readonly disabled: string | null }

async function accountOf({ transaction, tenant }: Unit, practitioner: string): Promise<Account | undefined> {
  const [account] = await transaction.query(sql<Account>`
    select account.id, account.login, account.disabled
    from staff.bound
    join identity.account on account.id = bound.account and account.tenant = bound.tenant
    where bound.tenant = ${tenant} and bound.practitioner = ${practitioner}
    order by bound.source
    limit 1`)
  return account
}

type Joining = {
  readonly event: HrEvent
  readonly known: string | undefined
  readonly account: Account | undefined
}

async function join(
  parts: StaffParts,
  unit: Unit,
  by: Actor,
  { event, known, account }: Joining,
): Promise<HrOutcome> {
  const { runtime } = parts
  const { transaction, tenant } = unit
  const practitioner = known ?? runtime.newId()
  if (account && (await openPositions(unit, { practitioner, at: event.at })).length > 0)
    throw conflict('this employee has joined already: send a move, or a leave first', {
      code: 'staff.employed',
      at: 'employee',
    })
  const id = account?.id ?? (await makeAccount(parts, unit, event))
  // Somebody who comes back is let in again.
  await transaction.query(sql`
    delete from staff.leaving where tenant = ${tenant} and practitioner = ${practitioner}`)
  await transaction.query(sql`update identity.account set disabled = null where id = ${id}`)
  const { employee, name: display, licences } = event
  await writePractitioner(unit, practitioner, { display, employee, licences, account: id, isActive: true })
  await bind(transaction, { tenant, practitioner }, id)
  noteChange(transaction, runtime, by, {
    ...{ account: id, what: account ? 'staff-told-join' : 'person-created', reason: event.id },
    detail: { effective: event.at },
  })
  await unit.write(await begun(parts, unit, practitioner, event))
  return outcomeOf(parts, unit, event, { practitioner, account: id })
}

/** Nobody knows its password: an administrator hands over a one-time one. */
async function makeAccount({ passwords, runtime }: StaffParts, unit: Unit, event: HrEvent): Promise<string> {
  const id = runtime.newId()
  await insertAccount(unit.transaction, {
    ...{ id, tenant: unit.tenant, login: event.login ?? '', display: event.name ?? '', roles: [] },
    ...{ passwordHash: await passwords.hash(newSecret()), at: runtime.now() },
  })
  unit.state({ kind: 'identity.person-created', data: { subject: id, roles: [] } })
  return id
}

async function begun(
  { runtime }: StaffParts,
  unit: Unit,
  practitioner: string,
  event: HrEvent,
): Promise<Parameters<Unit['write']>[0]> {
  const { position, at } = event
  if (!position) return []
  const department = await placeBy(unit, {
    ...{ type: 'Organization', named: position.department, at: 'position.department' },
  })
  const location = position.location
    ? await placeBy(unit, { type: 'Location', named: position.location, at: 'position.location' })
    : undefined
  const { title, specialty } = position
  return [startedPosition(runtime, { practitioner, department, title, specialty, location, since: at })]
}

async function move(parts: StaffParts, unit: Unit, practitioner: string, event: HrEvent): Promise<void> {
  const department = event.from
    ? await placeBy(unit, { type: 'Organization', named: event.from, at: 'from' })
    : undefined
  const open = await openPositions(unit, { practitioner, at: event.at, department })
  const ended = await Promise.all(open.map((id) => endedPosition(unit, id, event.at)))
  // In one write: between two, he would work nowhere, and nobody would see that he moved.
  await unit.write([...ended, ...(await begun(parts, unit, practitioner, event))])
}

/** All positions end; the account is disabled at the instant, now where it has come. */
async function leave(parts: StaffParts, unit: Unit, practitioner: string, event: HrEvent): Promise<void> {
  const { transaction, tenant } = unit
  await transaction.query(sql`
    insert into staff.leaving (tenant, practitioner, at)
    values (${tenant}, ${practitioner}, ${event.at}::timestamptz)
    on conflict (tenant, practitioner) do update set at = excluded.at, done = null`)
  for (const id of await openPositions(unit, { practitioner, at: event.at }))
    await endPosition(unit, id, event.at)
  if (epochMs(event.at) <= epochMs(parts.runtime.now()))
    await writePractitioner(unit, practitioner, { isActive: false })
  await settleAll(parts, transaction, { tenant, practitioners: [practitioner] })
}

async function outcomeOf(
  { runtime }: StaffParts,
  { transaction }: Unit,
  event: HrEvent,
  { practitioner, account }: { practitioner: string; account: string },
): Promise<HrOutcome> {
  const [row] = await transaction.query(sql<{ login: string; roles: readonly string[] }>`
    select login, roles from identity.account where id = ${account}`)
  const { id, kind, employee, at: effective } = event
  const state = epochMs(effective) <= epochMs(runtime.now()) ? 'done' : 'planned'
  return {
    ...{ event: id, kind, employee, account, login: row?.login ?? '', practitioner },
    ...{ effective, state, roles: row?.roles ?? [], isRepeat: false },
  }
}

async function keep(
  { runtime }: StaffParts,
  { transaction, tenant }: Unit,
  by: Actor,
  { event, outcome, digest }: { event: HrEvent; outcome: HrOutcome; digest: Buffer },
): Promise<void> {
  await transaction.query(sql`
    insert into staff.event
      (tenant, id, employee, kind, sequence, digest, effective, received, received_from, outcome)
    values (${tenant}, ${event.id}, ${event.employee}, ${event.kind}, ${event.sequence}, ${digest},
      ${event.at}::timestamptz, ${runtime.now()}::timestamptz, ${by.reference}, ${sql.json(outcome)}::jsonb)`)
}

async function listEvents(
  { database, runtime }: StaffParts,
  { tenant }: Actor,
  { before, limit }: Parameters<Staff['events']>[1],
): Promise<readonly LoggedHrEvent[]> {
  const rows = await database.query(sql<{ outcome: HrOutcome; received: Instant; from: string }>`
    select outcome, received, received_from as "from"
    from staff.event
    where tenant = ${tenant}
    and (${before}::text is null
      or (received, id) < (select received, id from staff.event where tenant = ${tenant} and id = ${before}::text))
    order by received desc, id desc
    limit ${limit}`)
  return rows.map(({ outcome, received, from }) => ({
    ...outcome,
    from,
    received: localInstant(received, runtime.timeZone) ?? received,
  }))
}
