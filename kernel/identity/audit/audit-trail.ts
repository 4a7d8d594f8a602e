/** Reading the audit trail: newest first, by who, what, whose, when and outcome, page after page by key. */
import { sql } from '@xinglin/database'
import { invalid } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { type Administration, inspect } from '../administer.ts'
import type { Actor, AuditEntry, AuditFilter, AuditTrail } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { authorsOf } from './version-authors.ts'

export type TrailParts = Administration & { readonly runtime: Runtime }

export function createAuditTrail(parts: TrailParts): AuditTrail {
  return {
    list: (by, options) =>
      inspect(parts, by, {
        permission: 'administration.audit.read',
        detail: filterNames(options),
        get: () => listEntries(parts, by, options),
      }),
    pages: (by, filter) =>
      inspect(parts, by, {
        permission: 'administration.audit.read',
        detail: `export: ${filterNames(filter)}`,
        get: async () => pagesOf(parts, by, filter),
      }),
    forPatient: (tenant, patient, limit) => listEntries(parts, { tenant }, { patient, limit }),
    authors: (tenant, versions) => authorsOf(parts.database, tenant, versions),
  }
}

const exportPageRows = 1_000

async function* pagesOf(parts: TrailParts, by: Actor, filter: AuditFilter) {
  let before: string | undefined
  do {
    const page = await listEntries(parts, by, { ...filter, before, limit: exportPageRows })
    yield page.entries
    before = page.next
  } while (before !== undefined)
}

const filters = [
  'actor',
  'action',
  'resourceType',
  'patient',
  'resourceId',
  'id',
  'outcome',
  'from',
  'until',
] as const

function filterNames(filter: AuditFilter): string {
  const names = filters.filter((name) => filter[name] !== undefined)
  return names.length === 0 ? 'list' : `list by ${names.join(',')}`
}

type Row = Omit<AuditEntry, 'at'> & { readonly at: string }

async function listEntries(
  { database, audit, runtime }: TrailParts,
  by: Pick<Actor, 'tenant'>,
  { before, limit, ...filter }: AuditFilter & { before?: string; limit: number },
): ReturnType<AuditTrail['list']> {
  await audit.flush()
  const rows = await database.query(sql<Row>`
    select id::text, at, tenant, actor, actor_display as "actorDisplay", address, action,
      resource_type as "resourceType", resource_id as "resourceId", patient, patients, detail, outcome,
      purpose, client, session
    from identity.audit
    where tenant = ${by.tenant}${conditions(filter)}${olderThan(before)}
    order by audit.at desc, audit.id desc
    limit ${limit + 1}`)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const entries = page.map(({ at, ...row }) =>
    present({ ...row, at: localInstant(at, runtime.timeZone) ?? at }),
  )
  return rows.length > limit && last ? { entries, next: `${last.at}~${last.id}` } : { entries }
}

/** Only the filters that are given stand in the text, so that each combination uses its own index. */
function conditions(filter: AuditFilter) {
  const { actor, action, resourceType, resourceId, patient, id, outcome, from, until } = filter
  const given = [
    actor && sql`and actor = ${actor}`,
    action && sql`and (action = ${action} or action like ${`${escaped(action)}.%`})`,
    resourceType && sql`and resource_type = ${resourceType}`,
    patient && sql`and (patient = ${patient} or patients @> array[${patient}::text])`,
    filter.actionCode && codeConditions[filter.actionCode],
    resourceId && sql`and resource_id = ${resourceId}`,
    id && sql`and id = ${id}::bigint`,
    outcome && sql`and outcome = ${outcome}`,
    from && sql`and at >= ${from}::timestamptz`,
    until && sql`and at < ${until}::timestamptz`,
  ]
  const present = given.filter((condition) => typeof condition === 'object')
  return present.length === 0 ? sql`` : sql` ${sql.join(present, sql` `)}`
}

/** As `eventCodes` gives them. */
const codeConditions = {
  C: sql`and action = 'create'`,
  U: sql`and action = 'update'`,
  D: sql`and action = 'delete'`,
  R: sql`and action ~ '^(read|history)$|\\.(read|search|list)$'`,
  E: sql`and action !~ '^(create|update|delete|read|history)$|\\.(read|search|list)$'`,
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function olderThan(before: string | undefined) {
  if (before === undefined) return sql``
  const [, at, id] = /^([\d\-T:.+]{19,40})~(\d{1,19})$/.exec(before) ?? []
  if (!at || !id)
    throw invalid('the page is not one that was given', { code: 'identity.audit-page', at: 'before' })
  return sql` and (at, id) < (${at}::timestamptz, ${id}::bigint)`
}

function present(entry: Omit<AuditEntry, 'at'> & { at: string }): AuditEntry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null)) as AuditEntry
}
