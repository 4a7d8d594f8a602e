/** Reading the audit trail: who may, and the entry that tells of it. */
import { type Administration, inspect } from '../administer.ts'
import type { Actor, AuditFilter, AuditTrail } from '../identity.ts'
import { listEntries, type PageParts } from './entry-pages.ts'
import { authorsOf } from './version-authors.ts'

export type TrailParts = Administration & PageParts

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
    forPatient: (tenant, patient, options) =>
      listEntries(
        parts,
        { tenant },
        { patient, ...(typeof options === 'number' ? { limit: options } : options) },
      ),
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
  'purpose',
  'address',
  'from',
  'until',
] as const

function filterNames(filter: AuditFilter): string {
  const names = filters.filter((name) => filter[name] !== undefined)
  return names.length === 0 ? 'list' : `list by ${names.join(',')}`
}
