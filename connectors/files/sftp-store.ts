/**
 * A folder of another machine over SFTP (draft-ietf-secsh-filexfer-02, as OpenSSH speaks it). One connection, opened when it is
 * needed, with a pinned host key; each act ends within a time limit, so that a server that hangs is given up. A file is written
 * under another name, synced where the server can, and renamed; rename of this version never replaces a file.
 */
import { createHash } from 'node:crypto'
import { conflict } from '@xinglin/fhir'
import { Client, type FileEntryWithStats, type SFTPWrapper, type Stats } from 'ssh2'
import { type FileStore, type FoundFile, mostNamesakes, namesakeOf, partialName } from './store.ts'

export type SftpAddress = {
  readonly host: string
  readonly port: number
  readonly user: string
  /** `SHA256:…` as `ssh-keygen -lf` prints it. */
  readonly hostKey: string
  /** On the other machine. */
  readonly folder: string
}
export type SftpLogin = { readonly password: string } | { readonly privateKey: string }
export type SftpLimits = { readonly connectMs: number; readonly actMs: number }

/** A link over a slow line, and 64 MB over it. */
export const sftpLimits: SftpLimits = { connectMs: 20_000, actMs: 120_000 }
/** What OpenSSH takes in one packet. */
const chunkBytes = 32 * 1024
/** Requests on their way: 1 MB fills a line of 50 ms at 160 Mbit/s. */
const mostOnTheWay = 32
/** SSH_FX_NO_SUCH_FILE, §7. */
const noSuchFile = 2
/** SSH_FX_EOF. */
const endOfFile = 1
/** POSIX: the kind of a file in its mode, and a plain one. */
const kindMask = 0o170_000
const plainFile = 0o100_000

type Session = { readonly client: Client; readonly sftp: SFTPWrapper }

/** Nothing is open before the first act; `login` is asked with each connection, so that a changed secret is taken. */
export function sftpStore(
  address: SftpAddress,
  login: () => Promise<SftpLogin>,
  limits: SftpLimits = sftpLimits,
): FileStore {
  let session: Promise<Session> | undefined
  const drop = async () => {
    const left = session
    session = undefined
    const open = await left?.catch(() => undefined)
    open?.client.destroy()
  }
  const withSftp = async <Result>(act: (sftp: SFTPWrapper) => Promise<Result>): Promise<Result> => {
    session ??= connect(address, await login(), limits)
    try {
      const { client, sftp } = await session
      return await untilClosed(client, limits.actMs, act(sftp))
    } catch (cause) {
      // What the server answered leaves the connection good; anything else is unknown.
      if (!isAnswer(cause)) await drop()
      throw cause
    }
  }
  const at = (name: string) => `${address.folder.replace(/\/$/, '')}/${name}`
  return {
    list: (isWanted) => withSftp((sftp) => listPlain(sftp, address.folder, isWanted)),
    read: (file) => withSftp((sftp) => readWhole(sftp, at(file.name), file)),
    move: (name, folder) => withSftp((sftp) => moveFree(sftp, { from: at(name), into: at(folder), name })),
    remove: (name) => withSftp((sftp) => told((done) => sftp.unlink(at(name), done))),
    create: (name, content) => withSftp((sftp) => createWhole(sftp, { at, name, content })),
    close: drop,
  }
}

class HostKeyError extends Error {
  override readonly name = 'HostKeyError'
}
class ClosedError extends Error {
  override readonly name = 'ClosedError'
}
class NotInTimeError extends Error {
  override readonly name = 'NotInTimeError'
}

function connect(address: SftpAddress, login: SftpLogin, { connectMs }: SftpLimits): Promise<Session> {
  const { host, port, user, hostKey } = address
  return new Promise((resolve, reject) => {
    const client = new Client()
    let isOther = false
    const fail = (cause: Error) => {
      client.destroy()
      reject(isOther ? new HostKeyError('the server shows another key than the one that is pinned') : cause)
    }
    client.on('error', fail)
    client.on('close', () => fail(new ClosedError('the server closed the connection')))
    client.on('ready', () =>
      // Questions are small, and Nagle's algorithm would let each wait 40 ms for the answer to the one before.
      client.setNoDelay(true).sftp((cause, sftp) => (cause ? fail(cause) : resolve({ client, sftp }))),
    )
    client.connect({
      ...{ host, port, username: user, readyTimeout: connectMs },
      ...{ keepaliveInterval: connectMs, keepaliveCountMax: 2 },
      hostVerifier: (key: Buffer) => {
        isOther = fingerprintOf(key) !== hostKey
        return !isOther
      },
      ...login,
    })
  })
}

/** As `ssh-keygen -lf` prints it. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** Rejects when the connection ends or the time is up. */
function untilClosed<Result>(client: Client, actMs: number, act: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new ClosedError('the server closed the connection'))
    const timer = setTimeout(() => reject(new NotInTimeError('no answer in time')), actMs)
    client.once('close', closed)
    act.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      client.off('close', closed)
    })
  })
}

/** A status of the server (§7), not a failure on the way to it. */
function isAnswer(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'number'
}

type Done<Result> = (cause: Error | null | undefined, result: Result) => void

function asked<Result>(ask: (done: Done<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => ask((cause, result) => (cause ? reject(cause) : resolve(result))))
}

