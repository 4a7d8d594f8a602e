/** OpenSSH's own server with keys of one test, where it is installed. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

const program = '/usr/sbin/sshd'
const sftpServer = '/usr/lib/openssh/sftp-server'

/** Why tests with it cannot run here, or false. */
export const noOpenSsh: string | false =
  existsSync(program) && existsSync(sftpServer) && userInfo().uid === 0
    ? false
    : 'OpenSSH is not installed, or this is not root (apt install openssh-server)'

export type OpenSsh = {
  readonly port: number
  readonly user: string
  readonly hostKey: string
  readonly privateKey: string
}

/** Listens on 127.0.0.1 for one user with one key. */
export async function startOpenSsh(folder: string): Promise<OpenSsh> {
  const at = (name: string) => join(folder, name)
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)])
  await mkdir('/run/sshd', { recursive: true })
  const port = await freePort()
  const lines = [
    ...[`ListenAddress 127.0.0.1:${port}`, `HostKey ${at('host')}`, `AuthorizedKeysFile ${at('user.pub')}`],
    ...['StrictModes no', 'UsePAM no', 'PidFile none', `Subsystem sftp ${sftpServer}`],
  ]
  await writeFile(at('sshd_config'), lines.join('\n'))
  const child = spawn(program, ['-D', '-f', at('sshd_config')], { stdio: 'ignore' })
  after(() => child.kill('SIGKILL'))
  while (!(await isOpen(port))) await pause(20)
  const shown = execFileSync('ssh-keygen', ['-lf', at('host.pub')], { encoding: 'utf8' })
  return {
    ...{ port, user: userInfo().username, hostKey: shown.split(' ')[1] ?? '' },
    privateKey: await readFile(at('user'), 'utf8'),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await once(server.close(), 'close')
  return typeof address === 'object' && address ? address.port : 0
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
