/**
 * The work of an export: file after file, each noted together with the place after which the next goes on. Killed anywhere
 * it makes only the file in hand again, from the record as it stood at the same instant.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { OutcomeError, type ResourceType } from '@xinglin/fhir'
import { subsetOf } from '@xinglin/fhir/search'
import type { GuardedRecords } from '@xinglin/identity'
import type { Query, Version } from '@xinglin/records'
import { askCleaning } from '../ask-cleaning.ts'
import { ownerOf } from '../authority.ts'
import { bytesPerFile, exportLastsMs, resourcesPerFile, resourcesPerPage, settlingMs } from '../limits.ts'
import { type ExportFile, type ExportKey, type ExportRow, takeUpExport } from './exports.ts'

const horizonPollMs = 100

/** Throws where it should be tried again. */
export async function runExport(kernel: Kernel, key: ExportKey, signal: AbortSignal): Promise<void> {
  const row = await takeUpExport(kernel.database, key)
  if (!row) return
  try {
    const actor = await ownerOf(kernel, row)
    await othersSettled(kernel, row, signal)
    const work = { kernel, row, records: kernel.identity.recordsFor(actor), signal }
    for (let index = row.typeIndex; index < row.plan.types.length; index += 1)
      await exportType(work, index, index === row.typeIndex ? row.after : null)
    await finish(kernel, key, 'done')
  } catch (error) {
    if (!(error instanceof OutcomeError) || !['forbidden', 'invalid'].includes(error.failure)) throw error
    await finish(kernel, key, 'failed', error.message)
  }
}

type Work = {
  readonly kernel: Kernel
  readonly row: ExportRow
  readonly records: GuardedRecords
  readonly signal: AbortSignal
}

/**
 * Changes that began before the instant of the export bear an earlier time and may be committed after it: they are
 * awaited, so that neither this export nor the next one (`_since`) misses them.
 */
async function othersSettled(
  { database }: Kernel,
  { tenant, id }: ExportRow,
  signal: AbortSignal,
): Promise<void> {
  await sleep(settlingMs, undefined, { signal })
  const [row] = await database.query(sql<{ awaited: string }>`
    update bulk.export
    set awaited = coalesce(awaited, pg_snapshot_xmax(pg_current_snapshot()))
    where tenant = ${tenant} and id = ${id}
    returning awaited::text as awaited`)
  for (;;) {
    const [horizon] = await database.query(sql<{ isPast: boolean }>`
      select pg_snapshot_xmin(pg_current_snapshot()) >= ${row?.awaited ?? '0'}::xid8 as "isPast"`)
    if (horizon?.isPast) return
    await sleep(horizonPollMs, undefined, { signal })
  }
}

async function exportType(work: Work, index: number, from: string | null): Promise<void> {
  const type = work.row.plan.types[index]
  if (type === undefined) return
  for (let after: string | undefined = from ?? ''; after !== undefined; ) {
    work.signal.throwIfAborted()
    const source = pagesFrom(work, type, after)
    const [output, deleted] = [lineCount(), lineCount()]
    const stored = await store(work, outputLines(work, source, output))
    const gone =
      source.deleted.length > 0 ? await store(work, deletedLines(source.deleted, deleted)) : undefined
    after = source.next
    const files = [
      ...(stored && output.lines > 0 ? [fileOf('output', type, stored, output.lines)] : []),
      ...(gone ? [fileOf('deleted', type, gone, deleted.lines)] : []),
    ]
    await note(work, files, after === undefined ? { index: index + 1, after: null } : { index, after })
  }
}

type LineCount = { lines: number }
const lineCount = (): LineCount => ({ lines: 0 })
type StoredFile = { readonly name: string; readonly sizeBytes: number }
type NewFile = Omit<ExportFile, 'number'>

function fileOf(
  kind: NewFile['kind'],
  type: string,
  { name, sizeBytes }: StoredFile,
  resources: number,
): NewFile {
  return { kind, type, object: name, resources, sizeBytes }
}

/** Pages of one file; after them `next` is where the file after it begins. */
type Source = {
  readonly pages: () => AsyncGenerator<readonly Version[], void, undefined>
  readonly deleted: Version[]
  next: string | undefined
}

function pagesFrom(work: Work, type: ResourceType, after: string): Source {
  const filters = work.row.plan.filters.filter((each) => each.type === type)
  const source: Source = {
    deleted: [],
    next: undefined,
    pages: () =>
      filters.length > 0
        ? found(
            work,
            type,
            filters.map(({ query }) => query),
          )
        : stood(work, type, after, source),
  }
  return source
}

