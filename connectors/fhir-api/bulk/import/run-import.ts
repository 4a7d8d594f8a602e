/**
 * The work of an import: batch after batch, each written in one transaction together with the place after it. Killed
 * anywhere, it goes on with the first line that was not committed. A line that is refused is noted with its outcome and
 * holds up nothing else.
 */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { invalid, OutcomeError, type Resource } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import { interpretResource, isValidResource } from '@xinglin/fhir/validate'
import type { GuardedRecords } from '@xinglin/identity'
import type { Change } from '@xinglin/records'
import { parseJson } from '@xinglin/web'
import { isObject } from '../../operations/parameters.ts'
import { askCleaning } from '../ask-cleaning.ts'
import { ownerOf } from '../authority.ts'
import { exportLastsMs } from '../limits.ts'
import { fetchInput } from './fetch-input.ts'
import {
  type ImportKey,
  type ImportRow,
  moveOn,
  noteInputs,
  type Place,
  type Refusal,
  takeUpImport,
} from './imports.ts'
import { type Batch, type Line, readBatches } from './lines.ts'

/** Throws where it should be tried again. */
export async function runImport(
  kernel: Kernel,
  key: ImportKey,
  { origins, signal }: Pick<Work, 'origins' | 'signal'>,
): Promise<void> {
  const row = await takeUpImport(kernel.database, key)
  if (!row) return
  try {
    const actor = await ownerOf(kernel, row)
    const work = { kernel, row, records: kernel.identity.recordsFor(actor), origins, signal }
    for (let input = row.input; input < row.inputs.length; input += 1) {
      const isFirst = input === row.input
      const place = { input, nextByte: isFirst ? row.nextByte : 0, nextLine: isFirst ? row.nextLine : 1 }
      if (!(await importInput(work, place))) return
    }
    await finish(kernel, key, 'done')
  } catch (error) {
    if (!(error instanceof OutcomeError) || !['forbidden', 'invalid', 'tooLarge'].includes(error.failure))
      throw error
    await finish(kernel, key, 'failed', error.message)
  }
}

type Work = {
  readonly kernel: Kernel
  readonly row: ImportRow
  readonly records: GuardedRecords
  /** Where inputs may be fetched. */
  readonly origins: readonly string[]
  readonly signal: AbortSignal
}

/** False where somebody cancelled the import. */
async function importInput(work: Work, start: Place): Promise<boolean> {
  const { kernel, row } = work
  const name = await heldInput(work, start.input)
  const held = await kernel.objects.passing.get(name)
  if (!held) throw invalid('an input is not in the object store any more', { code: 'bulk.input-gone' })
  const isRead = start.nextByte >= held.sizeBytes
  const rest =
    isRead || start.nextByte === 0
      ? held
      : await kernel.objects.passing.get(name, {
          startByte: start.nextByte,
          endByteExclusive: held.sizeBytes,
        })
  const end = isRead || !rest ? start : await importLines(work, start, rest.bytes)
  if (!end) return false
  return moveOn(
    kernel.database,
    row,
    { from: end, to: { input: start.input + 1, nextByte: 0, nextLine: 1 } },
    { written: 0, refusals: [] },
  )
}

/** The name of the bytes of an input in the object store; fetched once, whatever happens afterwards. */
async function heldInput({ kernel, row, origins, signal }: Work, index: number): Promise<string> {
  const [current] = await kernel.database.query(sql<Pick<ImportRow, 'inputs'>>`
    select inputs from bulk.import where tenant = ${row.tenant} and id = ${row.id}`)
  const inputs = current?.inputs ?? row.inputs
  const input = inputs[index]
  if (input?.object !== undefined) return input.object
  const { name, sizeBytes } = await fetchInput(kernel.objects, input?.url ?? '', { origins, signal })
  await noteInputs(
    kernel.database,
    row,
    inputs.map((each, place) => (place === index ? { ...each, object: name, sizeBytes } : each)),
  )
  return name
}

/**
 * Two batches at a time: one is read and judged here while PostgreSQL writes the other (in turn on two busy cores:
 * 2,800 → 4,300 and 2,600 → 2,900 resources/s). They commit in order, so that the place is always that before which everything is written. Gives the last place;
 * undefined where somebody cancelled the import.
 */
