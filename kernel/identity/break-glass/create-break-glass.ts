/** Opening, ending and judging: each one decision and one transaction with its Task, its audit entry and its entry in the log. */
import { type Database, sql } from '@xinglin/database'
import { conflict, epochMs, forbidden, gone, instantOf, invalid, notFound, type Task } from '@xinglin/fhir'
import { parseVersion, type Records, type Unit } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { demandPermission, refuseWithoutReason } from '../administer.ts'
import type { Audit } from '../audit/audit.ts'
import { consentsAgainst } from '../consent/consent-source.ts'
import { breakGlassPurpose } from '../consent/purposes.ts'
import type { Decide } from '../decide.ts'
import type { Actor } from '../identity.ts'
import type { IdentitySettings } from '../settings.ts'
import type { BreakGlass, Glass } from './break-glass.ts'
import { findGlass, listGlass, lockGlass, standingGlass, type Whose } from './glass-rows.ts'
import { reviewedTask, reviewTask } from './review-task.ts'

export type BreakGlassParts = {
  readonly database: Database
  readonly records: Records
  readonly runtime: Runtime
  readonly audit: Audit
  readonly decide: Decide
  readonly settings: Required<IdentitySettings>
}

export function createBreakGlass(parts: BreakGlassParts): BreakGlass {
  const whose = ({ tenant }: Actor): Whose => ({
    tenant,
    timeZone: parts.runtime.timeZone,
    at: parts.runtime.now(),
  })
  return {
    open: (by, act) => open(parts, by, act),
    close: (by, id) => close(parts, by, id),
    standing: (by, patient) => standingGlass(parts.database, whose(by), { holder: by.reference, patient }),
    async list(by, options) {
      demandPermission(parts, by, { action: 'privacy.glass.review' })
      const found = await listGlass(parts.database, whose(by), options)
      const detail = `${options.state ?? 'all'} · ${found.length} found`
      parts.audit.note(by, { action: 'privacy.glass.review', outcome: 'allowed', detail })
      return found
    },
    find(by, id) {
      demandPermission(parts, by, { action: 'privacy.glass.review', resourceId: id })
      return findGlass(parts.database, whose(by), id)
    },
    review: (by, act) => review(parts, by, act),
  }
}

async function open(
  parts: BreakGlassParts,
  by: Actor,
  { patient, reason: given }: { readonly patient: string; readonly reason: string },
): Promise<Glass> {
  demandPermission(parts, by, { action: 'privacy.glass.break', resourceId: patient })
  if (by.kind !== 'user')
    throw forbidden('only people break the glass', { code: 'consent.glass-not-a-person' })
  const reason = refuseWithoutReason(given)
  const { database, runtime, settings } = parts
  const since = runtime.now()
  const after = (ms: number) => instantOf(epochMs(since) + ms, runtime.timeZone)
  const glass: Glass = {
    id: runtime.newId(),
    holder: by.reference,
    holderDisplay: by.display,
    patient,
    reason,
    refusedBy: await consentsAgainst(database, by, { patient, at: since }),
    since,
    until: after(settings.glassMs),
    task: runtime.newId(),
    reviewDue: after(settings.glassReviewMs),
  }
  await commit(parts, by, async (unit) => {
    await demandPatient(unit, patient)
    await insert(unit, glass, runtime.timeZone)
    await unit.write([{ kind: 'create', id: glass.task, resource: reviewTask(glass, by) }])
    const data = { glass: glass.id, task: glass.task, holder: by.reference, until: glass.until }
    unit.state({ kind: 'identity.glass-broken', patient, data })
    const detail = `purpose ${breakGlassPurpose} · until ${glass.until} · ${reason}`
    parts.audit.write(unit.transaction, { ...by, purpose: breakGlassPurpose }, [
      {
        action: 'break-glass',
        outcome: 'allowed',
        resourceType: 'Patient',
        resourceId: patient,
        patient,
        detail,
      },
    ])
  })
  runtime.log.warn('glass broken', { glass: glass.id, holder: by.reference, patient })
  return glass
}

async function demandPatient(unit: Unit, patient: string): Promise<void> {
  const version = await unit.read('Patient', patient)
  if (!version)
    throw notFound(`there is no Patient/${patient.slice(0, 64)}`, {
      code: 'consent.no-patient',
      at: 'patient',
    })
  if (version.interaction === 'delete')
    throw gone(`Patient/${patient} has been deleted`, { code: 'consent.no-patient', at: 'patient' })
}

