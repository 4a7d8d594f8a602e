/** One import from beginning to end; killed anywhere, it goes on where its last batch was committed. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type CodeSystem, OutcomeError } from '@xinglin/fhir'
import type { ObjectHash, Objects } from '@xinglin/objects'
import type { Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Header } from '../concepts/concept.ts'
import { type ImportedFile, importExtension } from '../concepts/table.ts'
import { refusedImport } from '../failures.ts'
import { batchRows, createTable, dropTable, finishTable, storeRows } from './load.ts'
import { type PlacedConcept, readConcepts } from './read-file.ts'

export type RunNeeds = {
  readonly database: Database
  readonly objects: Objects
  readonly records: Records
  readonly runtime: Runtime
}
type Asked = ImportedFile & {
  readonly id: string
  readonly tenant: TenantId
  readonly actor: string
  readonly header: Partial<Header>
  readonly name: string
  readonly concepts: number
  readonly isReady: boolean
}

/** Throws where it should be tried again; what is wrong with the file is written down instead. */
export async function runImport(needs: RunNeeds, id: string, signal: AbortSignal): Promise<void> {
  const asked = await takeUp(needs.database, id)
  if (!asked) return
  try {
    const header = await load(needs, asked, signal)
    await conclude(needs, asked, header)
    await dropUnused(needs.database)
  } catch (error) {
    if (!(error instanceof OutcomeError) || error.failure !== 'invalid') throw error
    await refuse(needs, asked, error)
  }
}

async function takeUp(database: Database, id: string): Promise<Asked | undefined> {
  const [asked] = await database.query(sql<Asked>`
    with taken as (
      update terminology.import
      set state = 'running'
      where id = ${id} and state in ('waiting', 'running')
      returning id, tenant, actor, header, concept_table
    )
    select
      taken.id, taken.tenant, taken.actor, taken.header, name, object, format, columns, concepts, ready is not null as "isReady"
    from taken
    join terminology.concept_table on name = taken.concept_table`)
  return asked
}

/** What the file says of the system; the table is ready afterwards. */
async function load(
  { database, objects, runtime }: RunNeeds,
  asked: Asked,
  signal: AbortSignal,
): Promise<Partial<Header>> {
  const { name } = asked
  const held = await objects.get(asked.object as ObjectHash)
  if (!held) throw refusedImport('the file is not in the object store any more; send it again')
  await createTable(database, name)
  const store = createBatches(database, asked)
  let header: Partial<Header> = {}
  for await (const piece of readConcepts(held.bytes, asked)) {
    signal.throwIfAborted()
    await store.add(piece.concepts, piece.bytesRead)
    header = piece.header ?? header
  }
  await store.end(held.sizeBytes)
  if (asked.isReady) return header
  await finishTable(database, name)
  await database.query(
    sql`update terminology.concept_table set ready = ${runtime.now()} where name = ${name}`,
  )
  return header
}

/** Rows that stand already are read over. */
function createBatches(database: Database, { id, name, concepts: stored, isReady }: Asked) {
  let seen = 0
  let before = stored
  let waiting: PlacedConcept[] = []
  const flush = async (bytesRead: number) => {
    const rows = waiting
    waiting = []
    await database.transaction(async (transaction) => {
      if (rows.length > 0) await storeRows(transaction, name, { rows, before })
      await transaction.query(sql`update terminology.import set bytes_read = ${bytesRead} where id = ${id}`)
    })
    before += rows.length
  }
  return {
    async add(concepts: readonly PlacedConcept[], bytesRead: number) {
      for (const concept of concepts) {
        if (++seen <= stored || isReady) continue
        waiting.push(concept)
        if (waiting.length >= batchRows) await flush(bytesRead)
      }
    },
    end: flush,
  }
}

/** The CodeSystem in the record and the end of the import commit together: before, nothing of it is seen. */
async function conclude(
  { database, records, runtime }: RunNeeds,
  asked: Asked,
  fromFile: Partial<Header>,
): Promise<void> {
  const { tenant, actor, name } = asked
  const [table] = await database.query(sql<{ concepts: number }>`
    select concepts from terminology.concept_table where name = ${name}`)
  if (!table || table.concepts === 0) throw refusedImport('the file holds no concept')
  const resource = codeSystemOf(asked, fromFile, table.concepts)
  await records.commit({ tenant, actor }, async (unit) => {
    const found = await unit.search('CodeSystem', [
      ['url', escaped(resource.url ?? '')],
      ...(resource.version === undefined ? [] : [['version', escaped(resource.version)] as const]),
    ])
    const id = found.matches[0]?.id ?? runtime.newId()
    const [version] = await unit.write([{ kind: 'update', resource: { ...resource, id } }])
    await unit.transaction.query(sql`
      update terminology.import
      set is_current = false
      where tenant = ${tenant} and code_system = ${version?.id ?? id} and is_current`)
    await unit.transaction.query(sql`
      update terminology.import
      set state = 'done', is_current = true, ended = ${runtime.now()}, code_system = ${version?.id ?? id},
        header = ${JSON.stringify({ url: resource.url, version: resource.version })}::jsonb
      where id = ${asked.id}`)
  })
}

function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, '\\$&')
}

function codeSystemOf(asked: Asked, fromFile: Partial<Header>, count: number): CodeSystem {
  const { text: _, meta: __, ...said } = { ...fromFile, ...asked.header }
  if (said.url === undefined) throw refusedImport('the code system has no url; name it: system=<url>')
  const { extension = [], property = [], ...header } = said
  return {
    status: 'active',
    caseSensitive: true,
    ...header,
    resourceType: 'CodeSystem',
    // Its concepts stand beside the resource, not in it.
    content: said.content === 'supplement' ? 'supplement' : 'not-present',
    count,
    ...(property.length > 0 ? { property } : {}),
    extension: [...extension.filter(({ url }) => url !== importExtension(asked).url), importExtension(asked)],
  }
}

async function refuse(
  { database, runtime }: RunNeeds,
  { id, name, isReady }: Asked,
  error: OutcomeError,
): Promise<void> {
  const code = error.outcome.issue[0]?.details?.coding?.[0]?.code
  await database.transaction(async (transaction) => {
    if (!isReady) await dropTable(transaction, name)
    await transaction.query(sql`
      update terminology.import
      set state = 'refused', ended = ${runtime.now()}, code = ${code}, reason = ${error.message}
      where id = ${id}`)
  })
}

/** Tables that no code system names any more, and that no import waits for. */
async function dropUnused(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    const unused = await transaction.query(sql<{ name: string }>`
      select name
      from terminology.concept_table
      where ready is not null and not exists (
        select from terminology.import as used
        where used.concept_table = name and (used.state in ('waiting', 'running') or used.is_current))
      for update`)
    for (const { name } of unused) await dropTable(transaction, name)
  })
}
