/** Terminals as administrators keep them. */
import { sql } from '@xinglin/database'
import { type Instant, invalid, notFound } from '@xinglin/fhir'
import { administer, inspect, refuseWithoutReason } from '../administer.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { digest, newSecret } from '../secrets.ts'
import { placeNames } from '../staff/places.ts'
import type { Badges, ShownTerminal, Terminal } from './badge.ts'
import type { BadgeParts } from './parts.ts'
import { leaveTerminal } from './standing.ts'

const maxLabelCharacters = 60
/** Shorter nobody can work, longer a stranger finds it open (GB/T 22239-2019 §8.1.4.1 b). */
const idleRangeSeconds = { least: 15, most: 900 } as const

export function createTerminals(
  parts: BadgeParts,
): Pick<Badges, 'register' | 'terminals' | 'withdraw' | 'terminal'> {
  return {
    register: (by, terminal) => register(parts, by, terminal),
    terminals: (by) =>
      inspect(parts, by, {
        permission: 'administration.terminals.read',
        detail: 'list',
        get: () => listTerminals(parts, by),
      }),
    withdraw: (by, { id, reason }) =>
      administer(parts, by, {
        permission: 'administration.terminals.write',
        kind: 'identity.terminal-withdrawn',
        subject: { type: 'Terminal', id },
        reason: refuseWithoutReason(reason),
        work: async (transaction) => {
          const ended = await transaction.query(sql`
            update staff.terminal
            set ended = ${parts.runtime.now()}::timestamptz
            where tenant = ${by.tenant} and id = ${id} and ended is null
            returning id`)
          if (ended.length === 0)
            throw notFound('there is no such terminal in use', { code: 'badge.no-such-terminal', at: 'id' })
          await leaveTerminal(parts, transaction, { terminal: id, tenant: by.tenant, actor: by.reference })
        },
      }),
    terminal: (secret) => shownTerminal(parts, secret),
  }
}

async function register(
  parts: BadgeParts,
  by: Actor,
  { label, location, idleSeconds, reason }: Parameters<Badges['register']>[1],
): Promise<{ id: string; secret: string }> {
  const id = parts.runtime.newId()
  const secret = newSecret()
  const named = label.trim()
  await administer(parts, by, {
    permission: 'administration.terminals.write',
    kind: 'identity.terminal-registered',
    subject: { type: 'Terminal', id },
    data: { location },
    reason: refuseWithoutReason(reason),
    work: async (transaction) => {
      if (named.length < 1 || named.length > maxLabelCharacters)
        throw invalid(`a terminal has a name of 1 to ${maxLabelCharacters} characters`, {
          code: 'badge.terminal',
          at: 'label',
        })
      const { least, most } = idleRangeSeconds
      if (!Number.isInteger(idleSeconds) || idleSeconds < least || idleSeconds > most)
        throw invalid(`a terminal locks after ${least} to ${most} seconds`, {
          code: 'badge.terminal',
          at: 'idleSeconds',
        })
      const [ward] = await transaction.query(sql`
        select from staff.place
        where tenant = ${by.tenant} and type = 'Location' and id = ${location} and is_active`)
      if (!ward) throw invalid('there is no such ward', { code: 'staff.no-place', at: 'location' })
      await transaction.query(sql`
        insert into staff.terminal
          (tenant, id, label, location, idle_seconds, secret_hash, registered, registered_by)
        values (${by.tenant}, ${id}, ${named}, ${location}, ${idleSeconds}, ${digest(secret)},
          ${parts.runtime.now()}::timestamptz, ${by.reference})`)
    },
  })
  return { id, secret }
}

type Row = Omit<Terminal, 'place' | 'seen' | 'ended' | 'holder'> & {
  readonly location: string
  readonly seen: Instant | null
  readonly ended: Instant | null
  readonly holder: string | null
}

const columns = (at: string) => sql`
  select terminal.id, terminal.tenant, label, location, idle_seconds as "idleSeconds", registered, terminal.seen,
    ended, account.display as holder, coalesce(standing.locked is not null, false) as "isLocked"
  from staff.terminal
  left join (staff.terminal_session as standing
    join identity.session on session.id = standing.session and session.ends > ${at}::timestamptz
    join identity.account on account.id = session.account)
    on standing.terminal = terminal.id`

async function listTerminals(
  { database, runtime }: BadgeParts,
  { tenant }: Actor,
): Promise<readonly Terminal[]> {
  const [rows, nameOf] = await Promise.all([
    database.query(sql<Row>`${columns(runtime.now())}
      where terminal.tenant = ${tenant}
      order by ended is not null, label, terminal.id`),
    placeNames(database, tenant),
  ])
  const local = (at: Instant) => localInstant(at, runtime.timeZone) ?? at
  return rows.map(({ id, label, idleSeconds, isLocked, registered, location, seen, ended, holder }) => ({
    ...{ id, label, idleSeconds, isLocked },
    registered: local(registered),
    place: nameOf('Location', location),
    ...(seen === null ? {} : { seen: local(seen) }),
    ...(ended === null ? {} : { ended: local(ended) }),
    ...(holder === null ? {} : { holder }),
  }))
}

async function shownTerminal(
  { database, runtime }: BadgeParts,
  secret: string,
): Promise<ShownTerminal | undefined> {
  const [row] = await database.query(sql<Row & { tenant: Actor['tenant'] }>`${columns(runtime.now())}
    where terminal.secret_hash = ${digest(secret)} and ended is null`)
  if (!row) return undefined
  const nameOf = await placeNames(database, row.tenant)
  const { label, idleSeconds, isLocked, location, holder } = row
  const place = nameOf('Location', location).name
  return { ...{ label, idleSeconds, isLocked, place }, ...(holder === null ? {} : { holder }) }
}
