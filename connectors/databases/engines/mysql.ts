/** MariaDB 10.5 or later and MySQL 8 by `mysql2`. Times and large numbers are read and given as text. */
import mysql, { type RowDataPacket } from 'mysql2/promise'
import type { Asked, Connection, DatabaseAddress, DatabaseLimits, Engine, Place, Row } from './engine.ts'

export const mysqlEngine: Engine = { name: 'mysql', usualPort: 3306, connect }

async function connect(address: DatabaseAddress, limits: DatabaseLimits): Promise<Connection> {
  const { host, port, database, user, password, tls } = address
  const client = await mysql.createConnection({
    ...{ host, port, database, user, password, connectTimeout: limits.connectMs, charset: 'utf8mb4' },
    // `timezone` says how the driver writes dates; none goes through it, all are texts.
    ...{ dateStrings: true, supportBigNumbers: true, bigNumberStrings: true, enableKeepAlive: true },
    ...(tls.mode === 'off' ? {} : { ssl: tls.authorities ? { ca: tls.authorities } : {} }),
  })
  client.on('error', () => undefined)
  const ask = async (sql: string, values: readonly unknown[]) => {
    const [rows] = await client.query<RowDataPacket[]>({
      sql,
      timeout: limits.statementMs,
      values: [...values],
    })
    return rows
  }
  await ask(`set time_zone = '+00:00'`, [])
  return {
    async rows(asked) {
      const { where, values } = conditionOf(asked)
      const rows = await ask(
        `select source.*, ${placeColumns(asked)} from ${named(asked.table)} as source
         ${where} order by ${orderOf(asked, 'asc')} limit ${asked.limit}`,
        values,
      )
      return rows.map(({ xinglin_id, xinglin_time, ...row }): Row => {
        return { place: placeOf(xinglin_id, xinglin_time), json: JSON.stringify(row, bytesAsBase64) }
      })
    },
    async last(asked) {
      const [row] = await ask(
        `select ${placeColumns(asked)} from ${named(asked.table)} as source
         where ${named([asked.cursor.id])} is not null order by ${orderOf(asked, 'desc')} limit 1`,
        [],
      )
      return row && placeOf(row.xinglin_id, row.xinglin_time)
    },
    async write({ textOf, values }, once) {
      await client.beginTransaction()
      try {
        if (once === undefined || (await isFirst(once)))
          await ask(
            textOf(() => '?'),
            values,
          )
        await client.commit()
      } catch (cause) {
        await client.rollback()
        throw cause
      }
    },
    close: () => client.destroy(),
  }

  async function isFirst({ table, id }: { readonly table: readonly string[]; readonly id: string }) {
    const found = await ask(`select 1 from ${named(table)} where id = ? for update`, [id])
    if (found.length > 0) return false
    await ask(`insert into ${named(table)} (id) values (?)`, [id])
    return true
  }
}

/** Quoted, so that a name is a name and nothing else; `escapeId` would take a dot in it for two names. */
function named(parts: readonly string[]): string {
  return parts.map((part) => mysql.escapeId(part, true)).join('.')
}

function placeColumns({ cursor: { id, time } }: Pick<Asked, 'cursor'>): string {
  const timeColumn = time === undefined ? 'null' : `cast(source.${named([time])} as char)`
  return `cast(source.${named([id])} as char) as xinglin_id, ${timeColumn} as xinglin_time`
}

function orderOf({ cursor: { id, time } }: Pick<Asked, 'cursor'>, direction: 'asc' | 'desc'): string {
  return [...(time === undefined ? [] : [time]), id]
    .map((column) => `source.${named([column])} ${direction}`)
    .join(', ')
}

function conditionOf({ cursor: { id, time }, from }: Asked): { where: string; values: readonly unknown[] } {
  const idColumn = named([id])
  const known = `where ${idColumn} is not null`
  if (time === undefined)
    return from?.kind === 'behind'
      ? { where: `${known} and ${idColumn} > ?`, values: [from.place.id] }
      : { where: known, values: [] }
  const timeColumn = named([time])
  const whole = `${known} and ${timeColumn} is not null`
  if (!from) return { where: whole, values: [] }
  if (from.kind === 'since') {
    const where = `${whole} and ${timeColumn} >= timestampadd(microsecond, ?, cast(? as datetime(6)))`
    return { where, values: [-from.lessMs * 1000, from.time] }
  }
  // Of one time those behind the id, and all later: an index serves this, and not a comparison of pairs.
  const where = `${whole} and ${timeColumn} >= cast(? as datetime(6))
    and (${timeColumn} > cast(? as datetime(6)) or ${idColumn} > ?)`
  return { where, values: [from.place.time, from.place.time, from.place.id] }
}

function placeOf(id: unknown, time: unknown): Place {
  return { id: String(id), ...(typeof time === 'string' ? { time } : {}) }
}

/** JSON has no bytes; Buffers come here as what their `toJSON` made. */
function bytesAsBase64(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'Buffer')
    return value
  return 'data' in value && Array.isArray(value.data) ? Buffer.from(value.data).toString('base64') : value
}
