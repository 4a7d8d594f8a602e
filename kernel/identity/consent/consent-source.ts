/** Patients' consents as a source of access: rows that a consent refuses are not there, and a refusal names its consent. */
import { type Queryable, sql } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import type { Runtime } from '@xinglin/runtime'
import type { AccessSource, Asking, RowFilter, Stance, Told } from '../access/access.ts'
import { createInUse } from '../access/in-use.ts'
import type { Actor } from '../identity.ts'
import type { Look } from './evaluate.ts'
import { lookOf } from './look.ts'
import { needsPermission } from './purposes.ts'
import { consentsRefusing, isPermitted, isRefused } from './refusals.ts'
import { isInCharts } from './rule-rows.ts'

type Needs = {
  readonly database: Queryable
  readonly events: EventLog
  readonly runtime: Runtime
  /** Calls `note` with each commit of this process that makes rules. */
  readonly listen: (note: (tenant: TenantId) => void) => void
}

/** Everybody but the platform itself and patients themselves is bound by what patients say; where nobody has said anything, nothing is asked. */
export function createConsentSource(needs: Needs): AccessSource {
  const { database } = needs
  const areThere = createInUse(needs, {
    ask: (tenant) => hasRules(database, tenant),
    isSign: ({ resourceType }) => resourceType === 'Consent',
    listen: needs.listen,
  })
  return {
    name: 'consent',
    stanceOf(asking) {
      if (asking.actor.kind === 'system' || asking.actor.kind === 'patient') return undefined
      if (needsPermission(asking.purpose)) return stanceOf(database, asking)
      const are = areThere(asking.tenant)
      if (are instanceof Promise) return are.then((is) => (is ? stanceOf(database, asking) : undefined))
      return are ? stanceOf(database, asking) : undefined
    },
  }
}

async function hasRules(database: Queryable, tenant: TenantId): Promise<boolean> {
  const rows = await database.query(sql`select from consent.rule where tenant = ${tenant} limit 1`)
  return rows.length > 0
}

function stanceOf(database: Queryable, { tenant, actor, purpose, at }: Asking): Stance {
  const look = lookOf({ ...actor, purpose }, at)
  const rows = needsPermission(purpose) ? permitted(look) : notRefused(look)
  return {
    within: ({ type }) => (isInCharts(type) ? rows : undefined),
    tells: async ({ type, id }) => told(await consentsRefusing(database, { tenant, type, id }, look)),
  }
}

/** Rows that no consent refuses. */
export function notRefused(look: Look): RowFilter {
  return { kind: 'sql', of: (row) => sql`not ${isRefused(row, look)}` }
}

function permitted(look: Look): RowFilter {
  return { kind: 'sql', of: (row) => sql`(not ${isRefused(row, look)} and ${isPermitted(row, look)})` }
}

function told(consents: readonly string[]): Told | undefined {
  if (consents.length === 0) return undefined
  const named = consents.map((id) => `Consent/${id}`)
  return {
    sentence: `the patient does not agree that you see this (${named.join(' and ')})`,
    values: { consents: named.join('、') },
  }
}

/** Ids of the consents by which a patient refuses an actor his own Patient. */
export function consentsAgainst(
  database: Queryable,
  actor: Actor,
  { patient, at }: { readonly patient: string; readonly at: Asking['at'] },
): Promise<readonly string[]> {
  return consentsRefusing(database, { tenant: actor.tenant, type: 'Patient', id: patient }, lookOf(actor, at))
}
