/**
 * One platform per data folder. The lock is a listening socket that the operating system lets go of when its process
 * ends, however it ends: an abstract socket on Linux, a named pipe on Windows, a socket file elsewhere.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conflict } from '@xinglin/fhir'

export type FolderLock = { release(): Promise<void> }

/** The owner answers at once with its process id; a longer silence means an owner too busy to say. */
const answerTimeoutMs = 500

/** Takes the folder for this process; throws `conflict` (`database.folder-in-use`) naming the process that has it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const address = lockAddress(folder)
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.end(String(process.pid))
  })
  server.unref()
  if (!(await hasListened(server, address))) {
    const owner = await askOwner(address)
    if (owner !== undefined) throw inUse(folder, owner)
    // A socket file whose process is gone (macOS only; the other kinds vanish with their process).
    await rm(address, { force: true })
    if (!(await hasListened(server, address))) throw inUse(folder, 'unknown')
  }
  return {
    release: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

function lockAddress(folder: string): string {
  const name = `xinglin-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), `${name}.lock`)
}

async function hasListened(server: Server, address: string): Promise<boolean> {
  server.listen(address)
  try {
    await once(server, 'listening')
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
}

/** Process id of the owner, `unknown` where it does not say, undefined where nobody listens. */
async function askOwner(address: string): Promise<string | undefined> {
  const socket = connect(address)
  const gone = new Promise<undefined>((resolve) => {
    socket.once('error', () => resolve(undefined))
  })
  const said = once(socket, 'data', { signal: AbortSignal.timeout(answerTimeoutMs) }).then(
    ([bytes]) => String(bytes),
    () => 'unknown',
  )
  const answer = await Promise.race([gone, said])
  socket.destroy()
  return answer
}

function inUse(folder: string, owner: string) {
  return conflict(
    `${folder} is in use by process ${owner}: stop it, or choose another folder with XINGLIN_DATA_DIR`,
    { code: 'database.folder-in-use' },
  )
}
