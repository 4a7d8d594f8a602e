/** Providers as administrators keep them and as doors use them; a secret goes in and is never shown. */
import { sql } from '@xinglin/database'
import {
  conflict,
  epochMs,
  instantOf,
  invalid,
  notFound,
  type OutcomeError,
  unsupported,
} from '@xinglin/fhir'
import { administer, inspect, refuseWithoutReason } from '../administer.ts'
import type { Actor } from '../identity.ts'
import type { UpstreamParts } from './create-upstream.ts'
import { releaseEverybody } from './release.ts'
import { sealed, unsealed } from './seal.ts'
import { ldapSettings, oidcSettings } from './settings.ts'
import type {
  ListedProvider,
  OfferedProvider,
  OpenedProvider,
  Probe,
  SweepState,
  Upstream,
  UpstreamDoor,
  UpstreamProvider,
} from './upstream.ts'

export const readPermission = 'administration.upstream.read'
export const writePermission = 'administration.upstream.write'

/** A hospital asks two or three; a list beyond this is a mistake. */
const mostProviders = 50

type Doors = ReadonlyMap<string, UpstreamDoor>
type Made = Pick<Upstream, 'list' | 'save' | 'remove' | 'probe' | 'offered' | 'opened' | 'all'>

export function createProviders(parts: UpstreamParts, doors: Doors): Made {
  const { database } = parts
  return {
    list: (by) =>
      inspect(parts, by, { permission: readPermission, detail: 'list', get: () => list(parts, by) }),
    save: (by, provider) => save(parts, by, provider),
    remove: (by, act) => remove(parts, by, act),
    probe: (by, { id, login }) =>
      inspect(parts, by, {
        permission: writePermission,
        detail: `probe ${id.slice(0, 64)}`,
        get: () => probe(parts, doors, { by, id, ...(login === undefined ? {} : { login }) }),
      }),
    async offered() {
      const rows = await database.query(sql<OfferedRow>`
        select id, kind, title_zh as zh, title_en as en
        from upstream.provider
        where is_enabled
        order by title_en, id
        limit ${mostProviders}`)
      return rows.map(({ zh, en, ...row }): OfferedProvider => ({ ...row, title: { zh, en } }))
    },
    async opened(id) {
      const [row] = await database.query(providersWhere(sql`where id = ${id} and is_enabled`))
      if (row) return openedOf(parts, row)
      throw unknownProvider()
    },
    async all(kind) {
      const rows = await database.query(providersWhere(sql`where kind = ${kind} and is_enabled order by id`))
      return Promise.all(rows.map((row) => openedOf(parts, row)))
    },
  }
}

type OfferedRow = Omit<OfferedProvider, 'title'> & { readonly zh: string; readonly en: string }

type ProviderRow = Pick<
  OpenedProvider,
  'id' | 'kind' | 'joining' | 'isEnabled' | 'allowsAdministrators' | 'localPasswords' | 'tenant'
> & {
  readonly zh: string
  readonly en: string
  readonly settings: unknown
  readonly secret: string | null
  readonly changed: string
}

const providersWhere = (condition: ReturnType<typeof sql>) => sql<ProviderRow>`
  select id, tenant, kind, title_zh as zh, title_en as en, settings, secret, joining, changed,
    is_enabled as "isEnabled", allows_administrators as "allowsAdministrators",
    local_passwords as "localPasswords"
  from upstream.provider
  ${condition}`

function providerOf({ zh, en, kind, settings, ...row }: ProviderRow): UpstreamProvider {
  const { id, joining, isEnabled, allowsAdministrators, localPasswords } = row
  const same = { id, title: { zh, en }, joining, isEnabled, allowsAdministrators, localPasswords }
  return kind === 'oidc'
    ? { ...same, kind, settings: oidcSettings(settings) }
    : { ...same, kind, settings: ldapSettings(settings) }
}

async function openedOf({ keys }: UpstreamParts, row: ProviderRow): Promise<OpenedProvider> {
  const { id, secret, tenant, changed } = row
  const opened = secret === null ? undefined : await unsealed(keys, 'provider', id, secret)
  return {
    ...providerOf(row),
    tenant,
    version: changed,
    ...(opened === undefined ? {} : { secret: opened }),
  }
}

async function list(
  { database, runtime }: UpstreamParts,
  { tenant }: Actor,
): Promise<readonly ListedProvider[]> {
  const rows = await database.query(
    providersWhere(sql`where tenant = ${tenant} order by title_en, id limit ${mostProviders}`),
  )
  const counts = await database.query(sql<{ provider: string; people: number }>`
    select provider, count(*)::int as people
    from upstream.link
    where provider = any (${rows.map(({ id }) => id)})
    group by provider`)
  const sweeps = await database.query(sql<SweepRow>`
    select provider, at, looked_at as "lookedAt", disabled, failure
    from upstream.sweep
    where provider = any (${rows.map(({ id }) => id)})`)
  const sweepOf = (id: string): { sweep?: SweepState } => {
    const row = sweeps.find(({ provider }) => provider === id)
    if (!row) return {}
    const { at, lookedAt, disabled, failure } = row
    const state = { at: instantOf(epochMs(at), runtime.timeZone), lookedAt, disabled }
    return { sweep: { ...state, ...(failure === null ? {} : { failure }) } }
  }
  return rows.map((row) => ({
    ...providerOf(row),
    hasSecret: row.secret !== null,
    changed: instantOf(epochMs(row.changed), runtime.timeZone),
    people: counts.find(({ provider }) => provider === row.id)?.people ?? 0,
    ...sweepOf(row.id),
  }))
}

