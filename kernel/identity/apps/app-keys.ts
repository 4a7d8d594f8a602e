/** Public keys as people compare them: by id and thumbprint (RFC 7638), never the whole key. */
import { createHash } from 'node:crypto'
import type { AppKey } from './apps.ts'

/** RFC 7638 §3.2: these members, in this order, make the thumbprint. */
const members: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
}

/** What is shown of a set of public keys. */
export function keysShown(keys: readonly Readonly<Record<string, unknown>>[]): readonly AppKey[] {
  return keys.map((key) => {
    const text = (name: string) => (typeof key[name] === 'string' ? key[name] : undefined)
    const kind = text('kty') ?? ''
    const known = (members[kind] ?? []).map((name) => [name, key[name]] as const)
    const thumbprint = createHash('sha256')
      .update(JSON.stringify(Object.fromEntries(known)))
      .digest('base64url')
    const id = text('kid')
    const algorithm = text('alg')
    return {
      kind: text('crv') ?? kind,
      thumbprint,
      ...(id ? { id } : {}),
      ...(algorithm ? { algorithm } : {}),
    }
  })
}
