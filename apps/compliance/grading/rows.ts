/** The tables of graded protection. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { notFound } from '@xinglin/fhir'
import type { ControlRow } from '../contract.ts'
import type { Conclusion, Level } from './contract.ts'

export type SystemRow = {
  readonly id: string
  readonly name: string
  readonly level: Level
  readonly filingNumber: string | null
  readonly filed: string | null
  readonly registered: string
}
export type RoundRow = {
  readonly id: string
  readonly system: string
  readonly started: string
  readonly assessed: string | null
  readonly assessor: string | null
  readonly reportNumber: string | null
  readonly conclusion: Conclusion | null
}
export type TestRow = {
  readonly number: number
  readonly at: string
  readonly version: string
  readonly controls: readonly ControlRow[]
}
export type GapRow = {
  readonly control: string
  readonly foundIn: number
  readonly task: string | null
  readonly fixedAfter: number | null
}
export type RoundKey = { readonly tenant: TenantId; readonly round: string }

const ofSystem = sql`id, name, level, filing_number as "filingNumber", filed, registered`
const ofRound = sql`id, system, started, assessed, assessor, report_number as "reportNumber", conclusion`

export function systemsOf(from: Queryable, tenant: TenantId): Promise<readonly SystemRow[]> {
  return from.query(sql<SystemRow>`
    select ${ofSystem} from compliance.system where tenant = ${tenant} order by name`)
}

/** Newest first. */
export function roundsOf(from: Queryable, tenant: TenantId): Promise<readonly RoundRow[]> {
  return from.query(sql<RoundRow>`
    select ${ofRound} from compliance.round where tenant = ${tenant} order by started desc, id desc`)
}

export async function systemOf(from: Queryable, tenant: TenantId, id: string): Promise<SystemRow> {
  const [system] = await from.query(sql<SystemRow>`
    select ${ofSystem} from compliance.system where tenant = ${tenant} and id = ${id}`)
  if (system) return system
  throw notFound(`there is no graded system ${id}`, { code: 'compliance.no-system', at: 'system' })
}

/** `isLocked`: nobody else changes the round until this transaction ends. */
export async function roundOf(
  from: Queryable,
  { tenant, round }: RoundKey,
  isLocked = false,
): Promise<RoundRow> {
  const lock = isLocked ? sql`for update` : sql``
  const [row] = await from.query(sql<RoundRow>`
    select ${ofRound} from compliance.round where tenant = ${tenant} and id = ${round} ${lock}`)
  if (row) return row
  throw notFound(`there is no round ${round}`, { code: 'compliance.no-round', at: 'round' })
}

/** Oldest first. */
export function testsOf(from: Queryable, { tenant, round }: RoundKey): Promise<readonly TestRow[]> {
  return from.query(sql<TestRow>`
    select number, at, version, controls from compliance.self_test
    where tenant = ${tenant} and round = ${round} order by number`)
}

export function gapsOf(from: Queryable, { tenant, round }: RoundKey): Promise<readonly GapRow[]> {
  return from.query(sql<GapRow>`
    select control, found_in as "foundIn", task, fixed_after as "fixedAfter" from compliance.gap
    where tenant = ${tenant} and round = ${round} order by control`)
}
