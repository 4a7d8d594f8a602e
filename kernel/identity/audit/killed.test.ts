/** kill -9 at any instant: what was acknowledged has its audit entry, and no entry tells of a write that is not there. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from '@xinglin/database'
import { testIdentity } from '../test-identity.ts'

const rounds = 4

test('a process that is killed while it writes loses no audit entry of an acknowledged write', async () => {
  const { database } = await testIdentity()
  const acknowledged: string[] = []
  for (let round = 0; round < rounds; round++)
    acknowledged.push(...(await writeUntilKilled(database.url, round)))

  const audited = await idsOf(
    database,
    sql`
    select resource_id as id
    from identity.audit
    where actor = 'system/writer'
    and outcome = 'allowed'`,
  )
  const stated = await idsOf(
    database,
    sql`
    select distinct resource_id as id
    from events.entry
    where kind = 'record.created'`,
  )

  assert.ok(acknowledged.length > rounds)
  assert.deepEqual(
    acknowledged.filter((id) => !audited.has(id)),
    [],
  )
  assert.deepEqual([...audited].sort(), [...stated].sort())
})

/** The acknowledged ids of one process that lives a while longer each round. */
async function writeUntilKilled(url: string, round: number): Promise<readonly string[]> {
  const writer = spawn(
    process.execPath,
    [fileURLToPath(new URL('./killed-writer.ts', import.meta.url)), url],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  while (!output.includes('\n') && writer.exitCode === null) await sleep(10)
  await sleep(37 * (round + 1))
  writer.kill('SIGKILL')
  await once(writer, 'close')
  // A last line without its end was not acknowledged to anybody.
  return output.slice(0, output.lastIndexOf('\n')).split('\n')
}

async function idsOf(
  database: Awaited<ReturnType<typeof testIdentity>>['database'],
  statement: ReturnType<typeof sql>,
): Promise<Set<string>> {
  const rows = await database.query<{ id: string }>(statement as ReturnType<typeof sql<{ id: string }>>)
  return new Set(rows.map(({ id }) => id))
}
