/**
 * R4 conceptmap-operation-closure and terminology-service.html §4.7.7: a client gives the concepts that it meets, and learns how
 * each stands to those that it gave before; so it can ask its own database for everything below a code.
 */
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Coding } from '@xinglin/fhir'
import { invalid, notFound, tooLarge } from '@xinglin/fhir'
import { unknownCode, unknownSystem } from '../failures.ts'
import type { Sources } from '../find/sources.ts'

export type ClosureRequest = {
  readonly name: string
  readonly concepts: readonly Coding[]
  /** Everything that was told after this version. */
  readonly version?: number
}
export type ClosureAnswer = {
  readonly version: number
  /** `narrower` is a kind of `broader`. */
  readonly relations: readonly {
    readonly system: string
    readonly narrower: string
    readonly broader: string
  }[]
}
type Relation = ClosureAnswer['relations'][number]

/** Concepts of one call, and of one table: each new one is compared with all before. */
const mostGiven = 1_000
const mostConcepts = 20_000

type ClosureNeeds = { readonly database: Database; readonly sources: Sources; readonly tenant: TenantId }

/** Without concepts and version, the table begins anew. */
export function closure(needs: ClosureNeeds, request: ClosureRequest): Promise<ClosureAnswer> {
  const { name, concepts, version } = request
  if (concepts.length > mostGiven)
    throw tooLarge(`a call gives ${mostGiven} concepts at most`, { code: 'terminology.closure-size' })
  if (version !== undefined && concepts.length > 0)
    throw invalid('either concepts are given or a version is asked for', {
      code: 'terminology.closure-version',
    })
  return needs.database.transaction(async (transaction) => {
    if (version !== undefined) return since(transaction, needs, { name, version })
    return concepts.length === 0 ? begin(transaction, needs, name) : extend(transaction, needs, request)
  })
}

async function begin(
  transaction: Transaction,
  { tenant }: ClosureNeeds,
  name: string,
): Promise<ClosureAnswer> {
  await transaction.query(sql`delete from terminology.closure where tenant = ${tenant} and name = ${name}`)
  await transaction.query(sql`insert into terminology.closure (tenant, name) values (${tenant}, ${name})`)
  return { version: 0, relations: [] }
}

async function since(
  transaction: Transaction,
  needs: ClosureNeeds,
  { name, version }: { readonly name: string; readonly version: number },
): Promise<ClosureAnswer> {
  const current = await versionOf(transaction, needs, name)
  const relations = await transaction.query(sql<Relation>`
    select system, narrower, broader
    from terminology.closure_relation
    where tenant = ${needs.tenant} and name = ${name} and version > ${version}
    order by version, system, narrower, broader`)
  return { version: current, relations }
}

/** Locks the table: calls that overlap would not see each other's concepts. */
async function versionOf(transaction: Transaction, { tenant }: ClosureNeeds, name: string): Promise<number> {
  const [row] = await transaction.query(sql<{ version: number }>`
    select version
    from terminology.closure
    where tenant = ${tenant} and name = ${name}
    for update`)
  if (row) return row.version
  throw notFound('there is no closure table of this name; begin it by a call with the name alone', {
    code: 'terminology.closure-unknown',
  })
}

async function extend(
  transaction: Transaction,
  needs: ClosureNeeds,
  { name, concepts }: ClosureRequest,
): Promise<ClosureAnswer> {
  const before = await versionOf(transaction, needs, name)
  const known = await knownCodes(transaction, needs, name)
  const relations: Relation[] = []
  let added = 0
  for (const [system, given] of Map.groupBy(concepts, ({ system = '' }) => system)) {
    const held = known.get(system) ?? new Set<string>()
    const fresh = [...new Set(given.map(({ code = '' }) => code))].filter((code) => !held.has(code))
    if (held.size + fresh.length > mostConcepts)
      throw tooLarge(`a closure table has ${mostConcepts} concepts of a system at most`, {
        code: 'terminology.closure-size',
      })
    relations.push(...(await relationsOf(needs, { system, held: [...held], fresh })))
    await storeConcepts(transaction, needs, { name, system, fresh })
    added += fresh.length
  }
  const version = before + (added > 0 ? 1 : 0)
  await storeRelations(transaction, needs, { name, version, relations })
  return { version, relations }
}

async function knownCodes(
  transaction: Transaction,
  { tenant }: ClosureNeeds,
  name: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await transaction.query(sql<{ system: string; codes: readonly string[] }>`
    select system, array_agg(code) as codes
    from terminology.closure_concept
    where tenant = ${tenant} and name = ${name}
    group by system`)
  return new Map(rows.map(({ system, codes }) => [system, new Set(codes)]))
}

/** Of each new concept to all others, both ways; throws where the system or a code is not known. */
async function relationsOf(
  { sources, tenant }: ClosureNeeds,
  {
    system,
    held,
    fresh,
  }: { readonly system: string; readonly held: readonly string[]; readonly fresh: readonly string[] },
): Promise<readonly Relation[]> {
  const source = await sources.byUrl(tenant, { url: system })
  if (!source) throw unknownSystem(system)
  const found = await source.find(fresh)
  const missing = fresh.find((code) => !found.has(code))
  if (missing !== undefined) throw unknownCode(missing, system)
  const everything = new Set([...held, ...fresh])
  const relations: Relation[] = []
  for (const code of fresh) {
    for (const broader of await source.above(code))
      if (everything.has(broader)) relations.push({ system, narrower: code, broader })
    const below = await source.meeting(held, { kind: 'below', code, isWithSelf: false })
    for (const narrower of below) relations.push({ system, narrower, broader: code })
  }
  return relations
}

async function storeConcepts(
  transaction: Transaction,
  { tenant }: ClosureNeeds,
  {
    name,
    system,
    fresh,
  }: { readonly name: string; readonly system: string; readonly fresh: readonly string[] },
): Promise<void> {
  await transaction.query(sql`
    insert into terminology.closure_concept (tenant, name, system, code)
    select ${tenant}, ${name}, ${system}, code
    from unnest(${fresh}::text[]) as code`)
}

async function storeRelations(
  transaction: Transaction,
  { tenant }: ClosureNeeds,
  { name, version, relations }: { readonly name: string } & ClosureAnswer,
): Promise<void> {
  await transaction.query(sql`
    insert into terminology.closure_relation (tenant, name, version, system, narrower, broader)
    select ${tenant}, ${name}, ${version}, system, narrower, broader
    from jsonb_to_recordset(${JSON.stringify(relations)}::jsonb) as row (system text, narrower text, broader text)`)
  await transaction.query(sql`
    update terminology.closure
    set version = ${version}
    where tenant = ${tenant} and name = ${name}`)
}
