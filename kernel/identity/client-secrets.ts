/** Secrets of machine clients: ours have 256 bits and one SHA-256; what an operator chose is hashed like a password. */
import { busy } from '@xinglin/fhir'
import type { Passwords } from './passwords.ts'
import { digest, isSameDigest } from './secrets.ts'

const ourPrefix = 'sha256:'

/** After so many wrong secrets in a row, only one a second is looked at; the right one, once seen, always is. */
const freeFailures = 5
const penaltyMs = 1_000
const rememberedClients = 1_000

export interface ClientSecrets {
  /** Throws `busy` while wrong secrets of this client are slowed down. */
  verify(
    client: { id: string; secretHash: string | undefined },
    secret: string,
    nowMs: number,
  ): Promise<boolean>
}

/** How a secret that `newSecret()` made is stored. */
export function storedSecret(secret: string): string {
  return ourPrefix + digest(secret).toString('base64url')
}

type Memory = { failures: number; nextMs: number; right?: { stored: string; digest: Buffer } }

export function createClientSecrets(passwords: Passwords): ClientSecrets {
  const memories = new Map<string, Memory>()
  const memoryOf = (id: string): Memory => {
    const memory = memories.get(id) ?? { failures: 0, nextMs: 0 }
    if (memories.size >= rememberedClients) memories.clear()
    memories.set(id, memory)
    return memory
  }
  return {
    async verify({ id, secretHash }, secret, nowMs) {
      if (secretHash === undefined) return false
      if (secretHash.startsWith(ourPrefix))
        return isSameDigest(Buffer.from(secretHash.slice(ourPrefix.length), 'base64url'), digest(secret))
      const memory = memoryOf(id)
      if (memory.right?.stored === secretHash && isSameDigest(memory.right.digest, digest(secret)))
        return true
      if (memory.failures >= freeFailures && nowMs < memory.nextMs) throw slowedDown()
      memory.nextMs = nowMs + penaltyMs
      const isRight = await passwords.verify(secretHash, secret)
      memory.failures = isRight ? 0 : memory.failures + 1
      if (isRight) memory.right = { stored: secretHash, digest: digest(secret) }
      return isRight
    },
  }
}

function slowedDown() {
  return busy('too many wrong secrets for this client: try again in a second', {
    code: 'identity.client-slowed',
  })
}
