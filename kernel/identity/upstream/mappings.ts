/** Which groups of a provider give which roles here: data, with a look at what it would do before it does. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { forbidden, invalid } from '@xinglin/fhir'
import { administer, inspect, refuseWithoutReason } from '../administer.ts'
import { isOfAdministrators } from '../administrators.ts'
import type { Actor } from '../identity.ts'
import type { RoleBook } from '../roles.ts'
import type { UpstreamParts } from './create-upstream.ts'
import { demandProvider, readPermission, unknownProvider, writePermission } from './providers.ts'
import type { GroupRole, Preview, Upstream } from './upstream.ts'

const mostMappings = 500
const maxGroupCharacters = 500

export function createMappings(parts: UpstreamParts): Pick<Upstream, 'mappings' | 'setMappings' | 'preview'> {
  return {
    mappings: (by, id) =>
      inspect(parts, by, {
        permission: readPermission,
        detail: `mappings of ${id.slice(0, 64)}`,
        get: async () => {
          await demandProvider(parts, by, id)
          return mappingsOf(parts.database, id)
        },
      }),
    setMappings: parts.byTwo.guard<Parameters<Upstream['setMappings']>[1]>({
      kind: 'upstream.mappings',
      permission: writePermission,
      subject: ({ id }) => ({ type: 'SignInProvider', id: id.slice(0, 64) }),
      async before(from, by, { id, mappings }) {
        const allowsAdministrators = await mayGiveAdministrators(parts, by, id)
        await refuseRoles(parts, by, { mappings: checked(mappings), allowsAdministrators })
        return { mappings: await mappingsOf(from, id) }
      },
      act: (by, act) => setMappings(parts, by, act),
    }),
    preview: (by, { id, groups, mappings }) =>
      inspect(parts, by, {
        permission: readPermission,
        detail: `preview of ${id.slice(0, 64)}`,
        get: async () => {
          const allowsAdministrators = await mayGiveAdministrators(parts, by, id)
          return given(parts.roles, by.tenant, {
            ...{ allowsAdministrators, groups },
            mappings: mappings ?? (await mappingsOf(parts.database, id)),
          })
        },
      }),
  }
}

/** The mappings in force, by group. */
export function mappingsOf(database: Queryable, provider: string): Promise<readonly GroupRole[]> {
  return database.query(sql<GroupRole>`
    select group_name as "group", role
    from upstream.mapping
    where provider = ${provider}
    order by group_name, role`)
}

/** What groups give; names of groups are compared without regard to case, as directories do (RFC 4517 §4.2.11). */
export function given(
  book: RoleBook,
  tenant: TenantId,
  asked: {
    readonly groups: readonly string[]
    readonly mappings: readonly GroupRole[]
    readonly allowsAdministrators: boolean
  },
): Preview {
  const { groups, mappings, allowsAdministrators } = asked
  const byName = Map.groupBy(mappings, ({ group }) => folded(group))
  const roles = new Map<string, readonly string[]>()
  for (const group of groups)
    for (const { role } of byName.get(folded(group)) ?? [])
      roles.set(role, [...(roles.get(role) ?? []), group])
  const isWithheld = (role: string) => !allowsAdministrators && isOfAdministrators(book, tenant, role)
  return {
    roles: [...roles]
      .filter(([role]) => !isWithheld(role))
      .map(([role, from]) => ({ role, groups: from }))
      .sort((a, b) => a.role.localeCompare(b.role)),
    withheld: [...roles.keys()].filter(isWithheld).sort(),
    unmapped: groups.filter((group) => !byName.has(folded(group))),
  }
}

const folded = (group: string) => group.normalize('NFC').trim().toLowerCase()

async function mayGiveAdministrators(
  { database, roles }: UpstreamParts,
  by: Actor,
  id: string,
): Promise<boolean> {
  await roles.refresh(by.tenant)
  const [provider] = await database.query(sql<{ isAllowed: boolean }>`
    select allows_administrators as "isAllowed"
    from upstream.provider
    where id = ${id} and tenant = ${by.tenant}`)
  if (!provider) throw unknownProvider()
  return provider.isAllowed
}

async function setMappings(
  parts: UpstreamParts,
  by: Actor,
  act: Parameters<Upstream['setMappings']>[1],
): Promise<void> {
  const { id } = act
  const mappings = checked(act.mappings)
  await administer(parts, by, {
    permission: writePermission,
    kind: 'identity.upstream-mapped',
    subject: { type: 'SignInProvider', id },
    reason: refuseWithoutReason(act.reason),
    data: { mappings },
    work: async (transaction) => {
      const allowsAdministrators = await mayGiveAdministrators(parts, by, id)
      await refuseRoles(parts, by, { mappings, allowsAdministrators })
      await transaction.query(sql`delete from upstream.mapping where provider = ${id}`)
      await transaction.query(sql`
        insert into upstream.mapping (provider, group_name, role)
        select distinct ${id}, mapped.group_name, mapped.role
        from unnest(${mappings.map(({ group }) => group)}::text[], ${mappings.map(({ role }) => role)}::text[])
          as mapped (group_name, role)`)
    },
  })
}

function checked(mappings: readonly GroupRole[]): readonly GroupRole[] {
  const isRight = ({ group, role }: GroupRole) =>
    group.trim() !== '' && group.length <= maxGroupCharacters && role !== ''
  if (mappings.length <= mostMappings && mappings.every(isRight))
    return mappings.map(({ group, role }) => ({ group: group.trim(), role }))
  throw invalid(`a mapping is a group and a role; at most ${mostMappings} of them`, {
    code: 'upstream.mapping',
    at: 'mappings',
  })
}

async function refuseRoles(
  { roles: book }: UpstreamParts,
  by: Actor,
  { mappings, allowsAdministrators }: { mappings: readonly GroupRole[]; allowsAdministrators: boolean },
): Promise<void> {
  const known = new Set((await book.list(by.tenant)).map(({ id }) => id))
  for (const { role } of mappings) {
    if (!known.has(role))
      throw invalid(`there is no role ${role.slice(0, 64)}`, { code: 'identity.no-role', at: 'mappings' })
    if (!allowsAdministrators && isOfAdministrators(book, by.tenant, role))
      throw forbidden(`the role ${role} is one of administrators, which groups may not give here`, {
        code: 'upstream.administrator-role',
        at: 'mappings',
      })
  }
}
