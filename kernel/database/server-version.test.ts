/** An old server is refused by name before anything is written to it. */
import { doesNotReject, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import type { Queryable } from './database.ts'
import { refuseOldServer } from './server-version.ts'

const server = (number: number, name: string): Queryable => ({
  query: async <Row>() => [{ number, name }] as unknown as readonly Row[],
})

test('PostgreSQL 14 is refused by its version, 15 and later are taken', async () => {
  await rejects(
    refuseOldServer(server(140_012, '14.12')),
    /XINGLIN_DATABASE_URL names PostgreSQL 14\.12; 15 or later is needed/,
  )
  await doesNotReject(refuseOldServer(server(150_000, '15.0')))
  await doesNotReject(refuseOldServer(server(180_004, '18.4')))
})
