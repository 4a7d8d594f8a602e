/** Sign-in by systems of others, put together on its tables. */

import { type Database, type Migrations, sql } from '@xinglin/database'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import type { Administration } from '../administer.ts'
import type { ByTwo } from '../approvals/by-two.ts'
import type { Tickets } from '../factors/tickets.ts'
import type { Passwords } from '../passwords.ts'
import type { RoleBook } from '../roles.ts'
import type { SessionStore } from '../sessions.ts'
import type { IdentitySettings } from '../settings.ts'
import { knownDevice } from '../sign-in/devices.ts'
import type { SignInHistory } from '../sign-in/sign-in.ts'
import type { Counted, SignInAttempts } from '../sign-in-attempts.ts'
import { enterByUpstream } from './enter.ts'
import { createFailures } from './failures.ts'
import { createFlows } from './flows.ts'
import { createMappings } from './mappings.ts'
import { createLinkedPeople } from './people.ts'
import { createProviders } from './providers.ts'
import { createUpstreamSessions } from './sessions.ts'
import { createSweeps } from './sweeps.ts'
import type { Upstream, UpstreamDoor } from './upstream.ts'

/** Tables of the schema `upstream`; after those of `signin`. */
export const upstreamMigrations: Migrations = {
  name: 'upstream',
  folder: new URL('./migrations/', import.meta.url),
}

export type UpstreamParts = Administration & {
  readonly byTwo: ByTwo
  readonly database: Database
  readonly runtime: Runtime
  readonly roles: RoleBook
  readonly passwords: Passwords
  readonly sessions: SessionStore
  readonly attempts: SignInAttempts
  readonly signIns: SignInHistory
  readonly tickets: Tickets
  readonly keys: Keys | undefined
  readonly settings: Required<IdentitySettings>
}

export function createUpstream(parts: UpstreamParts): Upstream {
  const doors = new Map<string, UpstreamDoor>()
  const { attempts, database } = parts
  return {
    connect: (kind, door) => void doors.set(kind, door),
    ...createProviders(parts, doors),
    ...createMappings(parts),
    ...createLinkedPeople(parts),
    ...createFlows(parts),
    ...createFailures(parts),
    ...createUpstreamSessions(parts),
    ...createSweeps(parts),
    enter: (person) => enterByUpstream(parts, person),
    beginAttempt: async (provider, tried) => attempts.begin(await countedOf(parts, provider, tried)),
    clearAttempts: async (provider, tried) =>
      attempts.clear(database, await countedOf(parts, provider, tried)),
  }
}

/** Counted apart from passwords of this platform: another system judges these. A browser that the person is known at counts for itself. */
async function countedOf(
  parts: UpstreamParts,
  { id }: { readonly id: string },
  { login, device: secret }: { readonly login: string; readonly device?: string },
): Promise<Counted> {
  const links = secret
    ? await parts.database.query(sql<{ account: string }>`
        select account
        from upstream.link
        where provider = ${id} and lower(login) = lower(${login.normalize('NFC').trim()})`)
    : []
  for (const { account } of links) {
    const device = await knownDevice(parts, { account, secret })
    if (device !== undefined) return { of: 'device', id: device }
  }
  return { of: 'provider', id, login }
}
