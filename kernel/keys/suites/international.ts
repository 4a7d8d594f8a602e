/**
 * AES-256-GCM (NIST SP 800-38D) and ECDSA on P-256 with SHA-256 (FIPS 186-5).
 *
 * Nonces are random: one key seals at most 2^32 values (§8.3 there); a purpose that comes near rotates its key.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import type { Suite } from './suites.ts'

const nonceBytes = 12
const tagBytes = 16

export const international: Suite = {
  name: 'international',
  keyBytes: 32,
  overheadBytes: nonceBytes + tagBytes,
  hashName: 'sha256',
  signatureAlgorithm: 'ECDSA-P256-SHA256',
  encrypt(key, plain, bound) {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(bound)
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  },
  decrypt(key, sealed, bound) {
    if (sealed.length < nonceBytes + tagBytes) return undefined
    const nonce = sealed.subarray(0, nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(bound).setAuthTag(sealed.subarray(-tagBytes))
    const plain = decipher.update(sealed.subarray(nonceBytes, -tagBytes))
    try {
      decipher.final()
      return plain
    } catch {
      // Node tells a wrong tag by throwing; the caller hears it as "not opened".
      return undefined
    }
  },
  makeSigningKey() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    return {
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }),
    }
  },
  sign: (bytes, key) =>
    sign('sha256', bytes, createPrivateKey({ key: Buffer.from(key), type: 'pkcs8', format: 'der' })),
  verify: (bytes, signature, key) =>
    verify(
      'sha256',
      bytes,
      createPublicKey({ key: Buffer.from(key), type: 'spki', format: 'der' }),
      signature,
    ),
}
