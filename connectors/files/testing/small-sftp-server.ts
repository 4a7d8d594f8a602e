/** An SFTP server of a test over one folder, which can hang; speaks by the server side of `ssh2`. */
import { once } from 'node:events'
import * as files from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after } from 'node:test'
import ssh2, { type SFTPWrapper } from 'ssh2'
import { fingerprintOf } from '../sftp-store.ts'

const { Server, utils } = ssh2
const { STATUS_CODE, OPEN_MODE } = utils.sftp

export type SmallServer = {
  readonly port: number
  readonly hostKey: string
  /** Whether from now on nothing is answered. */
  hang(isHanging: boolean): void
}

export const login = { user: 'laboratory', password: 'a-password-of-one-test-only' }

/** Serves `/…` as what lies in the folder. */
export async function startSmallServer(folder: string): Promise<SmallServer> {
  const { private: hostKey } = utils.generateKeyPairSync('ed25519')
  let isHanging = false
  const server = new Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined)
    // It has it, and its types do not know.
    if ('setNoDelay' in client && typeof client.setNoDelay === 'function') client.setNoDelay(true)
    client.on('authentication', (context) => {
      const isRight =
        context.method === 'password' &&
        context.username === login.user &&
        context.password === login.password
      if (isRight) context.accept()
      else context.reject(['password'])
    })
    client.on('session', (accept) =>
      accept().on('sftp', (acceptSftp) => serve(acceptSftp(), folder, () => isHanging)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const parsed = utils.parseKey(hostKey)
  if (parsed instanceof Error) throw parsed
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: fingerprintOf(parsed.getPublicSSH()),
    hang: (hangs) => {
      isHanging = hangs
    },
  }
}

type Open = { readonly descriptor: number } | { readonly entries: string[]; readonly folder: string }

function serve(sftp: SFTPWrapper, root: string, isHanging: () => boolean): void {
  const handles = new Map<number, Open>()
  let next = 0
  const place = (path: string) => join(root, join('/', path))
  const keep = (open: Open) => {
    next += 1
    handles.set(next, open)
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(next)
    return handle
  }
  const descriptorOf = (handle: Buffer) => {
    const open = handles.get(handle.readUInt32BE(0))
    if (!open || !('descriptor' in open)) throw new Error('no such handle')
    return open.descriptor
  }
  /** What an act throws becomes a status. */
  const answer = (id: number, act: () => void) => {
    if (isHanging()) return
    try {
      act()
    } catch (cause) {
      const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
      sftp.status(id, isMissing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE)
    }
  }
  const done = (id: number, act: () => void) =>
    answer(id, () => {
      act()
      sftp.status(id, STATUS_CODE.OK)
    })
  sftp.on('OPENDIR', (id, path) =>
    answer(id, () => {
      const entries = files.readdirSync(place(path))
      sftp.handle(id, keep({ entries, folder: place(path) }))
    }),
  )
  sftp.on('READDIR', (id, handle) =>
    answer(id, () => {
      const open = handles.get(handle.readUInt32BE(0))
      const names = open && 'entries' in open ? open.entries.splice(0) : []
      if (!open || !('entries' in open) || names.length === 0) return sftp.status(id, STATUS_CODE.EOF)
      const entries = names.map((filename) => {
        const attrs = attributesOf(files.lstatSync(join(open.folder, filename)))
        return { filename, longname: filename, attrs }
      })
      sftp.name(id, entries)
    }),
  )
  sftp.on('OPEN', (id, path, flags) =>
    answer(id, () => {
      const isWriting = (flags & OPEN_MODE.WRITE) !== 0
      sftp.handle(id, keep({ descriptor: files.openSync(place(path), isWriting ? 'wx' : 'r') }))
    }),
  )
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, () => {
      const bytes = Buffer.alloc(length)
      const count = files.readSync(descriptorOf(handle), bytes, 0, length, offset)
      if (count === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.data(id, bytes.subarray(0, count))
    }),
  )
  sftp.on('WRITE', (id, handle, offset, bytes) =>
    done(id, () => files.writeSync(descriptorOf(handle), bytes, 0, bytes.length, offset)),
  )
  sftp.on('FSTAT', (id, handle) =>
    answer(id, () => sftp.attrs(id, attributesOf(files.fstatSync(descriptorOf(handle))))),
  )
  sftp.on('LSTAT', (id, path) => answer(id, () => sftp.attrs(id, attributesOf(files.lstatSync(place(path))))))
  sftp.on('CLOSE', (id, handle) => {
    const key = handle.readUInt32BE(0)
    const open = handles.get(key)
    handles.delete(key)
    done(id, () => open && 'descriptor' in open && files.closeSync(open.descriptor))
  })
  sftp.on('REMOVE', (id, path) => done(id, () => files.unlinkSync(place(path))))
  sftp.on('MKDIR', (id, path) => done(id, () => files.mkdirSync(place(path))))
  sftp.on('RENAME', (id, from, to) =>
    done(id, () => {
      if (files.existsSync(place(to))) throw new Error('the name is taken')
      files.renameSync(place(from), place(to))
    }),
  )
}

function attributesOf({ mode, uid, gid, size, atimeMs, mtimeMs }: files.Stats) {
  const seconds = (ms: number) => Math.floor(ms / 1000)
  return { mode, uid, gid, size, atime: seconds(atimeMs), mtime: seconds(mtimeMs) }
}
