/**
 * 国密: SM4 (GB/T 32907) in counter mode with HMAC-SM3 (GB/T 15852.2, GB/T 32905) over what was encrypted, and SM2
 * signatures (GB/T 32918.2). Node's OpenSSL has no SM4-GCM, so encrypt-then-MAC with two independent keys stands for it.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { makeSm2Key, sm2Sign, sm2Verify } from './sm2.ts'
import type { Suite } from './suites.ts'

const cipherKeyBytes = 16
const macKeyBytes = 32
const counterBytes = 16
const macBytes = 32

export const guomi: Suite = {
  name: 'guomi',
  keyBytes: cipherKeyBytes + macKeyBytes,
  overheadBytes: counterBytes + macBytes,
  hashName: 'sm3',
  signatureAlgorithm: 'SM2-SM3',
  encrypt(key, plain, bound) {
    const counter = randomBytes(counterBytes)
    const cipher = createCipheriv('sm4-ctr', key.subarray(0, cipherKeyBytes), counter)
    const encrypted = Buffer.concat([counter, cipher.update(plain), cipher.final()])
    return Buffer.concat([encrypted, macOf(key, encrypted, bound)])
  },
  decrypt(key, sealed, bound) {
    if (sealed.length < counterBytes + macBytes) return undefined
    const encrypted = sealed.subarray(0, -macBytes)
    if (!timingSafeEqual(macOf(key, encrypted, bound), sealed.subarray(-macBytes))) return undefined
    const counter = encrypted.subarray(0, counterBytes)
    const decipher = createDecipheriv('sm4-ctr', key.subarray(0, cipherKeyBytes), counter)
    return Buffer.concat([decipher.update(encrypted.subarray(counterBytes)), decipher.final()])
  },
  makeSigningKey: makeSm2Key,
  sign: sm2Sign,
  verify: sm2Verify,
}

/** The length of what is bound goes first, so that no byte of it can be taken for one of the text. */
function macOf(key: Uint8Array, encrypted: Uint8Array, bound: Uint8Array): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(bound.length))
  return createHmac('sm3', key.subarray(cipherKeyBytes))
    .update(length)
    .update(bound)
    .update(encrypted)
    .digest()
}
