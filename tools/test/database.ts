/** One PostgreSQL without fsync for all test files of a run, named to them in XINGLIN_TEST_DATABASE_URL. */
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@xinglin/database'
import { systemRuntime } from '@xinglin/runtime'

/** Starts it, runs `work`, stops and removes it; a server named by the caller is used instead. */
export async function withTestDatabase(work: () => Promise<void>): Promise<void> {
  if (process.env.XINGLIN_TEST_DATABASE_URL) return work()
  const folder = join(tmpdir(), `xinglin-test-run-${process.pid}`)
  await mkdir(folder)
  const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'error' })
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log, durability: 'none' })
  process.env.XINGLIN_TEST_DATABASE_URL = server.url
  const remove = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const interrupted = () => void remove().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted)
  try {
    await work()
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted)
    await remove()
  }
}
