/** Who wrote a version, from the audit entry that was committed with it. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Version } from '@xinglin/records'
import type { VersionAuthor } from '../identity.ts'

/** An entry is written when its transaction ends, which the limit of statements keeps within this time of its begin. */
const longestWriteSeconds = 30

/** The authors of versions, found by time in the trail's own index: it has none by resource. */
export async function authorsOf(
  database: Database,
  tenant: TenantId,
  versions: readonly Version[],
): Promise<readonly VersionAuthor[]> {
  if (versions.length === 0) return []
  const wanted = versions.map(({ type, id, version, updated }) => ({ type, id, version, updated }))
  return database.query(sql<VersionAuthor>`
    select wanted.type, wanted.id, wanted.version, entry.actor, entry."actorDisplay"
    from jsonb_to_recordset(${sql.json(wanted)}::jsonb)
      as wanted(type text, id text, version int, updated timestamptz)
    cross join lateral (
      select actor, actor_display as "actorDisplay"
      from identity.audit
      where tenant = ${tenant}
        and at >= wanted.updated
        and at < wanted.updated + make_interval(secs => ${longestWriteSeconds})
        and resource_type = wanted.type
        and resource_id = wanted.id
        and action in ('create', 'update', 'delete')
        and outcome = 'allowed'
        and detail = 'version ' || wanted.version
      limit 1
    ) entry`)
}
