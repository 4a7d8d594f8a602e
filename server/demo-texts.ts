/**
 * Text messages of the demonstration hospital, whose phones nobody has: the simulator takes them as a process of its own and
 * shows them on a page of this machine that says that nothing was sent. Never where a provider is set or the record is real.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Runtime } from '@xinglin/runtime'
import { httpProvider, type TextProvider } from '@xinglin/text-messages'

const simulator = fileURLToPath(new URL('../tools/simulator/simulator.ts', import.meta.url))

export type DemoTexts = {
  readonly provider: TextProvider
  /** The page that shows them; undefined where the simulator did not start. */
  readonly page: Promise<string | undefined>
  stop(): Promise<void>
}

/** Starts the simulated provider on a free port of the loopback interface; messages wait until it is there. */
export function startDemoTexts({ log }: Runtime): DemoTexts {
  const words = ['texts', '--texts-port', '0', '--until-input-ends']
  const child = spawn(process.execPath, [simulator, ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>((settle) => {
    child.once('exit', () => settle())
    child.once('error', () => settle())
  })
  const address = addressIn(child.stdout).then((found) => {
    if (found === undefined) log.warn('the simulated text messages did not start')
    return found
  })
  return {
    provider: {
      async hand(text, signal) {
        const url = await address
        return url ? httpProvider({ url }).hand(text, signal) : { kind: 'busy', status: 0 }
      },
    },
    page: address.then((url) => url && new URL('/', url).href),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Where the simulator takes messages, as it says when it listens. */
async function addressIn(said: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: said })) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+\/messages/.exec(line) ?? []
    if (address) return address
  }
  return undefined
}