type SweepRow = {
  readonly provider: string
  readonly at: string
  readonly lookedAt: number
  readonly disabled: number
  readonly failure: string | null
}

async function save(
  parts: UpstreamParts,
  by: Actor,
  given: UpstreamProvider & { readonly secret?: string },
): Promise<void> {
  const provider = checked(given)
  const { id, kind, title, joining, isEnabled, allowsAdministrators, localPasswords } = provider
  await administer(parts, by, {
    permission: writePermission,
    kind: 'identity.upstream-saved',
    subject: { type: 'SignInProvider', id },
    data: { kind, joining, isEnabled, allowsAdministrators, localPasswords, renewsSecret: !!given.secret },
    work: async (transaction) => {
      const secret = given.secret ? await sealed(parts.keys, 'provider', id, given.secret) : null
      const at = parts.runtime.now()
      const saved = await transaction.query(sql`
        insert into upstream.provider as present
          (id, tenant, kind, title_zh, title_en, settings, secret, joining, is_enabled, allows_administrators,
            local_passwords, created, changed)
        values (${id}, ${by.tenant}, ${kind}, ${title.zh}, ${title.en}, ${JSON.stringify(provider.settings)}::jsonb,
          ${secret}, ${joining}, ${isEnabled}, ${allowsAdministrators}, ${localPasswords}, ${at}, ${at})
        on conflict (id) do update set
          title_zh = excluded.title_zh, title_en = excluded.title_en, settings = excluded.settings,
          secret = coalesce(excluded.secret, present.secret), joining = excluded.joining,
          is_enabled = excluded.is_enabled, allows_administrators = excluded.allows_administrators,
          local_passwords = excluded.local_passwords, changed = excluded.changed
        where present.tenant = excluded.tenant and present.kind = excluded.kind
        returning id`)
      if (saved.length === 0)
        throw conflict(`the name ${id} is taken by another provider: choose another`, {
          code: 'upstream.provider-taken',
          at: 'id',
        })
    },
  })
}

/** Long enough for a word, short enough for an address. */
const idPattern = /^[a-z][a-z0-9-]{1,39}$/
const maxSecretCharacters = 500

function checked(given: UpstreamProvider & { readonly secret?: string }): UpstreamProvider {
  const { id, title } = given
  if (!idPattern.test(id)) throw wrong('id', 'has 2 to 40 lower-case letters, digits or hyphens')
  for (const [at, text] of Object.entries(title))
    if (text.trim() === '' || text.length > 60) throw wrong(at, 'has 1 to 60 characters')
  if ((given.secret?.length ?? 0) > maxSecretCharacters)
    throw wrong('secret', `has at most ${maxSecretCharacters} characters`)
  return given.kind === 'oidc'
    ? { ...given, settings: oidcSettings(given.settings) }
    : { ...given, settings: ldapSettings(given.settings) }
}

async function remove(
  parts: UpstreamParts,
  by: Actor,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<void> {
  await administer(parts, by, {
    permission: writePermission,
    kind: 'identity.upstream-removed',
    subject: { type: 'SignInProvider', id },
    reason: refuseWithoutReason(reason),
    work: async (transaction) => {
      await releaseEverybody(parts, transaction, { provider: id, tenant: by.tenant })
      const removed = await transaction.query(sql`
        delete from upstream.provider
        where id = ${id} and tenant = ${by.tenant}
        returning id`)
      if (removed.length === 0) throw unknownProvider()
    },
  })
}

async function probe(
  parts: UpstreamParts,
  doors: Doors,
  { by, id, login }: { readonly by: Actor; readonly id: string; readonly login?: string },
): Promise<Probe> {
  const [row] = await parts.database.query(providersWhere(sql`where id = ${id} and tenant = ${by.tenant}`))
  if (!row) throw unknownProvider()
  const door = doors.get(row.kind)
  if (!door) throw unsupported('this process signs nobody in by others', { code: 'upstream.no-door' })
  return door.probe(await openedOf(parts, row), login === undefined ? {} : { login })
}

/** Throws `notFound` unless the tenant of `by` has the provider. */
export async function demandProvider({ database }: UpstreamParts, by: Actor, id: string): Promise<void> {
  const found = await database.query(sql`
    select id
    from upstream.provider
    where id = ${id} and tenant = ${by.tenant}`)
  if (found.length === 0) throw unknownProvider()
}

export function unknownProvider(): OutcomeError {
  return notFound('there is no such way to sign in: it was removed or switched off', {
    code: 'upstream.unknown-provider',
    at: 'id',
  })
}

function wrong(at: string, what: string): OutcomeError {
  return invalid(`${at} ${what}`, { code: 'upstream.settings', at })
}
