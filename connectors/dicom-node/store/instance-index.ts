/**
 * The index of instances: rows that wait at the same time share one transaction, so that n senders cost one fsync
 * together. Row, pending study and journal entry commit as one; the answer comes after the commit (law 1).
 */
import type { Kernel } from '@xinglin/app'
import type { Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { ObjectHash } from '@xinglin/objects'
import { imagingStudyId } from '../study/imaging-study-id.ts'
import type { InstanceHeader } from './header-scan.ts'
import { type IndexRow, indexRow } from './index-rows.ts'
import { answersFor, insertInstances, insertSeries, insertStudy } from './index-statements.ts'

export type StoredInstance = {
  readonly header: InstanceHeader
  readonly object: ObjectHash
  readonly sizeBytes: number
  /** Settles when the object is; its row commits after that, or not at all. */
  readonly durable: Promise<unknown>
  /** Calling AE title, or who posted it. */
  readonly sender: string
  /** `C-STORE CT`, `STOW-RS CT`. */
  readonly subject: string
  readonly receivedAt: Instant
}
/** `known`: the instance is here under the same UID; whether it is the same is for the caller to find out. */
export type IndexAnswer =
  | { readonly kind: 'stored' }
  | { readonly kind: 'known'; readonly object: ObjectHash; readonly datasetOffset: number }

export interface InstanceIndex {
  add(instance: StoredInstance): Promise<IndexAnswer>
}

type Waiting = {
  readonly instance: StoredInstance
  readonly answer: (answer: IndexAnswer) => void
  readonly fail: (cause: unknown) => void
}

/** More rows share nothing further; a longer statement only delays the first of them. */
const maxRowsPerCommit = 64
/** Studies and series known to be in the index, so that their rows are not sent with every instance. */
const maxKnownUids = 10_000

/** An index for one tenant; `changed` is called with the studies of each commit. */
export function createInstanceIndex(options: {
  kernel: Kernel
  tenant: TenantId
  changed: (studyInstanceUids: readonly string[]) => void
}): InstanceIndex {
  const { kernel, tenant, changed } = options
  const known = new Set<string>()
  let waiting: Waiting[] = []
  let isWriting = false

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxRowsPerCommit)
      waiting = waiting.slice(maxRowsPerCommit)
      try {
        const answers = await commit(batch.map((member) => member.instance))
        for (const [index, member] of batch.entries()) {
          const answer = answers[index]
          if (answer) member.answer(answer)
        }
      } catch (cause) {
        await failOrTryAgain(batch, cause)
      }
    }
    isWriting = false
  }

  /** One object that could not be made durable must not fail the others of its batch. */
  async function failOrTryAgain(batch: readonly Waiting[], cause: unknown): Promise<void> {
    const settled = await Promise.allSettled(batch.map((member) => member.instance.durable))
    const good = batch.filter((_, index) => settled[index]?.status === 'fulfilled')
    const isTheirFault = good.length < batch.length
    for (const [index, member] of batch.entries()) {
      const outcome = settled[index]
      if (outcome?.status === 'rejected') member.fail(outcome.reason)
      else if (!isTheirFault) member.fail(cause)
    }
    if (isTheirFault) waiting = [...good, ...waiting]
  }

  async function commit(instances: readonly StoredInstance[]): Promise<readonly IndexAnswer[]> {
    const rows = instances.map((instance) => indexRow(instance))
    const written = (await insertAsNew(instances, rows)) ?? (await insertWhereNew(instances, rows))
    remember(instances)
    if (written.studies.length > 0) changed(written.studies)
    return written.answers
  }

  /** Nearly every instance is new: all statements go out together, and a known one undoes them (1 round trip, not 3). */
  async function insertAsNew(
    instances: readonly StoredInstance[],
    rows: readonly IndexRow[],
  ): Promise<Written | undefined> {
    const isEachNew = new Set(rows.map((row) => row.sop_instance_uid)).size === rows.length
    if (!isEachNew) return undefined
    try {
      return await kernel.database.transaction(async (transaction) => {
        const inserting = insertInstances(transaction, tenant, rows, kernel.runtime.now())
        const [inserted] = await Promise.all([inserting, ...consequences(transaction, instances)])
        if (inserted.size !== rows.length) throw notAllNew
        await Promise.all(instances.map((instance) => instance.durable))
        return { answers: rows.map(() => ({ kind: 'stored' as const })), studies: studiesOf(instances) }
      })
    } catch (error) {
      if (error === notAllNew) return undefined
      throw error
    }
  }

  function insertWhereNew(instances: readonly StoredInstance[], rows: readonly IndexRow[]): Promise<Written> {
    return kernel.database.transaction(async (transaction) => {
      const inserted = await insertInstances(transaction, tenant, rows, kernel.runtime.now())
      const isNew = rows.map((row) => inserted.delete(row.sop_instance_uid))
      const fresh = instances.filter((_, index) => isNew[index])
      await Promise.all(consequences(transaction, fresh))
      const answers = await answersFor(transaction, tenant, rows, isNew)
      await Promise.all(instances.map((instance) => instance.durable))
      return { answers, studies: studiesOf(fresh) }
    })
  }

  /** What follows from new rows in the same commit: their study and series, the journal. */
  function consequences(transaction: Transaction, fresh: readonly StoredInstance[]): Promise<unknown>[] {
    return [...newLevels(transaction, fresh), ...fresh.map((instance) => journal(transaction, instance))]
  }

  /** Statements that add studies and series not yet known here; a race with another process ends in `do nothing`. */
  function newLevels(transaction: Transaction, fresh: readonly StoredInstance[]): Promise<unknown>[] {
    const studies = new Map<string, StoredInstance>()
    const series = new Map<string, StoredInstance>()
    for (const instance of fresh) {
      const { studyInstanceUid, seriesInstanceUid } = instance.header
      if (known.has(`${studyInstanceUid}/${seriesInstanceUid}`)) continue
      studies.set(studyInstanceUid, instance)
      series.set(`${studyInstanceUid}/${seriesInstanceUid}`, instance)
    }
    return [
      ...[...studies.values()].map((instance) => insertStudy(transaction, tenant, instance)),
      ...[...series.values()].map((instance) => insertSeries(transaction, tenant, instance)),
    ]
  }

  function remember(instances: readonly StoredInstance[]): void {
    if (known.size > maxKnownUids) known.clear()
    for (const { header } of instances) known.add(`${header.studyInstanceUid}/${header.seriesInstanceUid}`)
  }

  function journal(transaction: Transaction, instance: StoredInstance): Promise<unknown> {
    const { header } = instance
    return kernel.traffic.record(
      transaction,
      {
        tenant,
        door: 'dicom',
        sender: instance.sender,
        subject: instance.subject,
        controlId: header.sopInstanceUid,
        raw: Buffer.from(instance.object, 'latin1'),
        receivedAt: instance.receivedAt,
      },
      { outcome: 'accepted', made: [`ImagingStudy/${imagingStudyId(tenant, header.studyInstanceUid)}`] },
    )
  }

  return {
    add: (instance) =>
      new Promise((answer, fail) => {
        waiting.push({ instance, answer, fail })
        if (isWriting) return
        isWriting = true
        void writeWaiting()
      }),
  }
}

type Written = { readonly answers: readonly IndexAnswer[]; readonly studies: readonly string[] }
const notAllNew = new Error('an instance of the batch is known already')

function studiesOf(instances: readonly StoredInstance[]): readonly string[] {
  return [...new Set(instances.map((instance) => instance.header.studyInstanceUid))]
}
