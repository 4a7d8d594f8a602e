/** The account of somebody whom a provider vouches for: linked before, by an invitation, or made now; never found by a name. */
import { sql, type Transaction } from '@xinglin/database'
import { conflict, forbidden, type OutcomeError } from '@xinglin/fhir'
import { insertAccount } from '../people.ts'
import { digest, newSecret } from '../secrets.ts'
import type { UpstreamParts } from './create-upstream.ts'
import type { VouchedPerson } from './upstream.ts'

export type Joined = {
  readonly id: string
  readonly isDisabled: boolean
  readonly isNew: boolean
}

/** Gives the refusal where nobody here is this person; what it writes goes with the transaction. */
export async function join(
  parts: UpstreamParts,
  transaction: Transaction,
  person: VouchedPerson & { readonly rolesByGroups: readonly string[] },
): Promise<Joined | OutcomeError> {
  const { provider, subject, invitation } = person
  // Two first sign-ins of one person at the same moment make one account.
  await transaction.query(
    sql`select pg_advisory_xact_lock(hashtext(${`upstream ${provider.id} ${subject}`}))`,
  )
  const [linked] = await transaction.query(sql<{ id: string; isDisabled: boolean }>`
    select account.id, account.disabled is not null as "isDisabled"
    from upstream.link
    join identity.account on account.id = link.account
    where link.provider = ${provider.id} and link.subject = ${subject}`)
  if (linked) return { ...linked, isNew: false }
  if (invitation !== undefined) return byInvitation(parts, transaction, { ...person, invitation })
  if (provider.joining === 'auto') return made(parts, transaction, person)
  return forbidden(
    provider.joining === 'invite'
      ? 'no account here is yours yet: ask an administrator for an invitation'
      : 'no account here is yours: ask an administrator',
    { code: 'upstream.not-linked' },
  )
}

async function byInvitation(
  { runtime, sessions, passwords }: UpstreamParts,
  transaction: Transaction,
  person: VouchedPerson & { readonly invitation: string },
): Promise<Joined | OutcomeError> {
  const { provider, invitation } = person
  const [invited] = await transaction.query(sql<{ id: string; isDisabled: boolean; mustChange: boolean }>`
    with taken as (
      delete from upstream.invitation
      where code_hash = ${digest(invitation)} and provider = ${provider.id}
      and ends > ${runtime.now()}::timestamptz
      returning account
    )
    select account.id, account.disabled is not null as "isDisabled", must_change_password as "mustChange"
    from taken
    join identity.account on account.id = taken.account`)
  if (!invited || provider.joining === 'off')
    return forbidden('this invitation is unknown, used or over: ask an administrator for another one', {
      code: 'upstream.invitation',
    })
  const linked = await transaction.query(sql`
    select account
    from upstream.link
    where provider = ${provider.id} and account = ${invited.id}`)
  if (linked.length > 0)
    return conflict('the account is linked to somebody else there: an administrator must unlink it first', {
      code: 'upstream.linked-already',
    })
  await link(transaction, { person, account: invited.id, at: runtime.now() })
  // A one-time password that nobody has used is over: from now on the provider says who it is.
  if (invited.mustChange) {
    const passwordHash = await passwords.hash(newSecret())
    await transaction.query(sql`
      update identity.account
      set password_hash = ${passwordHash}, must_change_password = false
      where id = ${invited.id}`)
    transaction.afterCommit(sessions.forget)
  }
  return { id: invited.id, isDisabled: invited.isDisabled, isNew: false }
}

async function made(
  { runtime, passwords }: UpstreamParts,
  transaction: Transaction,
  person: VouchedPerson & { readonly rolesByGroups: readonly string[] },
): Promise<Joined | OutcomeError> {
  const { provider, rolesByGroups } = person
  if (rolesByGroups.length === 0) return noRole()
  const login = person.login?.normalize('NFC').trim() ?? ''
  if (!/^[\p{L}\p{Nd}][\p{L}\p{Nd}._@-]{1,63}$/u.test(login))
    return forbidden('the provider gives no name that can be a login here: ask an administrator', {
      code: 'upstream.no-login',
    })
  const taken = await transaction.query(sql`
    select id
    from identity.account
    where lower(login) = lower(${login})`)
  if (taken.length > 0)
    return conflict('an account here has this login already: ask an administrator for an invitation to it', {
      code: 'upstream.login-taken',
    })
  const id = runtime.newId()
  const at = runtime.now()
  await insertAccount(transaction, {
    ...{ id, tenant: provider.tenant, login, roles: [], at, mustChangePassword: false },
    display: (person.display?.trim() || login).slice(0, 100),
    // Of a secret that nobody knows: there is no signing in by a password.
    passwordHash: await passwords.hash(newSecret()),
  })
  await link(transaction, { person, account: id, at })
  return { id, isDisabled: false, isNew: true }
}

async function link(
  transaction: Transaction,
  { person, account, at }: { person: VouchedPerson; account: string; at: string },
): Promise<void> {
  const { provider, subject, login = '' } = person
  await transaction.query(sql`
    insert into upstream.link (provider, subject, account, login, groups, roles, linked)
    values (${provider.id}, ${subject}, ${account}, ${login.slice(0, 255)}, '{}', '{}', ${at})`)
}

export function noRole(): OutcomeError {
  return forbidden('none of your groups there gives you a role here: ask whoever keeps the groups', {
    code: 'upstream.no-role',
  })
}
