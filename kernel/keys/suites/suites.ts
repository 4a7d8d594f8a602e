/** The two families of algorithms, behind one shape: a setting chooses which one seals and signs. */
import { guomi } from './guomi.ts'
import { international } from './international.ts'

export type SuiteName = 'international' | 'guomi'

export interface Suite {
  readonly name: SuiteName
  /** Length of a symmetric key in bytes. */
  readonly keyBytes: number
  /** Length that `encrypt` adds, in bytes. */
  readonly overheadBytes: number
  readonly hashName: 'sha256' | 'sm3'
  readonly signatureAlgorithm: 'ECDSA-P256-SHA256' | 'SM2-SM3'
  /** Authenticated encryption with a random nonce; `bound` is authenticated and not contained. */
  encrypt(key: Uint8Array, plain: Uint8Array, bound: Uint8Array): Buffer
  /** Undefined where anything was changed. */
  decrypt(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Buffer | undefined
  makeSigningKey(): { readonly publicKey: Buffer; readonly privateKey: Buffer }
  /** ASN.1 DER of (r, s). */
  sign(bytes: Uint8Array, privateKey: Uint8Array): Buffer
  verify(bytes: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean
}

export const suites: Readonly<Record<SuiteName, Suite>> = { international, guomi }
