/** Who of a provider is who here: looking at the links, inviting to one, and ending one. */
import { sql } from '@xinglin/database'
import { conflict, epochMs, forbidden, instantOf, notFound } from '@xinglin/fhir'
import { administer, inspect, refuseWithoutReason } from '../administer.ts'
import { isOfAdministrators } from '../administrators.ts'
import type { Actor } from '../identity.ts'
import { digest, newSecret } from '../secrets.ts'
import type { UpstreamParts } from './create-upstream.ts'
import { demandProvider, readPermission, writePermission } from './providers.ts'
import { release } from './release.ts'
import type { LinkedPerson, Upstream } from './upstream.ts'

const mostListed = 500
/** A person finds the invitation after a week off, ms. */
const invitationLifeMs = 7 * 24 * 3_600_000

export function createLinkedPeople(parts: UpstreamParts): Pick<Upstream, 'people' | 'invite' | 'unlink'> {
  return {
    people: (by, id) =>
      inspect(parts, by, {
        permission: readPermission,
        detail: `people of ${id.slice(0, 64)}`,
        get: async () => {
          await demandProvider(parts, by, id)
          return list(parts, id)
        },
      }),
    invite: (by, act) => invite(parts, by, act),
    async unlink(by, { id, account, reason }) {
      await administer(parts, by, {
        permission: writePermission,
        kind: 'identity.upstream-unlinked',
        subject: { type: 'Account', id: account },
        reason: refuseWithoutReason(reason),
        data: { provider: id },
        work: async (transaction) => {
          await demandProvider(parts, by, id)
          await release(parts, transaction, { provider: id, account })
        },
      })
    },
  }
}

type LinkRow = Omit<LinkedPerson, 'rolesByHand' | 'lastSignIn' | 'disabled'> & {
  readonly roles: readonly string[]
  readonly everyRoleByGroups: readonly string[]
  readonly lastSignIn: string | null
  readonly disabled: string | null
}

async function list(
  { database, runtime }: UpstreamParts,
  provider: string,
): Promise<readonly LinkedPerson[]> {
  const rows = await database.query(sql<LinkRow>`
    select account.id as account, account.login, account.display, account.roles, account.disabled,
      link.login as "upstreamLogin", link.groups, link.roles as "rolesByGroups",
      link.last_sign_in as "lastSignIn",
      array(
        select unnest(other.roles)
        from upstream.link as other
        where other.account = account.id) as "everyRoleByGroups"
    from upstream.link
    join identity.account on account.id = link.account
    where link.provider = ${provider}
    order by lower(account.login)
    limit ${mostListed}`)
  const local = (at: string) => instantOf(epochMs(at), runtime.timeZone)
  return rows.map(({ roles, everyRoleByGroups, lastSignIn, disabled, ...row }) => ({
    ...row,
    rolesByHand: roles.filter((role) => !everyRoleByGroups.includes(role)),
    ...(lastSignIn === null ? {} : { lastSignIn: local(lastSignIn) }),
    ...(disabled === null ? {} : { disabled: local(disabled) }),
  }))
}

/** An account of an administrator is linked only where groups may give such roles: a link is a way to sign in. */
async function invite(
  parts: UpstreamParts,
  by: Actor,
  { id, login, reason }: Parameters<Upstream['invite']>[1],
): Promise<{ readonly code: string }> {
  const { database, runtime, roles } = parts
  const code = newSecret()
  const [account] = await database.query(sql<{ id: string; roles: readonly string[] }>`
    select id, roles
    from identity.account
    where tenant = ${by.tenant} and lower(login) = lower(${login.normalize('NFC').trim()})
    and disabled is null`)
  await administer(parts, by, {
    permission: writePermission,
    kind: 'identity.upstream-invited',
    subject: { type: 'Account', id: account?.id ?? 'unknown' },
    reason: refuseWithoutReason(reason),
    data: { provider: id },
    work: async (transaction) => {
      await demandProvider(parts, by, id)
      if (!account)
        throw notFound('there is no such account, or it is disabled', {
          code: 'identity.no-person',
          at: 'login',
        })
      await refuseLinked(parts, { provider: id, account: account.id })
      await roles.refresh(by.tenant)
      const isAdministrator = account.roles.some((role) => isOfAdministrators(roles, by.tenant, role))
      if (isAdministrator && !by.roles.includes('administrator') && by.kind !== 'system')
        throw forbidden('only an administrator links the account of an administrator', {
          code: 'identity.not-administrator',
        })
      const at = runtime.now()
      const ends = instantOf(epochMs(at) + invitationLifeMs, runtime.timeZone)
      await transaction.query(sql`
        with before as (
          delete from upstream.invitation
          where (provider = ${id} and account = ${account.id}) or ends < ${at}::timestamptz
        )
        insert into upstream.invitation (code_hash, provider, account, ends)
        values (${digest(code)}, ${id}, ${account.id}, ${ends})`)
    },
  })
  return { code }
}

async function refuseLinked(
  { database }: UpstreamParts,
  { provider, account }: { provider: string; account: string },
): Promise<void> {
  const linked = await database.query(sql`
    select account
    from upstream.link
    where provider = ${provider} and account = ${account}`)
  if (linked.length === 0) return
  throw conflict('the account is linked already: unlink it first', {
    code: 'upstream.linked-already',
    at: 'login',
  })
}
