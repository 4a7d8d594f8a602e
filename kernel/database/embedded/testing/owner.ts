/** A process that owns an embedded PostgreSQL, commits one row, says so and waits to be killed. */
import { systemRuntime } from '@xinglin/runtime'
import { openDatabase, sql, startEmbeddedPostgres } from '../../database.ts'

const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })
const server = await startEmbeddedPostgres({ folder: process.argv[2] ?? '', log })
const database = await openDatabase({ url: server.url, log })
await database.query(sql`create table note (text text)`)
await database.query(sql`insert into note values ('kept')`)
process.stdout.write('written')
