/** Erasing on the tables of the record. */
import { type Database, type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { fault, parseWithDecimals, type Resource, stringifyWithDecimals } from '@xinglin/fhir'
import { allResourceTypes, parametersOf } from '@xinglin/fhir/search'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { isStored } from '../index/sources.ts'
import { referenceTerm, selfOf } from '../index/space.ts'
import type { Named } from '../records.ts'
import { openedReading } from '../sealed/opened.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import { belongingOf, withoutNamesOf } from './belonging.ts'
import type { Eraser, Erasing, Part, Person } from './erasing.ts'
import { forgetWords, wordsOf } from './words.ts'

/** Rows of one page: some MB. */
const pageRows = 500
/** Versions that are rewritten in one transaction; one person is mentioned elsewhere some dozens of times. */
const mostRewritten = 20_000

type Needs = { readonly database: Database; readonly runtime: Runtime; readonly keys: Keys | undefined }

export function createErasing({ database, runtime, keys }: Needs): Erasing {
  const erasers: Eraser[] = []
  return {
    parts: (person, after) => partsOf(database, { ...person, after, runtime, keys }),
    erase,
    unname,
    tables: ['current', 'history', 'string_value', 'date_value', 'quantity_value', 'display'].map(
      (table) => `records.${table}`,
    ),
    with: (eraser) => void erasers.push(eraser),
    erasers: () => erasers,
  }
}

type Asked = Person & Pick<Needs, 'runtime' | 'keys'> & { readonly after?: string | undefined }
type PartRow = VersionRow & { readonly key: string; readonly last: string | null }

/** A deleted resource is whose it was in the version before; one without any is nobody's. */
async function partsOf(
  database: Queryable,
  { tenant, patients, after, runtime, keys }: Asked,
): Promise<{ readonly parts: readonly Part[]; readonly next?: string }> {
  const selves = patients.map((id) => String(selfOf(tenant, 'Patient', id)))
  const terms = patients.flatMap((id) => mentionTerms(tenant, id)).map(String)
  const rows = await openedReading(database, { keys, tenant }).query(sql<PartRow>`
    with named as (
      select self from records.current
      where tenant = ${tenant} and patient = any (${patients}::text[]) and not deleted
      union
      select current.self
      from unnest(${terms}::bigint[]) as each (term)
      join records.current on current.terms @> array[each.term]
      union
      select self from records.history
      where patients && ${patients}::text[] collate "C" and patients <> '{}' and (tenant = ${tenant}) is true
      union
      select unnest(${selves}::bigint[])
    )
    select current.key::text as key, current.type::text as type, current.id, current.version, current.updated,
      current.deleted, current.content, last.content as last
    from named
    join records.current on current.self = named.self
    left join records.history as last
      on current.deleted and last.self = current.self and last.version = current.version - 1
    where current.tenant = ${tenant} and current.key > ${after ?? '0'}::bigint
    order by current.key
    limit ${pageRows}`)
  const known = new Set(patients)
  const parts = rows.flatMap((row) => {
    const content = row.deleted ? row.last : row.content
    if (!content) return []
    const resource: Resource = JSON.parse(content)
    return [{ version: versionOf(row, runtime.timeZone), belonging: belongingOf(resource, known) }]
  })
  const last = rows.at(-1)
  return { parts, ...(rows.length === pageRows && last ? { next: last.key } : {}) }
}

/** Terms of every reference of R4 that can name a Patient. */
function mentionTerms(tenant: TenantId, id: string): readonly bigint[] {
  const self = selfOf(tenant, 'Patient', id)
  return patientSources.map(({ type, parameter }) => referenceTerm({ tenant, type }, parameter, self))
}

const patientSources = allResourceTypes.flatMap((type) =>
  [...parametersOf(type).values()]
    .filter(({ name, kind }) => kind === 'reference' && isStored(type, name))
    .filter(({ targets }) => targets.length === 0 || targets.includes('Patient'))
    .map(({ name }) => ({ type, parameter: name })),
)

type Stored = { readonly self: string; readonly version: number; readonly content: string }

async function erase(
  transaction: Transaction,
  tenant: TenantId,
  named: readonly Named[],
): Promise<{ readonly versions: number; readonly words: number }> {
  const selves = named.map(({ type, id }) => String(selfOf(tenant, type, id)))
  const live = await transaction.query(sql`
    select self from records.current
    where self = any (${selves}::bigint[]) and (tenant = ${tenant}) is true and not deleted
    limit 1`)
  if (live.length > 0)
    throw fault('what is to be erased is not deleted yet', { code: 'records.erasing-live' })
  const gone = await transaction.query(sql<Stored>`
    delete from records.history
    where self = any (${selves}::bigint[]) and (tenant = ${tenant}) is true
    returning self::text as self, version, content`)
  await transaction.query(sql`
    update records.current
    set patient = null, labels = null, terms = '{}', at = '-infinity'
    where self = any (${selves}::bigint[]) and (tenant = ${tenant}) is true and deleted`)
  const words = wordsOf(
    tenant,
    gone.flatMap(({ content }) => (content === '' ? [] : [JSON.parse(content)])),
  )
  return { versions: gone.length, words: await forgetWords(transaction, tenant, words) }
}

async function unname(transaction: Transaction, { tenant, patients }: Person): Promise<number> {
  const rows = await transaction.query(sql<Stored>`
    select self::text as self, version, content
    from records.history
    where patients && ${patients}::text[] collate "C" and patients <> '{}' and (tenant = ${tenant}) is true
      and type <> 'Patient' and not deleted
    order by history.self, history.version
    limit ${mostRewritten}
    for no key update`)
  const known = new Set(patients)
  const changed = rows.flatMap((row) => {
    const resource = parseWithDecimals(row.content)
    if (typeof resource !== 'object' || resource === null) return []
    const content = stringifyWithDecimals(withoutNamesOf(resource, known), resource)
    return JSON.stringify(JSON.parse(content)) === JSON.stringify(JSON.parse(row.content))
      ? []
      : [{ ...row, content }]
  })
  await transaction.query(sql`
    update records.history
    set content = given.content
    from unnest(
      ${changed.map(({ self }) => self)}::bigint[], ${changed.map(({ version }) => version)}::integer[],
      ${changed.map(({ content }) => content)}::text[]) as given (self, version, content)
    where history.self = given.self and history.version = given.version`)
  return changed.length
}