/** One at a time for one person and patient: two windows of one person make one. */
async function insert({ tenant, transaction }: Unit, glass: Glass, timeZone: string): Promise<void> {
  const key = `${tenant}/${glass.holder}/${glass.patient}`
  await transaction.query(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
  const whose = { tenant, timeZone, at: glass.since }
  const [standing] = await standingGlass(transaction, whose, glass)
  if (standing)
    throw conflict(`you have opened this record already, until ${standing.until}`, {
      code: 'consent.glass-open',
      at: 'patient',
    })
  await transaction.query(sql`
    insert into consent.break_glass
      (id, tenant, holder, holder_display, patient, reason, refused_by, since, until, task, review_due)
    values (
      ${glass.id}, ${tenant}, ${glass.holder}, ${glass.holderDisplay}, ${glass.patient}, ${glass.reason},
      ${glass.refusedBy}::text[], ${glass.since}::timestamptz, ${glass.until}::timestamptz, ${glass.task},
      ${glass.reviewDue}::timestamptz)`)
}

async function close(parts: BreakGlassParts, by: Actor, id: string): Promise<void> {
  const at = parts.runtime.now()
  await commit(parts, by, async (unit) => {
    const [ended] = await unit.transaction.query(sql<{ patient: string }>`
      update consent.break_glass
      set until = ${at}::timestamptz
      where tenant = ${by.tenant} and id = ${id} and holder = ${by.reference} and until > ${at}::timestamptz
      returning patient`)
    if (!ended) throw noGlass(id)
    unit.state({ kind: 'identity.glass-closed', patient: ended.patient, data: { glass: id } })
    parts.audit.write(unit.transaction, by, [
      {
        action: 'break-glass.close',
        outcome: 'allowed',
        resourceType: 'Patient',
        resourceId: ended.patient,
        patient: ended.patient,
      },
    ])
  })
}

async function review(
  parts: BreakGlassParts,
  by: Actor,
  { id, outcome, note: given }: Parameters<BreakGlass['review']>[1],
): Promise<void> {
  demandPermission(parts, by, { action: 'privacy.glass.review', resourceId: id })
  if (outcome !== 'justified' && outcome !== 'not-justified')
    throw invalid('outcome must be justified or not-justified', {
      code: 'consent.glass-outcome',
      at: 'outcome',
    })
  const note = refuseWithoutReason(given)
  const { runtime, audit } = parts
  const at = runtime.now()
  await commit(parts, by, async (unit) => {
    const glass = await lockGlass(unit.transaction, { tenant: by.tenant, timeZone: runtime.timeZone, at }, id)
    if (!glass) throw noGlass(id)
    refuseReview(glass, by)
    await unit.transaction.query(sql`
      update consent.break_glass
      set outcome = ${outcome}, note = ${note}, reviewer = ${by.reference}, reviewer_display = ${by.display},
        reviewed = ${at}::timestamptz
      where tenant = ${by.tenant} and id = ${id}`)
    const task = await unit.read('Task', glass.task)
    if (task && task.interaction !== 'delete') {
      const resource: Task = parseVersion(task, 'Task')
      await unit.write([{ kind: 'update', resource: reviewedTask(resource, { outcome, note, by, at }) }])
    }
    unit.state({ kind: 'identity.glass-reviewed', patient: glass.patient, data: { glass: id, outcome } })
    const access = {
      action: 'break-glass.review',
      resourceType: 'Task',
      resourceId: glass.task,
      patient: glass.patient,
    }
    audit.write(unit.transaction, by, [{ ...access, outcome: 'allowed', detail: `${outcome} · ${note}` }])
  })
}

function refuseReview(glass: Glass, by: Actor): void {
  if (glass.holder === by.reference)
    throw conflict('nobody judges what he did himself: let another do it', {
      code: 'consent.glass-own',
      at: 'id',
    })
  if (glass.review)
    throw conflict('this has been judged already', { code: 'consent.glass-reviewed', at: 'id' })
}

function commit<T>({ records }: BreakGlassParts, by: Actor, work: (unit: Unit) => Promise<T>): Promise<T> {
  return records.commit({ tenant: by.tenant, actor: by.reference }, work)
}

function noGlass(id: string) {
  return notFound(`there is no broken glass ${id.slice(0, 64)} that this could be done to`, {
    code: 'consent.no-glass',
    at: 'id',
  })
}
