/** Ports for a platform that a test or a benchmark starts. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that the system gives to outgoing connections, so that none takes one before the platform listens. */
const lowest = 20_000
const beyond = 32_000

const given = new Set<number>()

/** Ports of the loopback interface that nobody listens on at this moment, each given once by this process. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = randomInt(lowest, beyond)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  const isListening = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ])
  if (isListening) await new Promise((settle) => server.close(settle))
  return isListening
}
