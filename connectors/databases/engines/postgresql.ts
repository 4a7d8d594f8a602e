/** PostgreSQL 12 or later by `pg`. Times are read and given as text in UTC, rows as JSON that the server writes. */
import pg from 'pg'
import type {
  Asked,
  Connection,
  Cursor,
  DatabaseAddress,
  DatabaseLimits,
  Engine,
  From,
  Place,
  Row,
} from './engine.ts'

export const postgresql: Engine = { name: 'postgresql', usualPort: 5432, connect }

async function connect(address: DatabaseAddress, limits: DatabaseLimits): Promise<Connection> {
  const { host, port, database, user, password, tls } = address
  const client = new pg.Client({
    ...{ host, port, database, user, password, application_name: 'xinglin' },
    ...{ connectionTimeoutMillis: limits.connectMs, query_timeout: limits.statementMs },
    ...{ statement_timeout: limits.statementMs, options: '-c timezone=UTC -c datestyle=ISO' },
    ssl: tls.mode === 'off' ? false : { ...(tls.authorities ? { ca: tls.authorities } : {}) },
  })
  // One that ends between two statements fails the next; without a listener it would end the process.
  client.on('error', () => undefined)
  await client.connect()
  const ask = async <Answer extends object>(text: string, values: readonly unknown[]) =>
    (await client.query<Answer>(text, [...values])).rows
  return {
    async rows(asked) {
      const { where, values } = conditionOf(asked)
      const { columns, order } = columnsOf(asked)
      return (
        await ask<{ id: string; time: string | null; json: string }>(
          `select ${columns}, row_to_json(source)::text as json from ${named(asked.table)} as source
           ${where} order by ${order('asc')} limit ${asked.limit}`,
          values,
        )
      ).map(({ json, ...place }): Row => ({ json, place: placeOf(place) }))
    },
    async last(asked) {
      const { columns, order } = columnsOf(asked)
      const [row] = await ask<{ id: string; time: string | null }>(
        `select ${columns} from ${named(asked.table)} as source
         where ${named([asked.cursor.id])} is not null order by ${order('desc')} limit 1`,
        [],
      )
      return row && placeOf(row)
    },
    async write({ textOf, values }, once) {
      await client.query('begin')
      try {
        const isNew = once === undefined || (await isFirst(once))
        if (isNew)
          await ask(
            textOf((index) => `$${index + 1}`),
            values,
          )
        await client.query('commit')
      } catch (cause) {
        await client.query('rollback')
        throw cause
      }
    },
    close: () => void client.end().catch(() => undefined),
  }

  async function isFirst({ table, id }: { readonly table: readonly string[]; readonly id: string }) {
    const rows = await ask(
      `insert into ${named(table)} (id) values ($1) on conflict (id) do nothing returning id`,
      [id],
    )
    return rows.length > 0
  }
}

/** Quoted, so that a name is a name and nothing else. */
function named(parts: readonly string[]): string {
  return parts.map((part) => pg.escapeIdentifier(part)).join('.')
}

function columnsOf({ cursor: { id, time } }: Pick<Asked, 'cursor'>) {
  const columns = `${named([id])}::text as id, ${time === undefined ? 'null' : named([time])}::text as time`
  // With the table's name: alone it would be the column of the answer, which is text.
  const order = (direction: 'asc' | 'desc') =>
    [...(time === undefined ? [] : [time]), id]
      .map((column) => `source.${named([column])} ${direction}`)
      .join(', ')
  return { columns, order }
}

function conditionOf({ cursor, from }: Asked): { where: string; values: readonly unknown[] } {
  const { id, time } = cursor
  const known = `where ${[id, ...(time === undefined ? [] : [time])].map((each) => `${named([each])} is not null`).join(' and ')}`
  return from ? beginAt(known, cursor, from) : { where: known, values: [] }
}

function beginAt(known: string, { id, time = '' }: Cursor, from: From) {
  if (from.kind === 'since') {
    const where = `${known} and ${named([time])} >= $1::timestamptz - make_interval(secs => $2)`
    return { where, values: [from.time, from.lessMs / 1000] }
  }
  if (from.place.time === undefined)
    return { where: `${known} and ${named([id])} > $1`, values: [from.place.id] }
  const where = `${known} and (${named([time])}, ${named([id])}) > ($1::timestamptz, $2)`
  return { where, values: [from.place.time, from.place.id] }
}

function placeOf({ id, time }: { readonly id: string; readonly time: string | null }): Place {
  return { id, ...(time === null ? {} : { time }) }
}