/** As it stood at the instant of the export. */
async function* stood(
  { row, records }: Work,
  type: ResourceType,
  after: string,
  source: Source,
): AsyncGenerator<readonly Version[], void, undefined> {
  const { at, plan } = row
  let [resources, bytes] = [0, 0]
  for (let place: string | undefined = after; place !== undefined; ) {
    const page = await records.snapshot({
      ...{ type, at, count: resourcesPerPage, isOfPatients: plan.level === 'patient' },
      ...(plan.since === undefined ? {} : { since: plan.since }),
      ...(plan.patients === undefined ? {} : { patients: plan.patients }),
      ...(place === '' ? {} : { after: place }),
    })
    const there = page.versions.filter(({ interaction }) => interaction !== 'delete')
    source.deleted.push(...page.versions.filter(({ interaction }) => interaction === 'delete'))
    yield there
    place = page.next
    source.next = place
    resources += page.versions.length
    bytes += there.reduce((sum, { json }) => sum + json.length, 0)
    if (resources >= resourcesPerFile || bytes >= bytesPerFile) return
  }
}

/** What any of the searches finds now, each once; what was changed after the instant is left to the next export. */
async function* found(
  { row, records }: Work,
  type: ResourceType,
  queries: readonly Query[],
): AsyncGenerator<readonly Version[], void, undefined> {
  const { plan } = row
  const seen = new Set<string>()
  const patients = plan.patients && new Set(plan.patients)
  const within: Query = [
    ['_lastUpdated', `le${row.at}`],
    ...(plan.since === undefined ? [] : [['_lastUpdated', `ge${plan.since}`] as const]),
  ]
  for (const query of queries) {
    let asked: Query | undefined = [...query, ...within, ['_count', '1000']]
    while (asked) {
      const page = await records.search(type, asked)
      const fresh = page.matches.filter(({ id }) => !seen.has(id))
      for (const { id } of fresh) seen.add(id)
      yield patients ? fresh.filter((version) => concerns(version, patients)) : fresh
      asked = page.next === undefined ? undefined : [...new URLSearchParams(page.next)]
    }
  }
}

const patientReference = /"reference":"Patient\/([A-Za-z0-9\-.]{1,64})"/g

function concerns({ type, id, json }: Version, patients: ReadonlySet<string>): boolean {
  if (type === 'Patient') return patients.has(id)
  return [...json.matchAll(patientReference)].some(([, patient]) => patients.has(patient ?? ''))
}

async function* outputLines(
  { row }: Work,
  source: Source,
  count: LineCount,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { elements } = row.plan
  for await (const page of source.pages()) {
    if (page.length === 0) continue
    count.lines += page.length
    const lines =
      elements.length === 0 ? page.map(({ json }) => json) : page.map((each) => partOf(each, elements))
    yield Buffer.from(`${lines.join('\n')}\n`)
  }
}

function partOf({ json }: Version, names: readonly string[]): string {
  return JSON.stringify(subsetOf(JSON.parse(json), { kind: 'elements', names }))
}

/** A transaction Bundle a line, whose entries delete what was deleted since (Bulk Data Access 2.0, `deleted`). */
function* deletedLines(versions: readonly Version[], count: LineCount): Generator<Uint8Array> {
  for (let start = 0; start < versions.length; start += resourcesPerPage) {
    const entry = versions
      .slice(start, start + resourcesPerPage)
      .map(({ type, id }) => ({ request: { method: 'DELETE', url: `${type}/${id}` } }))
    count.lines += 1
    yield Buffer.from(`${JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })}\n`)
  }
}

async function store(
  { kernel }: Work,
  lines: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<StoredFile | undefined> {
  const { name, sizeBytes } = await kernel.objects.passing.put(lines, { maxBytes: bytesPerFile * 4 })
  if (sizeBytes > 0) return { name, sizeBytes }
  await kernel.objects.passing.remove(name)
  return undefined
}

/** The files and the place after them commit together. */
async function note(
  { kernel, row }: Work,
  files: readonly NewFile[],
  place: { readonly index: number; readonly after: string | null },
): Promise<void> {
  const { tenant, id } = row
  await kernel.database.transaction(async (transaction) => {
    const total = files.reduce((sum, { kind, resources }) => sum + (kind === 'output' ? resources : 0), 0)
    await transaction.query(sql`
      update bulk.export
      set type_index = ${place.index}, after = ${place.after}, resources = resources + ${total}
      where tenant = ${tenant} and id = ${id}`)
    await transaction.query(sql`
      insert into bulk.export_file (tenant, export, number, kind, type, object, resources, size_bytes)
      select ${tenant}, ${id},
        given.ordinality + (select coalesce(max(number), 0) from bulk.export_file where tenant = ${tenant} and export = ${id}),
        given.kind, given.type, given.object, given.resources, given."sizeBytes"
      from rows from (
        json_to_recordset(${JSON.stringify(files)}::json) as (
          kind text, type text, object text, resources integer, "sizeBytes" bigint)
      ) with ordinality as given`)
  })
}

/** The files stay as long as an export may be fetched. */
async function finish(
  kernel: Kernel,
  { tenant, id }: ExportKey,
  state: 'done' | 'failed',
  reason?: string,
): Promise<void> {
  await kernel.database.transaction(async (transaction) => {
    await transaction.query(sql`
      update bulk.export
      set state = ${state}, ended = ${kernel.runtime.now()}::timestamptz, reason = ${reason ?? null}
      where tenant = ${tenant} and id = ${id} and state = 'running'`)
    await askCleaning(transaction, kernel, exportLastsMs)
  })
}
