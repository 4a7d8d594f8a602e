/** Imports of big code systems: asked for with their file, run as a durable job, told of while they run. */
import { type Database, type Queryable, sql, type Transaction } from '@xinglin/database'
import type { Author, TenantId } from '@xinglin/events'
import { type CodeSystem, epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { Jobs } from '@xinglin/jobs'
import type { ObjectHash, Objects } from '@xinglin/objects'
import type { Query, Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Header } from '../concepts/concept.ts'
import { type ImportedFile, importedFile, tableName } from '../concepts/table.ts'
import { createTable } from './load.ts'
import { runImport } from './run-import.ts'

/** The task of the job queue; whoever starts the jobs runs `run` under this name. */
export const importTask = 'terminology.import'

/** The largest published system (SNOMED CT with descriptions) is 1 GB as JSON. */
const mostFileBytes = 4 * 1024 ** 3
/** Imports that a list shows, newest first. */
const mostListed = 100

export type ImportState = {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'done' | 'refused'
  readonly system?: string
  readonly version?: string
  readonly concepts: number
  readonly fileBytes: number
  readonly bytesRead: number
  readonly asked: Instant
  readonly ended?: Instant
  /** Id of the CodeSystem that was made. */
  readonly codeSystem?: string
  readonly code?: string
  readonly reason?: string
}
export type ImportRequest = {
  /** Of the CodeSystem; what a FHIR file says of itself is taken where this says nothing. */
  readonly header: Partial<Header>
  readonly format: ImportedFile['format']
  readonly columns: ImportedFile['columns']
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface Imports {
  /** Settles when the file is durable and the job is asked for. */
  ask(author: Author, request: ImportRequest): Promise<ImportState>
  list(tenant: TenantId): Promise<readonly ImportState[]>
  get(tenant: TenantId, id: string): Promise<ImportState | undefined>
  /** The work of the job; throws where it should be tried again. */
  run(id: string, signal: AbortSignal): Promise<void>
  /**
   * Asks again for every import that has not ended: the job of a process that was killed stays its own for hours. Where another
   * process is at it, one of the two gives way.
   */
  resume(): Promise<void>
  /** Asks for the tables of all imported code systems of the record that are not there; gives how many. */
  rebuild(author: Author): Promise<number>
}

export type ImportNeeds = {
  readonly database: Database
  readonly objects: Objects
  readonly records: Records
  readonly jobs: Jobs
  readonly runtime: Runtime
}

export function createImports(needs: ImportNeeds): Imports {
  const { database, objects, records, runtime } = needs
  const place = (tenant: TenantId): Place => ({ tenant, timeZone: runtime.timeZone })
  const get: Imports['get'] = (tenant, id) => stateAt(database, place(tenant), id)
  return {
    get,
    async ask(author, { header, format, columns, bytes }) {
      const { hash, sizeBytes } = await objects.put(bytes, { maxBytes: mostFileBytes })
      const file = { object: hash, format, columns }
      return database.transaction(async (transaction) => {
        const id = await begin(needs, transaction, { author, header, file, sizeBytes })
        return (await stateAt(transaction, place(author.tenant), id)) ?? neverLost(id)
      })
    },
    async list(tenant) {
      const rows = await database.query(sql<ImportRow>`
        select ${importColumns}
        from terminology.import
        join terminology.concept_table on concept_table.name = import.concept_table
        where import.tenant = ${tenant}
        order by import.asked desc, import.id
        limit ${mostListed}`)
      return rows.map((row) => stateOf(row, runtime.timeZone))
    },
    run: (id, signal) => runImport({ database, objects, records, runtime }, id, signal),
    async resume() {
      const open = await database.query(sql<{ id: string }>`
        select id from terminology.import where state in ('waiting', 'running') order by asked`)
      await database.transaction(async (transaction) => {
        // Without a queue: that of a killed process is locked like its job.
        for (const { id } of open)
          await needs.jobs.enqueue(transaction, { task: importTask, payload: { id }, key: id })
      })
    },
    async rebuild(author) {
      const missing = await missingTables(needs, author.tenant)
      for (const { header, file, sizeBytes } of missing) {
        await database.transaction((transaction) =>
          begin(needs, transaction, { author, header, file, sizeBytes }),
        )
      }
      return missing.length
    },
  }
}

type Place = { readonly tenant: TenantId; readonly timeZone: string }

async function stateAt(
  from: Queryable,
  { tenant, timeZone }: Place,
  id: string,
): Promise<ImportState | undefined> {
  const [row] = await from.query(sql<ImportRow>`
    select ${importColumns}
    from terminology.import
    join terminology.concept_table on concept_table.name = import.concept_table
    where import.tenant = ${tenant} and import.id = ${id}`)
  return row && stateOf(row, timeZone)
}

type Begun = {
  readonly author: Author
  readonly header: Partial<Header>
  readonly file: ImportedFile
  readonly sizeBytes: number
}

async function begin(
  { jobs, runtime }: ImportNeeds,
  transaction: Transaction,
  { author, header, file, sizeBytes }: Begun,
): Promise<string> {
  const [id, name] = [runtime.newId(), tableName(file)]
  await transaction.query(sql`
    insert into terminology.concept_table (name, object, format, columns)
    values (${name}, ${file.object}, ${file.format}, ${JSON.stringify(file.columns)}::jsonb)
    on conflict do nothing`)
  await createTable(transaction, name)
  await transaction.query(sql`
    insert into terminology.import (id, tenant, actor, header, concept_table, file_bytes, asked)
    values (
      ${id}, ${author.tenant}, ${author.actor}, ${JSON.stringify(header)}::jsonb, ${name}, ${sizeBytes}, ${runtime.now()})`)
  // One after the other: an import takes a core of PostgreSQL and of this process while it runs.
  await jobs.enqueue(transaction, { task: importTask, payload: { id }, key: id, queue: 'terminology' })
  return id
}

/** Imported code systems of the record whose table is not ready, with the size of their file. */
async function missingTables({ database, objects, records }: ImportNeeds, tenant: TenantId) {
  const missing: { header: Header; file: ImportedFile; sizeBytes: number }[] = []
  let query: Query | undefined = [['content-mode', 'not-present']]
  while (query) {
    const page = await records.search(tenant, 'CodeSystem', query)
    for (const { json } of page.matches) {
      const header = JSON.parse(json) as CodeSystem
      const file = importedFile(header)
      if (!file || (await isReady(database, tableName(file)))) continue
      const held = await objects.get(file.object as ObjectHash)
      if (held) missing.push({ header, file, sizeBytes: held.sizeBytes })
    }
    query = page.next === undefined ? undefined : [...new URLSearchParams(page.next)]
  }
  return missing
}

async function isReady(database: Database, name: string): Promise<boolean> {
  const rows = await database.query(sql`
    select from terminology.concept_table where name = ${name} and ready is not null`)
  return rows.length > 0
}

function neverLost(id: string): never {
  throw new Error(`import ${id} is not there after it was written`)
}

type ImportRow = Omit<ImportState, 'system' | 'version' | 'ended' | 'codeSystem' | 'code' | 'reason'> & {
  readonly header: Partial<Header>
  readonly ended: Instant | null
  readonly codeSystem: string | null
  readonly code: string | null
  readonly reason: string | null
}

const importColumns = sql`
  import.id, import.state, import.header, import.asked, import.ended, import.code, import.reason,
  import.file_bytes as "fileBytes", import.bytes_read as "bytesRead", import.code_system as "codeSystem",
  concept_table.concepts`

function stateOf(
  { header, asked, ended, codeSystem, code, reason, ...row }: ImportRow,
  timeZone: string,
): ImportState {
  const local = (instant: Instant) => instantOf(epochMs(instant), timeZone)
  return {
    ...row,
    asked: local(asked),
    ...(header.url === undefined ? {} : { system: header.url }),
    ...(header.version === undefined ? {} : { version: header.version }),
    ...(ended === null ? {} : { ended: local(ended) }),
    ...(codeSystem === null ? {} : { codeSystem }),
    ...(code === null ? {} : { code }),
    ...(reason === null ? {} : { reason }),
  }
}
