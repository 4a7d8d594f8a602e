/** A person's badge and PIN: he sets them himself and shows his password for it, so that nobody else can. */
import { constraintOf, sql } from '@xinglin/database'
import { conflict, forbidden, type Instant, invalid } from '@xinglin/fhir'
import { administer, refuseWithoutReason } from '../administer.ts'
import { isOfAdministrators } from '../administrators.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { noteChange } from '../staff/changes.ts'
import { refuseOutside, scopeOf } from '../staff/scope.ts'
import type { Badges } from './badge.ts'
import { type HashNumber, readNumber, refuseWeakPin } from './numbers.ts'
import type { BadgeParts } from './parts.ts'

export function createOwnBadges(
  parts: BadgeParts,
  hashNumber: HashNumber,
): Pick<Badges, 'own' | 'enrol' | 'removeOwn' | 'remove'> {
  const { database, runtime } = parts
  return {
    async own({ id }) {
      const [badge] = await database.query(sql<{ enrolled: Instant; lastUsed: Instant | null }>`
        select enrolled, last_used as "lastUsed"
        from staff.badge
        where account = ${id}`)
      if (!badge) return undefined
      const local = (at: Instant) => localInstant(at, runtime.timeZone) ?? at
      const { enrolled, lastUsed } = badge
      return { enrolled: local(enrolled), ...(lastUsed === null ? {} : { lastUsed: local(lastUsed) }) }
    },
    enrol: (actor, badge) => enrol(parts, hashNumber, { actor, badge }),
    async removeOwn(actor) {
      await database.transaction(async (transaction) => {
        const gone = await transaction.query(sql`
          delete from staff.badge where account = ${actor.id} returning account`)
        if (gone.length > 0) told(parts, transaction, actor, 'badge-removed')
      })
    },
    remove: (by, act) => remove(parts, by, act),
  }
}

type Transaction = Parameters<Parameters<BadgeParts['database']['transaction']>[0]>[0]

function told(
  { audit, events, runtime }: BadgeParts,
  transaction: Transaction,
  actor: Actor,
  what: 'badge-enrolled' | 'badge-removed',
): void {
  audit.write(transaction, actor, [
    { action: what, outcome: 'allowed', resourceType: 'Account', resourceId: actor.id },
  ])
  events.append(transaction, { tenant: actor.tenant, actor: actor.reference }, [
    { kind: `identity.${what}`, data: { subject: actor.id } },
  ])
  noteChange(transaction, runtime, actor, { account: actor.id, what })
}

/** Administrators are no guests of shared terminals: what they may do is worth more than six digits. */
export function refuseAdministrators(
  { roles: book }: Pick<BadgeParts, 'roles'>,
  { tenant, roles }: Pick<Actor, 'tenant' | 'roles'>,
): void {
  if (!roles.some((role) => isOfAdministrators(book, tenant, role))) return
  throw forbidden('administrators sign in by password, at a place of their own', {
    code: 'badge.administrator',
  })
}

type Enrolment = { readonly actor: Actor; readonly badge: Parameters<Badges['enrol']>[1] }

async function enrol(parts: BadgeParts, hashNumber: HashNumber, { actor, badge }: Enrolment): Promise<void> {
  const { database, passwords, runtime } = parts
  if (actor.kind !== 'user') throw forbidden('only people have badges', { code: 'badge.people' })
  refuseAdministrators(parts, actor)
  const number = readNumber(badge.number)
  refuseWeakPin(badge.pin, number)
  await refuseWrongPassword(parts, actor, badge.password)
  const numberHash = await hashNumber(actor.tenant, number)
  const pinHash = await passwords.hash(badge.pin)
  try {
    await database.transaction(async (transaction) => {
      await transaction.query(sql`
        insert into staff.badge (account, tenant, number_hash, pin_hash, enrolled)
        values (${actor.id}, ${actor.tenant}, ${numberHash}, ${pinHash}, ${runtime.now()}::timestamptz)
        on conflict (account) do update
        set number_hash = excluded.number_hash, pin_hash = excluded.pin_hash, enrolled = excluded.enrolled,
          last_used = null`)
      told(parts, transaction, actor, 'badge-enrolled')
    })
  } catch (error) {
    if (constraintOf(error) !== 'badge_number_hash_key') throw error
    throw conflict('this badge is somebody else’s: have it taken from him first', {
      ...{ code: 'badge.taken', at: 'number', cause: error },
    })
  }
}

/** Longer texts are wrong without being hashed. */
const maxPasswordCharacters = 512

async function refuseWrongPassword(
  { attempts, audit, database, passwords }: BadgeParts,
  actor: Actor,
  password: string,
): Promise<void> {
  const [account] = await database.query(sql<{ passwordHash: string }>`
    select password_hash as "passwordHash"
    from identity.account
    where id = ${actor.id} and disabled is null`)
  const counted = { of: 'own-password', id: actor.id } as const
  await attempts.begin(counted)
  if (await passwords.verify(account?.passwordHash, password.slice(0, maxPasswordCharacters)))
    return attempts.clear(database, counted)
  audit.note(actor, { action: 'badge-enrolled', outcome: 'refused', detail: 'wrong password' })
  throw invalid('the present password is wrong', { code: 'identity.wrong-password', at: 'password' })
}

async function remove(
  parts: BadgeParts,
  by: Actor,
  { id, reason }: { id: string; reason: string },
): Promise<void> {
  const stated = refuseWithoutReason(reason)
  const scope = await scopeOf(parts, by, 'write', { subject: id, detail: `badge-removed: ${stated}` })
  await administer(parts, by, {
    permission:
      scope.kind === 'all' ? 'administration.people.write' : 'administration.department-people.write',
    kind: 'identity.badge-removed',
    subject: { type: 'Account', id },
    reason: stated,
    work: async (transaction) => {
      const [person] = await transaction.query(sql<{ id: string; roles: readonly string[] }>`
        select id, roles
        from identity.account
        where tenant = ${by.tenant} and id = ${id}`)
      if (person) await refuseOutside(transaction, { scope, by, person, at: parts.runtime.now() })
      const gone = await transaction.query(sql`
        delete from staff.badge
        where tenant = ${by.tenant} and account = ${id}
        returning account`)
      if (gone.length === 0) throw conflict('this person has no badge', { code: 'badge.none', at: 'id' })
      noteChange(transaction, parts.runtime, by, { account: id, what: 'badge-removed', reason: stated })
    },
  })
}
