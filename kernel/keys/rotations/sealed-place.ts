/**
 * Where sealed values lie: one column of a table. Whoever seals declares his places, so that values can be counted by key and
 * sealed anew without knowing what they are. A purpose without a place is never retired.
 */
import { type Queryable, type Sql, sql, type Transaction } from '@xinglin/database'
import type { Binding } from '../keys.ts'

type Row = Readonly<Record<string, unknown>>

export type SealedPlace = {
  readonly purpose: string
  /** Schema, table, column. */
  readonly at: readonly [schema: string, table: string, column: string]
  /** bytes: of `seal`; text: of `sealText`; json: that text in jsonb; within: that text inside the JSON of a resource. */
  readonly form: 'bytes' | 'text' | 'json' | 'within'
  /** Columns of the row that the context is made of. */
  readonly reads: Sql
  readonly contextOf: (row: Row) => string
  /** Rows beside it, where one column holds values of several purposes or plain ones too. */
  readonly where?: Sql
}

/** `schema.table.column`, as counts are told by it. */
export function nameOfPlace({ at }: SealedPlace): string {
  return at.join('.')
}

/** `{"sealed$":"…"}`: a string of a resource cannot hold it, since its quotation marks are escaped. */
const within = '\\{"sealed\\$":"(x1\\.[A-Za-z0-9_-]+)"'

/** The sealed value: bytes, or the text that begins `x1.`. */
function valueIn({ at, form }: SealedPlace): Sql {
  const column = sql.id(at[1], at[2])
  if (form === 'json') return sql`${column} #>> '{}'`
  return form === 'within' ? sql`substring(${column} from ${within})` : column
}

/** Id of the data key in the header of a sealed value (envelope.ts), null where it is none. */
function keyIn(place: SealedPlace): Sql {
  const value = valueIn(place)
  const header =
    place.form === 'bytes'
      ? sql`substring(${value} from 1 for 6)`
      : sql`case
        when ${value} ~ '^x1\\.[A-Za-z0-9_-]{8}' then decode(translate(substr(${value}, 4, 8), '-_', '+/'), 'base64')
      end`
  return sql`(
    select get_byte(head, 2)::bigint * 16777216 + get_byte(head, 3) * 65536 + get_byte(head, 4) * 256 + get_byte(head, 5)
    from (select ${header} as head) as header
    where octet_length(head) = 6)`
}

function whereOf({ where, form, at }: SealedPlace): Sql {
  const others = where ?? sql`true`
  return form === 'within' ? sql`${others} and ${sql.id(at[1], at[2])} like '%{"sealed$":%'` : others
}

/** How many values lie under each data key, by its number. */
export async function countByKey(from: Queryable, place: SealedPlace): Promise<ReadonlyMap<number, number>> {
  const [schema, table] = place.at
  const rows = await from.query(sql<{ key: number; count: number }>`
    select key::int as key, count(*)::int as count
    from (select ${keyIn(place)} as key from ${sql.id(schema, table)} where ${whereOf(place)}) as value
    where key is not null
    group by key`)
  return new Map(rows.map(({ key, count }) => [key, count]))
}

export type Found = { readonly row: string; readonly sealed: Buffer | string; readonly binding: Binding }

/** At most `limit` values that another key than `newest` sealed, beyond the row `after`, locked for their change. */
export async function sealedBefore(
  transaction: Transaction,
  place: SealedPlace,
  { newest, after, limit }: { newest: number; after: string; limit: number },
): Promise<readonly Found[]> {
  const [schema, table] = place.at
  const name = sql.id(table)
  const rows = await transaction.query(sql<Row & { row$: string; sealed$: Buffer | string }>`
    select ${name}.ctid::text as "row$", ${valueIn(place)} as "sealed$", ${place.reads}
    from ${sql.id(schema, table)}
    where ${name}.ctid > ${after}::tid and ${whereOf(place)} and ${keyIn(place)} <> ${newest}
    order by ${name}.ctid
    limit ${limit}
    for no key update`)
  const { purpose } = place
  return rows.map((row) => ({
    row: row['row$'],
    sealed: row['sealed$'],
    binding: { purpose, context: place.contextOf(row) },
  }))
}

/** Puts values in the place of those that were found, in the same transaction. */
export async function putAnew(
  transaction: Transaction,
  place: SealedPlace,
  changed: readonly {
    readonly row: string
    readonly sealed: Buffer | string
    readonly anew: Buffer | string
  }[],
): Promise<void> {
  const [schema, table, column] = place.at
  const rows = changed.map(({ row }) => row)
  const anew = changed.map((each) => each.anew)
  const given =
    place.form === 'bytes'
      ? sql`unnest(${rows}::text[], ${anew}::bytea[], ${rows}::text[])`
      : sql`unnest(${rows}::text[], ${anew}::text[], ${changed.map(({ sealed }) => sealed)}::text[])`
  await transaction.query(sql`
    update ${sql.id(schema, table)}
    set ${sql.id(column)} = ${written(place)}
    from ${given} as given (place, anew, before)
    where ${sql.id(table)}.ctid = any (${rows}::tid[]) and ${sql.id(table)}.ctid = given.place::tid`)
}

function written({ form, at }: SealedPlace): Sql {
  if (form === 'json') return sql`to_jsonb(given.anew)`
  return form === 'within' ? sql`replace(${sql.id(at[1], at[2])}, given.before, given.anew)` : sql`given.anew`
}
