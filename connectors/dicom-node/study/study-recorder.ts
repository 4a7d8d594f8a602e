/**
 * Keeps the ImagingStudy of each study up to date (law 4) without a version per instance: what changed stands in
 * `dicom.pending`, committed with the instances, so that a kill loses nothing; here it is worked off about once a
 * second and study. Several recorders may run: an advisory lock lets one at a time write a study.
 */
import type { Kernel } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Unit } from '@xinglin/records'
import { imagingStudyOf } from './imaging-study.ts'
import { imagingStudyId } from './imaging-study-id.ts'
import { orderOf } from './order.ts'
import { studyContent } from './study-rows.ts'
import { subjectOf } from './subject.ts'

/** From the first instance to the first version: long enough for a short series, short enough for a live page. */
const firstDelayMs = 300
/** Between two versions of one study while instances still come. */
const intervalMs = 1_000
/** A version of a large study costs more the more instances it lists: the pause grows with it, yet a page waits under 2 s. */
const pausePerWork = 4
const longestIntervalMs = 1_700
/** Looks for what another process left behind. */
const sweepMs = 5_000
/** After a failure, so that a broken database is not hammered. */
const failureDelayMs = 2_000

export interface StudyRecorder {
  /** Studies have changed in a commit of this process. */
  wake(studyInstanceUids: readonly string[]): void
  start(): void
  /** Stops after the study under way; what is pending stays for the next start. */
  stop(): Promise<void>
  /** Works off everything that is pending now. */
  drain(): Promise<void>
}

type PendingStudy = {
  readonly tenant: TenantId
  readonly studyInstanceUid: string
  readonly ids: readonly string[]
}

/** A recorder for all tenants; not started yet. */
export function createStudyRecorder(kernel: Kernel): StudyRecorder {
  const { database, runtime, identity } = kernel
  let timer: NodeJS.Timeout | undefined
  let dueMs = Number.POSITIVE_INFINITY
  let notBeforeMs = 0
  let running: Promise<void> | undefined
  let isStopped = true

  function schedule(delayMs: number): void {
    const nowMs = performance.now()
    const at = Math.max(nowMs + delayMs, notBeforeMs)
    if (isStopped || at >= dueMs) return
    clearTimeout(timer)
    dueMs = at
    timer = setTimeout(run, at - nowMs)
  }

  function run(): void {
    timer = undefined
    dueMs = Number.POSITIVE_INFINITY
    // Woken while a run was under way, or before its pause was known.
    if (running || performance.now() < notBeforeMs) {
      schedule(running ? intervalMs : 0)
      return
    }
    const startedMs = performance.now()
    running = workOff()
      .then(
        () => schedule(sweepMs),
        (error: unknown) => {
          runtime.log.error('studies could not be recorded', { reason: String(error) })
          schedule(failureDelayMs)
        },
      )
      .finally(() => {
        running = undefined
        const tookMs = performance.now() - startedMs
        notBeforeMs =
          startedMs + tookMs + Math.min(Math.max(intervalMs, tookMs * pausePerWork), longestIntervalMs)
      })
  }

  async function workOff(): Promise<void> {
    for (const study of await pendingStudies(database)) {
      if (isStopped) return
      await record(study)
    }
  }

  function record({ tenant, studyInstanceUid, ids }: PendingStudy): Promise<void> {
    const actor = identity.systemActor('dicom-node', tenant)
    return identity
      .recordsFor(actor)
      .commit((unit) => recordStudy(unit, { tenant, studyInstanceUid, ids }, runtime.timeZone))
  }

  return {
    wake: () => schedule(firstDelayMs),
    start() {
      isStopped = false
      schedule(0)
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      timer = undefined
      dueMs = Number.POSITIVE_INFINITY
      await running
    },
    async drain() {
      await running
      for (const study of await pendingStudies(database)) await record(study)
    },
  }
}

function pendingStudies(database: Queryable): Promise<readonly PendingStudy[]> {
  return database.query(sql<PendingStudy>`
    select tenant, study_instance_uid as "studyInstanceUid", array_agg(id::text) as ids
    from dicom.pending
    group by tenant, study_instance_uid
    order by min(id)
    limit 200`)
}

async function recordStudy(unit: Unit, pending: PendingStudy, timeZone: string): Promise<void> {
  const { tenant, studyInstanceUid, ids } = pending
  const id = imagingStudyId(tenant, studyInstanceUid)
  await unit.transaction.query(sql`select pg_advisory_xact_lock(hashtextextended(${id}, 0))`)
  // Read after the rows that it takes away were committed, so nothing that they stand for is missed.
  const content = await studyContent(unit.transaction, tenant, studyInstanceUid)
  if (content) {
    const subject = await subjectOf(unit, content.attributes)
    const basedOn = await orderOf(unit, content.attributes, subject)
    const study = imagingStudyOf(content, { id, subject, ...(basedOn && { basedOn }), timeZone })
    await unit.write([{ kind: 'update', resource: study }])
    await unit.transaction.query(sql`
      update dicom.study
      set patient = ${subject.reference?.replace('Patient/', '') ?? null}
      where tenant = ${tenant} and study_instance_uid = ${studyInstanceUid}`)
  }
  await unit.transaction.query(sql`delete from dicom.pending where id = any(${ids}::bigint[])`)
}
