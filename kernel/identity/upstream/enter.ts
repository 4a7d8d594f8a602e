/** Signing in whom a provider vouches for: the account, its roles of now, then the second factor or the session. */
import { sql, type Transaction } from '@xinglin/database'
import { epochMs, forbidden, instantOf, invalid, OutcomeError } from '@xinglin/fhir'
import { enter } from '../accounts.ts'
import type { Awaiting } from '../factors/factors.ts'
import type { Actor } from '../identity.ts'
import { digest } from '../secrets.ts'
import type { AccountOfSession, OpenedSession } from '../sessions.ts'
import type { UpstreamParts } from './create-upstream.ts'
import { noteFailure } from './failures.ts'
import { join, noRole } from './join.ts'
import { given, mappingsOf } from './mappings.ts'
import { type Refreshed, refreshRoles } from './role-refresh.ts'
import { sealed } from './seal.ts'
import type { VouchedPerson } from './upstream.ts'

const maxSubjectCharacters = 255
const maxGroups = 2_000
/** The life of a ticket for the second factor, and a little. */
const pendingLifeMs = 6 * 60_000

type Outcome =
  | { readonly answer: OpenedSession | Awaiting }
  /** What was written stays, roles that were taken away above all. */
  | { readonly refusal: OutcomeError }

export async function enterByUpstream(
  parts: UpstreamParts,
  given: VouchedPerson,
): Promise<OpenedSession | Awaiting> {
  const { provider, subject, login, address } = given
  const person = { ...given, groups: [...new Set(given.groups)].slice(0, maxGroups) }
  if (subject === '' || subject.length > maxSubjectCharacters)
    throw invalid('the provider names nobody', { code: 'upstream.subject' })
  await parts.roles.refresh(provider.tenant)
  const outcome = await parts.database.transaction((transaction) => entered(parts, transaction, person))
  if ('answer' in outcome) return outcome.answer
  const { refusal } = outcome
  const code = refusal.outcome.issue[0]?.details?.coding?.[0]?.code ?? 'upstream.answer'
  const from = address === undefined ? {} : { address }
  const failure = { code, subject, ...(login === undefined ? {} : { login }), ...from }
  await noteFailure(parts, provider, failure)
  throw refusal
}

async function entered(
  parts: UpstreamParts,
  transaction: Transaction,
  person: VouchedPerson,
): Promise<Outcome> {
  const { provider, groups } = person
  const mappings = await mappingsOf(transaction, provider.id)
  const { allowsAdministrators } = provider
  const gave = given(parts.roles, provider.tenant, { groups, mappings, allowsAdministrators })
  const rolesByGroups = gave.roles.map(({ role }) => role)
  const joined = await join(parts, transaction, { ...person, rolesByGroups })
  if (joined instanceof OutcomeError) return { refusal: joined }
  await noteGroups(parts, transaction, person)
  const asked = { account: joined.id, provider: provider.id, byGroups: rolesByGroups }
  const refreshed = await refreshRoles(transaction, asked)
  const account = await accountOf(transaction, joined.id)
  leaveTrace(parts, transaction, { account, person, refreshed, isNew: joined.isNew })
  if (joined.isDisabled) return { refusal: disabled() }
  if (account.roles.length === 0) return { refusal: noRole() }
  return { answer: await opened(parts, transaction, { account, person }) }
}

async function opened(
  parts: UpstreamParts,
  transaction: Transaction,
  { account, person }: { account: AccountOfSession; person: VouchedPerson },
): Promise<OpenedSession | Awaiting> {
  const { tickets, keys, runtime } = parts
  const { provider, subject, sid, idToken, address, hasSecondFactor } = person
  const awaited = hasSecondFactor ? undefined : await tickets.awaited(account)
  const from = address === undefined ? {} : { address }
  const kept = idToken === undefined ? null : await sealed(keys, 'session', provider.id, idToken)
  if (awaited) {
    const ticket = await tickets.issue(transaction, { account: account.id, ...from })
    const at = runtime.now()
    const ends = instantOf(epochMs(at) + pendingLifeMs, runtime.timeZone)
    await transaction.query(sql`
      with over as (delete from upstream.pending where ends < ${at}::timestamptz)
      insert into upstream.pending (ticket_hash, provider, subject, sid, id_token, ends)
      values (${digest(ticket)}, ${provider.id}, ${subject}, ${sid}, ${kept}, ${ends})`)
    return { ...awaited, ticket }
  }
  const shown = hasSecondFactor ? { shown: 'upstream' as const } : {}
  const session = await enter(parts, transaction, { account, ...from, ...shown })
  await transaction.query(sql`
    insert into upstream.session (session, provider, subject, sid, id_token)
    values (${session.actor.session}, ${provider.id}, ${subject}, ${sid}, ${kept})`)
  return session
}

async function noteGroups(
  { runtime }: UpstreamParts,
  transaction: Transaction,
  { provider, subject, groups, login }: VouchedPerson,
): Promise<void> {
  await transaction.query(sql`
    update upstream.link
    set groups = ${groups}, login = coalesce(${login?.slice(0, 255)}::text, login),
      last_sign_in = ${runtime.now()}::timestamptz
    where provider = ${provider.id} and subject = ${subject}`)
}

async function accountOf(transaction: Transaction, id: string): Promise<AccountOfSession> {
  const [account] = await transaction.query(sql<AccountOfSession>`
    select id, tenant, display, roles, must_change_password as "mustChangePassword"
    from identity.account
    where id = ${id}`)
  if (account) return account
  throw disabled()
}

type Trace = {
  readonly account: AccountOfSession
  readonly person: VouchedPerson
  readonly refreshed: Refreshed
  readonly isNew: boolean
}

function leaveTrace(
  { audit, events, sessions }: UpstreamParts,
  transaction: Transaction,
  { account, person: { provider, address }, refreshed: { added, removed }, isNew }: Trace,
): void {
  const { id, tenant, display, roles } = account
  const actor: Actor = {
    ...{ kind: 'user', id, reference: `user/${id}`, tenant, roles, scopes: [], display },
    ...(address === undefined ? {} : { address }),
  }
  const author = { tenant, actor: actor.reference }
  const data = { subject: id, provider: provider.id }
  if (isNew) {
    audit.write(transaction, actor, [
      { action: 'join', resourceType: 'Account', resourceId: id, outcome: 'allowed', detail: provider.id },
    ])
    events.append(transaction, author, [{ kind: 'identity.person-created', data: { ...data, roles } }])
  }
  if (added.length === 0 && removed.length === 0) return
  const changes = [...added.map((role) => `+${role}`), ...removed.map((role) => `-${role}`)].join(' ')
  audit.write(transaction, actor, [
    {
      ...{ action: 'roles-by-groups', resourceType: 'Account', resourceId: id, outcome: 'allowed' },
      detail: `${provider.id}: ${changes}`,
    },
  ])
  events.append(transaction, author, [
    { kind: 'identity.roles-set', data: { ...data, roles, added, removed } },
  ])
  transaction.afterCommit(sessions.forget)
}

function disabled(): OutcomeError {
  return forbidden('your account here is disabled: ask an administrator', { code: 'upstream.disabled' })
}
