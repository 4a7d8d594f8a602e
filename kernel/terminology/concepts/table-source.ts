/** A code system whose concepts stand in a table of their own, asked in SQL; codes are compared as written. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import { foldText } from '@xinglin/fhir/search'
import type { CodeSource, Concept, Header, Selected, Selection } from './concept.ts'
import { hierarchyCodes, type Rule } from './rules.ts'
import { type ConceptTable, tableId } from './table.ts'
import { type Place, type Places, ruleSql, textQuery } from './table-rule.ts'

/** Matches of a text that are put in order; of more, whoever types goes on typing. Sorting as many takes 10 ms. */
const mostRanked = 5_000
/** Matches of a rule that are counted exactly. */
const mostCounted = 200_000

export function tableSource(
  database: Queryable,
  header: Header,
  { name, concepts }: Pick<ConceptTable, 'name' | 'concepts'>,
): CodeSource {
  const asked: Asked = { database, table: tableId(name), concepts }
  const codesOf = async (statement: Sql<{ code: string }>) =>
    (await database.query(statement)).map(({ code }) => code)
  return {
    header,
    isComplete: true,
    async find(codes) {
      const rows = await database.query(sql<ConceptRow>`
        select ${conceptColumns}
        from ${asked.table} as concept
        where concept.code = any (${codes}::text[])`)
      return new Map(rows.map((row) => [row.code, conceptOf(row)]))
    },
    async select(selection) {
      const query = textQuery(selection.text)
      const places = await placesOf(asked, selection.rule)
      const condition = conditionOf(asked, selection, { places, query })
      return query === undefined
        ? selectInOrder(asked, selection, condition)
        : selectRanked(asked, selection, condition)
    },
    async meeting(codes, rule) {
      const places = await placesOf(asked, rule)
      return new Set(
        await codesOf(sql<{ code: string }>`
          select concept.code
          from ${asked.table} as concept
          where concept.code = any (${codes}::text[]) and ${ruleSql(rule, asked.table, places)}`),
      )
    },
    async above(code) {
      const { ancestry = [], place } = (await placesOf(asked, { kind: 'above', code })).get(code) ?? {}
      return codesOf(sql<{ code: string }>`
        select code from ${asked.table} where place = any (${ancestry.filter((each) => each !== place)}::integer[])`)
    },
    async below(code, most) {
      const rule: Rule = { kind: 'below', code, isWithSelf: false }
      return codesOf(sql<{ code: string }>`
        select concept.code
        from ${asked.table} as concept
        where ${ruleSql(rule, asked.table, await placesOf(asked, rule))}
        limit ${most}`)
    },
    children: (code, most) =>
      codesOf(sql<{ code: string }>`
        select code
        from ${asked.table}
        where facts @> ${[`parent=${code}`]}::text[]
        order by place
        limit ${most}`),
  }
}

type Asked = { readonly database: Queryable; readonly table: Sql; readonly concepts: number }

async function placesOf({ database, table }: Asked, rule: Rule): Promise<Places> {
  const codes = hierarchyCodes(rule)
  if (codes.length === 0) return new Map()
  const rows = await database.query(sql<Place & { code: string }>`
    select code, place, ancestry
    from ${table}
    where code = any (${codes}::text[])`)
  return new Map(rows.map((row) => [row.code, row]))
}

function conditionOf(
  { table }: Asked,
  { rule, alsoCodes = [], isActiveOnly = false }: Selection,
  { places, query }: { readonly places: Places; readonly query: string | undefined },
): Sql {
  const chosen = ruleSql(rule, table, places)
  const active = isActiveOnly ? sql` and not concept.is_inactive` : sql``
  if (query === undefined) return sql`${chosen}${active}`
  const found = sql`concept.words @@ ${query}::tsquery`
  return alsoCodes.length === 0
    ? sql`${found} and ${chosen}${active}`
    : sql`(${found} or concept.code = any (${alsoCodes}::text[])) and ${chosen}${active}`
}

