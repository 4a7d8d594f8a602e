/** What this server seals and signs with, by the key hierarchy of the installation; nothing of it is in memory alone. */
import { hkdfSync, randomBytes } from 'node:crypto'
import type { OauthStore } from '@xinglin/identity'
import type { Keys } from '@xinglin/keys'

const keyBytes = 32
/** How the secret of cookies and forms is named among the signing keys. */
const sharedSecret = 'HMAC'

export interface Seal {
  seal(text: string, context: string): Promise<Buffer>
  /** Throws `fault` where the bytes were changed or sealed for another context. */
  open(sealed: Uint8Array, context: string): Promise<string>
}

/** A seal for what the authorisation server keeps. */
export function createSeal(keys: Pick<Keys, 'seal' | 'open'>): Seal {
  const binding = (context: string) => ({ purpose: 'authorization.artifact', context })
  return {
    seal: async (text, context) => Buffer.from(await keys.seal(Buffer.from(text), binding(context))),
    open: async (sealed, context) => Buffer.from(await keys.open(sealed, binding(context))).toString('utf8'),
  }
}

/** The secret from which keys of cookies and forms are derived: made once, shared by all processes. */
export async function openSecret(store: OauthStore, seal: Seal): Promise<Buffer> {
  const known = await findSecret(store, seal)
  if (known) return known
  const id = `${sharedSecret}-${randomBytes(8).toString('hex')}`
  const sealed = await seal.seal(randomBytes(keyBytes).toString('base64url'), id)
  await store.addSigningKey({ id, algorithm: sharedSecret, sealed }, 0)
  const made = await findSecret(store, seal)
  if (!made) throw new RangeError('a secret that was just stored is not there')
  return made
}

async function findSecret(store: OauthStore, seal: Seal): Promise<Buffer | undefined> {
  const keys = await store.signingKeys()
  const found = keys.find(({ algorithm, isRetired }) => algorithm === sharedSecret && !isRetired)
  return found && Buffer.from(await seal.open(found.sealed, found.id), 'base64url')
}

/** A key for one use (RFC 5869). */
export function derivedKey(secret: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `xinglin authorization ${use}`, keyBytes))
}
