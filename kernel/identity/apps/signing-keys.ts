/** The keys that sign ID tokens, shared by all processes; the newest of an algorithm signs, older ones are still published. */
import { sql } from '@xinglin/database'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import { localInstant } from '../local-instant.ts'
import type { OauthStore, SigningKey } from './apps.ts'
import type { AppParts } from './create-apps.ts'

type KeyRow = Omit<SigningKey, 'created'> & { readonly created: string }

export function createSigningKeys({
  database,
  runtime,
}: AppParts): Pick<OauthStore, 'signingKeys' | 'addSigningKey'> {
  return {
    async signingKeys() {
      const rows = await database.query(sql<KeyRow>`
        select id, algorithm, sealed, created, retired is not null as "isRetired"
        from oauth.signing_key
        where ends is null or ends > ${runtime.now()}::timestamptz
        order by created desc, id`)
      return rows.map((row) => ({
        ...row,
        created: localInstant(row.created, runtime.timeZone) ?? (row.created as Instant),
      }))
    },
    addSigningKey: ({ id, algorithm, sealed }, keptSeconds) =>
      database.transaction(async (transaction) => {
        const at = runtime.now()
        const ends = instantOf(epochMs(at) + keptSeconds * 1_000, runtime.timeZone)
        // Two processes that start at once both add one: the later retires the earlier, which is still published.
        await transaction.query(sql`lock table oauth.signing_key in share row exclusive mode`)
        await transaction.query(sql`
          update oauth.signing_key
          set retired = ${at}::timestamptz, ends = ${ends}::timestamptz
          where algorithm = ${algorithm} and retired is null`)
        await transaction.query(sql`
          insert into oauth.signing_key (id, algorithm, sealed, created)
          values (${id}, ${algorithm}, ${sealed}, ${at})`)
      }),
  }
}
