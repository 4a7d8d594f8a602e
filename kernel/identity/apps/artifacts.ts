/** Codes, tokens and interactions of the authorisation server: found by digest, used once by one statement. */
import { sql } from '@xinglin/database'
import { epochMs, instantOf } from '@xinglin/fhir'
import { digest } from '../secrets.ts'
import type { Artifact, OauthStore, StoredArtifact } from './apps.ts'
import type { AppParts } from './create-apps.ts'

const dayMs = 86_400_000
/** Rows that are over leave with so many new ones, each time a few. */
const swept = 20

type Functions = 'put' | 'putOnce' | 'get' | 'getByUid' | 'consume' | 'remove' | 'removeOfAccess'

export function createArtifacts({ database, runtime, tokens }: AppParts): Pick<OauthStore, Functions> {
  const forget = (value: string) => tokens.forget(digest(value).toString('base64url'))
  const endsOf = ({ endsSeconds }: Artifact) =>
    instantOf(
      endsSeconds === undefined ? epochMs(runtime.now()) + dayMs : endsSeconds * 1_000,
      runtime.timeZone,
    )
  // Whatever is over leaves with what comes, some rows each time and in the same statement.
  const put = (artifact: Artifact, mayReplace: boolean) => {
    const { kind, access, app, scope, sealed } = artifact
    const id = digest(artifact.value)
    return database.query(sql`
      with over as (
        delete from oauth.artifact
        where (kind, id_hash) in (
          select kind, id_hash
          from oauth.artifact
          where ends < ${runtime.now()}::timestamptz
          and id_hash <> ${id}
          order by ends
          limit ${swept}
          for update skip locked
        )
      )
      insert into oauth.artifact as known (kind, id_hash, uid_hash, access, app, scope, sealed, ends)
      values (${kind}, ${id}, ${artifact.uid === undefined ? null : digest(artifact.uid)}, ${access}, ${app},
        ${scope}, ${sealed}, ${endsOf(artifact)})
      on conflict (kind, id_hash) do update
      set sealed = excluded.sealed, ends = excluded.ends, scope = excluded.scope, access = excluded.access,
        uid_hash = excluded.uid_hash
      where ${mayReplace}::boolean
      returning kind`)
  }

  return {
    put: async (artifact) => void (await put(artifact, true)),
    putOnce: async (artifact) => (await put(artifact, false)).length === 1,
    async get(kind, value) {
      const [found] = await database.query(sql<StoredArtifact>`
        select sealed, consumed is not null as "isConsumed"
        from oauth.artifact
        where kind = ${kind} and id_hash = ${digest(value)}`)
      return found
    },
    async getByUid(kind, uid) {
      const [found] = await database.query(sql<StoredArtifact>`
        select sealed, consumed is not null as "isConsumed"
        from oauth.artifact
        where kind = ${kind} and uid_hash = ${digest(uid)}`)
      return found
    },
    async consume(kind, value) {
      const used = await database.query(sql`
        update oauth.artifact
        set consumed = ${runtime.now()}::timestamptz
        where kind = ${kind} and id_hash = ${digest(value)} and consumed is null
        returning kind`)
      return used.length === 1
    },
    async remove(kind, value) {
      await database.query(sql`
        delete from oauth.artifact
        where kind = ${kind} and id_hash = ${digest(value)}`)
      forget(value)
    },
    async removeOfAccess(kind, access) {
      await database.query(sql`
        delete from oauth.artifact
        where kind = ${kind} and access = ${access}`)
      tokens.clear()
    },
  }
}
