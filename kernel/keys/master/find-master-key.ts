/** Where the master key is looked for: environment, program, token, file; a first start without any makes the file. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { invalid } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'
import { type MasterKey, masterKeyBytes, masterKeyFromBytes, masterKeyFromCommand } from './master-key.ts'
import { masterKeyFromToken, tokenPlaceOf } from './token.ts'

export type MasterKeyPlaces = {
  /** 32 bytes in hex or base64. */
  readonly text?: string | undefined
  /** Path of a program, see `masterKeyFromCommand`. */
  readonly command?: string | undefined
  /** A key of a PKCS#11 token by its address (RFC 7512), and the PIN. */
  readonly token?: { readonly address: string; readonly pin: string } | undefined
  /** A file with 32 bytes in hex or base64. */
  readonly file: string
}

/** The master key: of the environment, else of the program, else of the token, else of the file; undefined where none of them is. */
export async function findMasterKey(places: MasterKeyPlaces, log: Logger): Promise<MasterKey | undefined> {
  if (places.text) return masterKeyFromText(places.text)
  if (places.command) return masterKeyFromCommand(places.command)
  if (places.token) return masterKeyFromToken(tokenPlaceOf(places.token.address), places.token.pin)
  const text = await readFile(places.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  if (text === undefined) return undefined
  const { mode } = await stat(places.file)
  if (process.platform !== 'win32' && mode & 0o077)
    log.warn('others than its owner may read the file of the master key', { file: places.file })
  return masterKeyFromBytes(bytesIn(text, places.file), 'file')
}

/** A master key of the environment, in hex or base64. */
export function masterKeyFromText(text: string): MasterKey {
  return masterKeyFromBytes(bytesIn(text, 'the environment'), 'environment')
}

/** A new master key in a file that only its owner reads, on the disk before it is used. */
export async function makeMasterKeyFile(file: string): Promise<MasterKey> {
  const secret = randomBytes(masterKeyBytes)
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(`${secret.toString('hex')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return masterKeyFromBytes(secret, 'file')
}

function bytesIn(text: string, where: string): Buffer {
  const given = text.trim()
  const bytes = /^[0-9a-f]{64}$/i.test(given) ? Buffer.from(given, 'hex') : Buffer.from(given, 'base64')
  if (bytes.length === masterKeyBytes) return bytes
  throw invalid(`the master key in ${where} is not ${masterKeyBytes} bytes in hex or base64`, {
    code: 'keys.master-length',
  })
}
