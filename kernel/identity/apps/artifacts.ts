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
  const row = (artifact: Artifact) => sql`
    insert into oauth.artifact (kind, id_hash, uid_hash, access, app, scope, sealed, ends)
    values (${artifact.kind}, ${digest(artifact.value)},
      ${artifact.uid === undefined ? null : digest(artifact.uid)}, ${artifact.access}, ${artifact.app},
      ${artifact.scope}, ${artifact.sealed}, ${endsOf(artifact)})`
  const sweep = () =>
    database.query(sql`
      delete from oauth.artifact
      where (kind, id_hash) in (
        select kind, id_hash
        from oauth.artifact
        where ends < ${runtime.now()}::timestamptz
        order by ends
        limit ${swept}
        for update skip locked)`)

  return {
    async put(artifact) {
      await database.query(sql`
        ${row(artifact)}
        on conflict (kind, id_hash) do update
        set sealed = excluded.sealed, ends = excluded.ends, scope = excluded.scope, access = excluded.access,
          uid_hash = excluded.uid_hash`)
      await sweep()
    },
    async putOnce(artifact) {
      const written = await database.query(sql`
        ${row(artifact)}
        on conflict (kind, id_hash) do nothing
        returning kind`)
      await sweep()
      return written.length === 1
    },
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