async function importLines(
  work: Work,
  start: Place,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Place | undefined> {
  let place = start
  let [older, newer] = [nothingWritten, nothingWritten]
  try {
    for await (const batch of readBatches(bytes, { startByte: start.nextByte, startLine: start.nextLine })) {
      work.signal.throwIfAborted()
      const step = {
        from: place,
        to: { input: start.input, nextByte: batch.nextByte, nextLine: batch.nextLine },
      }
      const judged = judge(work, batch, step)
      if (!(await older.done)) return undefined
      // A batch waits for the one before with its rows locked: it must not hold a row that the other one wants.
      if (!judged.identities.isDisjointFrom(newer.identities) && !(await newer.done)) return undefined
      const done = writeBatch(work, judged, step, newer.done)
      done.catch(() => undefined) // Told by whoever awaits it next.
      ;[older, newer] = [newer, { done, identities: judged.identities }]
      place = step.to
    }
    return (await newer.done) ? place : undefined
  } finally {
    await Promise.allSettled([older.done, newer.done])
  }
}

type Flying = { readonly done: Promise<boolean>; readonly identities: ReadonlySet<string> }
const nothingWritten: Flying = { done: Promise.resolve(true), identities: new Set() }

type Step = { readonly from: Place; readonly to: Place }
type Ready = { readonly line: number; readonly change: Extract<Change, { kind: 'update' }> }
type Outcome = { readonly written: number; readonly refusals: readonly Refusal[] }

type Judged = {
  readonly ready: readonly Ready[]
  readonly refusals: readonly Refusal[]
  readonly identities: ReadonlySet<string>
}

/** The lines as changes, or refused. */
function judge(work: Work, batch: Batch, step: Step): Judged {
  const type = work.row.inputs[step.from.input]?.type
  const ready: Ready[] = []
  const refusals: Refusal[] = []
  const identities = new Set<string>()
  for (const line of batch.lines) {
    try {
      const change = changeOf(line, { type, id: stableId(work, step, line) })
      ready.push({ line: line.number, change })
      identities.add(`${change.resource.resourceType}/${change.resource.id}`)
    } catch (error) {
      refusals.push(refusalOf(line.number, error))
    }
  }
  return { ready, refusals, identities }
}

/** False where the import was cancelled: then nothing of the batch was written. */
async function writeBatch(
  work: Work,
  { ready, refusals }: Judged,
  step: Step,
  before: Promise<boolean>,
): Promise<boolean> {
  try {
    return await writeAndMove(work, ready, step, { written: ready.length, refusals }, before)
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
  // What the record refuses breaks off all. Written in parts, a part that was written before a crash is written again as it
  // is, which makes no version; the place moves on when all parts are done.
  const parts = await writeParts(work, ready)
  return writeAndMove(work, [], step, { ...parts, refusals: [...refusals, ...parts.refusals] }, before)
}

/** A resource without an id gets the same one however often its line is read. */
function stableId({ row }: Work, { from }: Step, { number }: Line): string {
  return `${row.id}-${from.input}-${number}`
}

function changeOf(
  { bytes, isTooLong }: Line,
  { type, id }: { readonly type: string | undefined; readonly id: string },
): Ready['change'] {
  if (isTooLong) throw invalid('the line is longer than a resource may be', { code: 'bulk.line-too-long' })
  const resource = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (!isResource(resource)) throw invalid('the line is no FHIR resource', { code: 'bulk.no-resource' })
  if (type !== undefined && resource.resourceType !== type)
    throw invalid(`the input was said to hold ${type}`, { code: 'bulk.other-type', at: 'resourceType' })
  if (!isValidResource(resource))
    throw new OutcomeError('invalid', {
      resourceType: 'OperationOutcome',
      issue: [...interpretResource(resource)],
    })
  return { kind: 'update', resource: { id, ...resource } }
}

function isResource(value: unknown): value is Resource {
  return isObject(value) && typeof value.resourceType === 'string' && isResourceType(value.resourceType)
}

function isRefusal(error: unknown): error is OutcomeError {
  return error instanceof OutcomeError && !['busy', 'fault'].includes(error.failure)
}

function refusalOf(line: number, error: unknown): Refusal {
  if (isRefusal(error)) return { line, outcome: error.outcome }
  throw error
}

const cancelled = new Error('the import was cancelled')

async function writeAndMove(
  { records, row }: Work,
  ready: readonly Ready[],
  step: Step,
  outcome: Outcome,
  before: Promise<boolean>,
): Promise<boolean> {
  try {
    await records.commit(async (unit) => {
      if (ready.length > 0) await unit.write(ready.map(({ change }) => change))
      if (!(await before) || !(await moveOn(unit.transaction, row, step, outcome))) throw cancelled
    })
    return true
  } catch (error) {
    if (error === cancelled) return false
    throw error
  }
}

/** Halves what is refused until the refused lines stand alone. */
async function writeParts(work: Work, ready: readonly Ready[]): Promise<Outcome> {
  const [first] = ready
  if (!first) return { written: 0, refusals: [] }
  try {
    await work.records.commit((unit) => unit.write(ready.map(({ change }) => change)))
    return { written: ready.length, refusals: [] }
  } catch (error) {
    if (ready.length === 1 || !isRefusal(error))
      return { written: 0, refusals: [refusalOf(first.line, error)] }
  }
  const middle = Math.ceil(ready.length / 2)
  const before = await writeParts(work, ready.slice(0, middle))
  const after = await writeParts(work, ready.slice(middle))
  return { written: before.written + after.written, refusals: [...before.refusals, ...after.refusals] }
}

/** What was fetched stays a day, so that a refusal can be looked into. */
async function finish(
  kernel: Kernel,
  { tenant, id }: ImportKey,
  state: 'done' | 'failed',
  reason?: string,
): Promise<void> {
  await kernel.database.transaction(async (transaction) => {
    await transaction.query(sql`
      update bulk.import
      set state = ${state}, ended = ${kernel.runtime.now()}::timestamptz, reason = ${reason ?? null}
      where tenant = ${tenant} and id = ${id} and state = 'running'`)
    await askCleaning(transaction, kernel, exportLastsMs)
  })
}