async function selectInOrder(
  { database, table, concepts }: Asked,
  { rule, isActiveOnly = false, offset, count }: Selection,
  condition: Sql,
): Promise<Selected> {
  const order =
    rule.kind === 'codes' ? sql`array_position(${rule.codes}::text[], concept.code)` : sql`concept.place`
  const rows =
    count === 0
      ? []
      : await database.query(sql<ConceptRow>`
          select ${conceptColumns}
          from ${table} as concept
          where ${condition}
          order by ${order}
          limit ${count}
          offset ${offset}`)
  const shown = rows.map(conceptOf)
  if (rows.length < count && (rows.length > 0 || offset === 0))
    return { concepts: shown, total: offset + rows.length }
  if (rule.kind === 'all' && !isActiveOnly) return { concepts: shown, total: concepts }
  const [counted] = await database.query(sql<{ total: number }>`
    select count(*) as total
    from (select from ${table} as concept where ${condition} limit ${mostCounted + 1}) as matches`)
  const total = counted?.total ?? 0
  return total > mostCounted ? { concepts: shown } : { concepts: shown, total }
}

/** The text leads; what it names exactly stands first, then codes and displays that begin with it, then the order of the system. */
async function selectRanked(
  { database, table }: Asked,
  { text = '', offset, count }: Selection,
  condition: Sql,
): Promise<Selected> {
  const [folded, typed] = [foldText(text), text.trim()]
  const rows = await database.query(sql<ConceptRow & { total: number }>`
    with matches as materialized (
      select concept.place, 
        case
          when lower(concept.code) = ${folded} then 0
          when starts_with(lower(concept.code), ${folded}) then 1
          when starts_with(lower(concept.display), ${folded}) then 2
          else 3
        end as nearness
      from ${table} as concept
      where ${condition}
      limit ${mostRanked + 1}
    ), exact as (
      -- Of a text that thousands answer, the code itself may not be among those that are put in order. The condition is
      -- hidden from its index: one look by the code is enough.
      select concept.place
      from ${table} as concept
      where concept.code = any (${[typed, typed.toUpperCase()]}::text[]) and (${condition}) is true
    ), nearest as (
      select place, min(nearness) as nearness
      from (select place, nearness from matches union all select place, 0 from exact) as found
      group by place
    ), page as (
      select place, row_number() over (order by nearness, place) as rank
      from nearest
      order by rank
      limit ${count}
      offset ${offset}
    )
    select ${conceptColumns}, (select count(*) from matches) as total
    from page
    join ${table} as concept using (place)
    order by page.rank`)
  const total = rows[0]?.total ?? (await countOf(database, table, condition))
  const concepts = rows.map(conceptOf)
  return total > mostRanked ? { concepts } : { concepts, total }
}

async function countOf(database: Queryable, table: Sql, condition: Sql): Promise<number> {
  const [row] = await database.query(sql<{ total: number }>`
    select count(*) as total
    from (select from ${table} as concept where ${condition} limit ${mostRanked + 1}) as matches`)
  return row?.total ?? 0
}

type ConceptRow = {
  readonly code: string
  readonly display: string | null
  readonly definition: string | null
  readonly designations: Concept['designations'] | null
  readonly properties: Concept['properties'] | null
  readonly parents: readonly string[]
  readonly isInactive: boolean
  readonly isAbstract: boolean
}

const conceptColumns = sql`
  concept.code, concept.display, concept.definition, concept.designations, concept.properties,
  concept.parent_codes as parents, concept.is_inactive as "isInactive", concept.is_abstract as "isAbstract"`

function conceptOf({ display, definition, designations, properties, ...row }: ConceptRow): Concept {
  return {
    code: row.code,
    ...(display === null ? {} : { display }),
    ...(definition === null ? {} : { definition }),
    designations: designations ?? [],
    properties: properties ?? [],
    parents: row.parents,
    isInactive: row.isInactive,
    isAbstract: row.isAbstract,
  }
}
