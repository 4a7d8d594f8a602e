/** Fills the table of an imported code system: rows in batches that can be resumed, then the hierarchy, then the indexes. */
import { type Database, type Queryable, type Sql, sql, sqlStateOf, type Transaction } from '@xinglin/database'
import { busy } from '@xinglin/fhir'
import { textOf } from '../concepts/flatten.ts'
import { tableId } from '../concepts/table.ts'
import { wordsOf } from '../concepts/words.ts'
import { refusedImport } from '../failures.ts'
import { standingOf } from './ancestry.ts'
import type { PlacedConcept } from './read-file.ts'

/** Rows of one statement: 2 MB of JSON at most in common systems; larger ones were no faster. */
export const batchRows = 2_000

/** Makes the table where it is not there yet. */
export async function createTable(from: Queryable, name: string): Promise<void> {
  await from.query(sql`
    create table if not exists ${tableId(name)} (
      place integer not null,
      code text collate "C" not null,
      display text,
      definition text,
      designations jsonb,
      properties jsonb,
      -- Codes right above, as the file names them, and the places of those that exist.
      parent_codes text[] not null,
      parents integer[],
      -- Places above at any distance, and its own; null until they are known.
      ancestry integer[],
      -- Properties as name=value and as name, parents as parent=code.
      facts text[] not null,
      -- What it is found by, see words.ts.
      words tsvector not null,
      is_inactive boolean not null,
      is_abstract boolean not null
    )`)
  // The one index that is there from the beginning: parents are looked up by their code while the rows come in.
  await from.query(sql`
    create unique index if not exists ${indexId(name, 'code')} on ${tableId(name)} (code)`)
}

function indexId(name: string, suffix: string): Sql {
  return sql.id(`concepts_${name}_${suffix}`)
}

/**
 * Rows and the count that says where to go on commit together; refuses a code that stands twice. Throws `busy` where other rows
 * than `before` stand there: another process works at the same import, or has done so.
 */
export async function storeRows(
  transaction: Transaction,
  name: string,
  { rows, before }: { readonly rows: readonly PlacedConcept[]; readonly before: number },
): Promise<void> {
  const counted = await transaction.query(sql`
    update terminology.concept_table
    set concepts = concepts + ${rows.length}
    where name = ${name} and concepts = ${before}
    returning name`)
  if (counted.length === 0)
    throw busy('another process works at this import', { code: 'terminology.import-elsewhere' })
  const standing = await standingOf(transaction, name, rows)
  const written = rows.map((row, at) => ({ ...rowOf(row), ...standing[at] }))
  const insert = sql`
    insert into ${tableId(name)} (
      place, code, display, definition, designations, properties, parent_codes, parents, ancestry, facts, words,
      is_inactive, is_abstract)
    select
      place, code, display, definition, designations, properties, "parentCodes", parents, ancestry,
      facts, array_to_tsvector(words), "isInactive", "isAbstract"
    from jsonb_to_recordset(${JSON.stringify(written)}::jsonb) as row (
      place integer, code text, display text, definition text, designations jsonb, properties jsonb,
      "parentCodes" text[], parents integer[], ancestry integer[], facts text[], words text[],
      "isInactive" boolean, "isAbstract" boolean)`
  await transaction.query(insert).catch(refuseTwice)
}

function rowOf({ place, concept }: PlacedConcept) {
  const { designations, properties, ...rest } = concept
  return {
    ...rest,
    place,
    parentCodes: concept.parents,
    ...(designations.length > 0 ? { designations } : {}),
    ...(properties.length > 0 ? { properties } : {}),
    facts: [
      ...concept.parents.flatMap((parent) => ['parent', `parent=${parent}`]),
      ...properties.flatMap((property) => [property.code, `${property.code}=${textOf(property)}`]),
    ],
    words: [...wordsOf(concept)].filter((word) => !word.includes('\0')),
  }
}

/** What is left of the hierarchy, indexes and statistics; refuses hierarchies that go in a circle. */
export async function finishTable(database: Database, name: string): Promise<void> {
  const table = tableId(name)
  const index = (suffix: string) => indexId(name, suffix)
  await withRoom(database, async (transaction) => {
    await transaction.query(sql`create unique index if not exists ${index('place')} on ${table} (place)`)
  })
  await withRoom(database, (transaction) => resolveHierarchy(transaction, name))
  await withRoom(database, async (transaction) => {
    // Nothing is added any more: without a list of waiting rows, each look reads its own entries only.
    await transaction.query(
      sql`create index if not exists ${index('words')} on ${table} using gin (words) with (fastupdate = off)`,
    )
    await transaction.query(
      sql`create index if not exists ${index('ancestry')} on ${table} using gin (ancestry) with (fastupdate = off)`,
    )
    await transaction.query(
      sql`create index if not exists ${index('facts')} on ${table} using gin (facts) with (fastupdate = off)`,
    )
    await transaction.query(sql`analyze ${table}`)
  })
}

/** One more level each round: those of whose parents everything is known. */
async function resolveHierarchy(transaction: Transaction, name: string): Promise<void> {
  const table = tableId(name)
  for (;;) {
    const [round] = await transaction.query(sql<{ resolved: number; left: number }>`
      with waiting as materialized (
        select place, parent_codes from ${table} where ancestry is null
      ), known as (
        select
          waiting.place,
          array_agg(distinct parent.place) filter (where parent.place is not null) as parents,
          array_agg(distinct above.place) filter (where above.place is not null) as above
        from waiting
        cross join unnest(waiting.parent_codes) as parent_code
        left join ${table} as parent on parent.code = parent_code
        left join lateral unnest(parent.ancestry) as above (place) on true
        group by waiting.place
        having bool_and(parent.place is null or parent.ancestry is not null)
      ), resolved as (
        update ${table} as concept
        set parents = coalesce(known.parents, '{}'), ancestry = coalesce(known.above, '{}') || concept.place
        from known
        where concept.place = known.place
        returning concept.place
      )
      select (select count(*) from resolved) as resolved, (select count(*) from waiting) as left`)
    if (!round || round.left === 0) return
    if (round.resolved === 0)
      throw refusedImport(`${round.left} concepts stand above themselves; mend their parents`)
    if (round.resolved === round.left) return
  }
}

/** Building an index sorts in memory, and looking through a new table end to end is what is wanted here. */
function withRoom(database: Database, work: (transaction: Transaction) => Promise<void>): Promise<void> {
  return database.transaction(async (transaction) => {
    await transaction.query(sql`set local maintenance_work_mem = '256MB'`)
    await transaction.query(sql`set local work_mem = '64MB'`)
    // An index over ten million words takes minutes on a slow disk.
    await transaction.query(sql`set local statement_timeout = '1h'`)
    await transaction.query(sql`set local enable_seqscan = on`)
    await work(transaction)
  })
}

const uniqueViolation = '23505'

function refuseTwice(error: unknown): never {
  if (sqlStateOf(error) === uniqueViolation) throw refusedImport('a code stands twice in the file', error)
  throw error
}

/** Away with rows and table; `concept_table` remembers how it is made. */
export async function dropTable(transaction: Transaction, name: string): Promise<void> {
  await transaction.query(sql`drop table if exists ${tableId(name)}`)
  await transaction.query(
    sql`update terminology.concept_table set concepts = 0, ready = null where name = ${name}`,
  )
}
