/** The master key: the one secret that is not in the database. It wraps key-encryption keys and nothing else. */
import { spawn } from 'node:child_process'
import { createHash, hkdfSync } from 'node:crypto'
import { fault, invalid } from '@xinglin/fhir'
import { type SuiteName, suites } from '../suites/suites.ts'

export type MasterKey = {
  /** Tells master keys apart without giving anything away; stands beside what it wrapped. */
  readonly id: string
  readonly source: 'file' | 'environment' | 'command' | 'token'
  wrap(key: Uint8Array, suite: SuiteName): Promise<Uint8Array>
  /** Throws `fault` (`keys.master-wrong`) where another master key wrapped it. */
  unwrap(wrapped: Uint8Array, suite: SuiteName): Promise<Uint8Array>
}

/** NIST SP 800-57 part 1 §5.6: 256 bits. */
export const masterKeyBytes = 32
const bound = Buffer.from('xinglin key-encryption key')

/** A master key of 32 bytes in this process's memory; each suite wraps by its own key derived from it (RFC 5869). */
export function masterKeyFromBytes(secret: Uint8Array, source: 'file' | 'environment'): MasterKey {
  if (secret.length !== masterKeyBytes)
    throw invalid(`the master key has ${secret.length} bytes; it must have ${masterKeyBytes}`, {
      code: 'keys.master-length',
    })
  const keyFor = (suite: SuiteName) => {
    const { hashName, keyBytes } = suites[suite]
    return Buffer.from(hkdfSync(hashName, secret, '', `xinglin wrap ${suite}`, keyBytes))
  }
  return {
    id: Buffer.from(hkdfSync('sha256', secret, '', 'xinglin master key id', 8)).toString('hex'),
    source,
    wrap: async (key, suite) => suites[suite].encrypt(keyFor(suite), key, bound),
    async unwrap(wrapped, suite) {
      const key = suites[suite].decrypt(keyFor(suite), wrapped, bound)
      if (!key) throw wrongMasterKey()
      return key
    },
  }
}

/** A key store that is slow to answer for this long has failed. */
const commandTimeoutMs = 30_000

/**
 * A master key that stays in a key service: `program wrap` and `program unwrap` read base64 from their standard
 * input and write base64. The id is the path of the program and the name that it is given.
 */
export function masterKeyFromCommand(program: string): MasterKey {
  const id = createHash('sha256').update(program).digest('hex').slice(0, 16)
  const asked = (verb: 'wrap' | 'unwrap', bytes: Uint8Array): Run => ({
    ...{ program, args: [verb], input: Buffer.from(bytes).toString('base64') },
    failure: `the program of the master key failed to ${verb}`,
  })
  const through = async (verb: 'wrap' | 'unwrap', bytes: Uint8Array) =>
    Buffer.from((await run(asked(verb, bytes))).toString('utf8'), 'base64')
  return {
    id,
    source: 'command',
    wrap: (key) => through('wrap', key),
    unwrap: (wrapped) => through('unwrap', wrapped),
  }
}

export type Run = {
  readonly program: string
  readonly args: readonly string[]
  readonly input: Uint8Array | string
  /** Beside the environment of this process; without it the program gets that of this process alone. */
  readonly inherits?: Readonly<Record<string, string>>
  readonly failure: string
}

/** What a program writes to its output for an input; throws `fault` (`keys.master-command`). */
export function run({ program, args, input, inherits, failure }: Run): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(inherits ? { env: { ...process.env, ...inherits } } : {}),
    // Not `timeout`: its timer outlives a program that could not be started.
    signal: AbortSignal.timeout(commandTimeoutMs),
    killSignal: 'SIGKILL',
  })
  const chunks: Buffer[] = []
  const failed = (cause?: unknown) => reject(fault(failure, { code: 'keys.master-command', cause }))
  child.on('error', failed)
  // A program that ends without reading its input closes the pipe; its exit code tells what happened.
  child.stdin.on('error', failed)
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('close', (code) => (code === 0 ? resolve(Buffer.concat(chunks)) : failed()))
  child.stdin.end(input)
  return promise
}

export function wrongMasterKey() {
  return fault(
    'a key in the database was wrapped by another master key; start with the one that wrapped it',
    {
      code: 'keys.master-wrong',
    },
  )
}
