/** Real NATS servers with JetStream: one, or a cluster of three that can be killed and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

const program = 'nats-server'

/** Why tests with servers cannot run here, or false. */
export const noServer: string | false =
  spawnSync(program, ['--version']).status === 0
    ? false
    : 'nats-server is not installed (apt install nats-server)'

export type Server = {
  readonly url: string
  kill(): Promise<void>
  start(): Promise<void>
}

/** `count` servers of one cluster, each with a folder of its own; ended and forgotten after the tests. */
export async function natsServers(count: number): Promise<readonly Server[]> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-nats-'))
  const ports = await freePorts(count * 2)
  const routes = ports.slice(count).map((port) => `nats://127.0.0.1:${port}`)
  const servers = routes.map((route, index) => {
    const name = `n${index}`
    const cluster =
      count > 1 ? ['--cluster_name', 'test', '--cluster', route, '--routes', routes.join(',')] : []
    const storage = ['--jetstream', '--store_dir', join(folder, name), '--name', name]
    return server(ports[index] ?? 0, [...storage, ...cluster])
  })
  after(async () => {
    await Promise.all(servers.map((each) => each.kill()))
    await rm(folder, { recursive: true, force: true })
  })
  await Promise.all(servers.map((each) => each.start()))
  return servers
}

function server(port: number, options: readonly string[]): Server {
  let child: ChildProcess | undefined
  return {
    url: `nats://127.0.0.1:${port}`,
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    async start() {
      child = spawn(program, ['--addr', '127.0.0.1', '--port', String(port), ...options], { stdio: 'ignore' })
      while (!(await isOpen(port))) await sleep(20)
    },
  }
}

/** Ports that nobody listens on at this moment. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((each) => once(each, 'listening')))
  const ports = servers.map((each) => (each.address() as AddressInfo).port)
  await Promise.all(servers.map((each) => once(each.close(), 'close')))
  return ports
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
