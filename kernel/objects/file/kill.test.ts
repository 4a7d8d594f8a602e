/** kill -9 in the middle of puts: everything acknowledged is whole, and nothing half stands under a name. */

import { equal, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { systemRuntime } from '@xinglin/runtime'
import { type ObjectHash, openObjects } from '../objects.ts'

const { log } = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'silent' })
const putter = fileURLToPath(new URL('./testing/put-for-ever.ts', import.meta.url))
const kills = 8

test(`a process killed ${kills} times while it stores loses nothing that it acknowledged`, async () => {
  const root = await mkdtemp(join(tmpdir(), 'xinglin-kill-'))
  const acknowledged = new Set<string>()

  for (let round = 0; round < kills; round++)
    for (const hash of await putUntilKilled(root, 120 + round * 35)) acknowledged.add(hash)

  ok(acknowledged.size > kills)
  const objects = await openObjects({ url: pathToFileURL(root).href, log })
  for (const hash of acknowledged) {
    const found = await objects.get(hash as ObjectHash)
    equal(hash, `sha256-${sha256(Buffer.concat(await Array.fromAsync(found?.bytes ?? [])))}`)
  }
  for (const file of await named(root)) equal(sha256(await readFile(file.path)), file.name)
  equal((await readdir(join(root, 'incoming'))).length, 0)
  await rm(root, { recursive: true })
})

/** The names that the child acknowledged before it was killed. */
async function putUntilKilled(root: string, lifeMs: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [putter, pathToFileURL(root).href], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const hashes: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (hashes.push(line) === 1) setTimeout(() => child.kill('SIGKILL'), lifeMs)
  }
  await exited
  return hashes
}

/** Files that carry the name of what is in them. */
async function named(root: string): Promise<readonly { name: string; path: string }[]> {
  const files = await readdir(root, { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile() && !file.parentPath.endsWith('volumes'))
    .map(({ name, parentPath }) => ({ name, path: join(parentPath, name) }))
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
