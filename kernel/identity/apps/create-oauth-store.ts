/** What the authorisation server keeps, put together. */
import { type Migrations, sql } from '@xinglin/database'
import { type AccessParts, createAccesses } from './accesses.ts'
import { noteToken } from './acts.ts'
import { approvedApp } from './app-rows.ts'
import type { OauthStore } from './apps.ts'
import { createArtifacts } from './artifacts.ts'
import { takeLaunch } from './launches.ts'
import { createSigningKeys } from './signing-keys.ts'

export const oauthMigrations: Migrations = {
  name: 'oauth',
  folder: new URL('./migrations/', import.meta.url),
}

export function createOauthStore(parts: AccessParts): OauthStore {
  const { database, runtime } = parts
  return {
    app: (id) => approvedApp(database, id, runtime),
    async origins() {
      const rows = await database.query(sql<{ address: string }>`
        select distinct unnest(redirect_uris || array_remove(array[launch_url], null)) as address
        from oauth.app
        where state = 'approved'
        and kind = 'public'`)
      return new Set(rows.flatMap(({ address }) => URL.parse(address)?.origin ?? []))
    },
    takeLaunch: takeLaunch(parts),
    noteToken: noteToken(parts),
    ...createAccesses(parts),
    ...createArtifacts(parts),
    ...createSigningKeys(parts),
  }
}