function told(tell: (done: (cause?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => tell((cause) => (cause ? reject(cause) : resolve())))
}

async function listPlain(
  sftp: SFTPWrapper,
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<readonly FoundFile[]> {
  const entries = await asked<FileEntryWithStats[]>((done) => sftp.readdir(folder, done))
  return entries
    .filter(({ filename, attrs }) => !/[/\0]/.test(filename) && isPlain(attrs) && isWanted(filename))
    .map(({ filename, attrs }) => ({ name: filename, sizeBytes: attrs.size, changedMs: attrs.mtime * 1000 }))
}

function isPlain({ mode }: { readonly mode: number }): boolean {
  return (mode & kindMask) === plainFile
}

async function statOf(sftp: SFTPWrapper, path: string): Promise<Stats | undefined> {
  try {
    return await asked<Stats>((done) => sftp.lstat(path, done))
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw cause
  }
}

function isMissing(cause: unknown): boolean {
  return hasStatus(cause, noSuchFile)
}

function hasStatus(cause: unknown, status: number): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === status
}

async function readWhole(sftp: SFTPWrapper, path: string, file: FoundFile): Promise<Uint8Array | undefined> {
  const stat = await statOf(sftp, path)
  if (!stat || !isPlain(stat) || stat.size !== file.sizeBytes) return undefined
  const handle = await asked<Buffer>((done) => sftp.open(path, 'r', done))
  try {
    const content = Buffer.alloc(file.sizeBytes)
    const read = await inChunks(content.byteLength, (from, length) =>
      readChunk(sftp, handle, { content, from, length }),
    )
    return read.every(Boolean) ? content : undefined
  } finally {
    await told((done) => sftp.close(handle, done))
  }
}

type Chunk = { readonly content: Buffer; readonly from: number; readonly length: number }

/** False where the file ends before the end of the chunk; a server may answer with less than was asked for. */
async function readChunk(
  sftp: SFTPWrapper,
  handle: Buffer,
  { content, from, length }: Chunk,
): Promise<boolean> {
  let done = 0
  while (done < length) {
    const read = await new Promise<number>((resolve, reject) =>
      sftp.read(handle, content, from + done, length - done, from + done, (cause, bytes) =>
        cause ? reject(cause) : resolve(bytes),
      ),
    ).catch((cause: unknown) => {
      if (hasStatus(cause, endOfFile)) return 0
      throw cause
    })
    if (read === 0) return false
    done += read
  }
  return true
}

/** Acts on all chunks of so many bytes, some at the same time. */
async function inChunks<Result>(
  lengthBytes: number,
  act: (from: number, length: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const starts = Array.from({ length: Math.ceil(lengthBytes / chunkBytes) }, (_, index) => index * chunkBytes)
  const results: Result[] = []
  while (starts.length > 0) {
    const some = starts.splice(0, mostOnTheWay)
    results.push(
      ...(await Promise.all(some.map((from) => act(from, Math.min(chunkBytes, lengthBytes - from))))),
    )
  }
  return results
}

type Move = { readonly from: string; readonly into: string; readonly name: string }

async function moveFree(sftp: SFTPWrapper, { from, into, name }: Move): Promise<void> {
  if (!(await statOf(sftp, into))) await told((done) => sftp.mkdir(into, done))
  for (let count = 0; count < mostNamesakes; count++) {
    const target = `${into}/${namesakeOf(name, count)}`
    if (await statOf(sftp, target)) continue
    return told((done) => sftp.rename(from, target, done))
  }
  throw conflict('the folder has too many files of one name', { code: 'files.namesakes' })
}

type Creation = {
  readonly at: (name: string) => string
  readonly name: string
  readonly content: Uint8Array
}

async function createWhole(sftp: SFTPWrapper, { at, name, content }: Creation) {
  const partial = at(partialName(name))
  const target = at(name)
  const there = await statOf(sftp, target)
  if (there) {
    const file = { name, sizeBytes: content.byteLength, changedMs: 0 }
    const known = isPlain(there) ? await readWhole(sftp, target, file) : undefined
    return known && Buffer.from(content).equals(known) ? ('same' as const) : ('other' as const)
  }
  if (await statOf(sftp, partial)) await told((done) => sftp.unlink(partial, done))
  await writeSynced(sftp, partial, Buffer.from(content))
  await told((done) => sftp.rename(partial, target, done))
  return 'created' as const
}

async function writeSynced(sftp: SFTPWrapper, path: string, content: Buffer): Promise<void> {
  const handle = await asked<Buffer>((done) => sftp.open(path, 'wx', done))
  try {
    await inChunks(content.byteLength, (from, length) =>
      told((done) => sftp.write(handle, content, from, length, from, done)),
    )
    await synced(sftp, handle)
  } finally {
    await told((done) => sftp.close(handle, done))
  }
}

/** fsync@openssh.com, where the server has it: others sync when they think it right. */
async function synced(sftp: SFTPWrapper, handle: Buffer): Promise<void> {
  try {
    await told((done) => sftp.ext_openssh_fsync(handle, done))
  } catch (cause) {
    if (isAnswer(cause) || (cause instanceof Error && /does not support/.test(cause.message))) return
    throw cause
  }
}
