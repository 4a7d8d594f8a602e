/**
 * Keys: what is sealed, who can open it, and signatures that prove who said what.
 *
 * A master key from outside (file, environment, or a program that speaks to a KMS or a PKCS#11 token) wraps key-encryption
 * keys; these wrap data keys and signing keys, which lie in the database. It does not decide who may open what: callers do.
 */

import type { Instant } from '@xinglin/fhir'

export { keysMigrations, openKeys } from './create-keys.ts'
export {
  findMasterKey,
  type MasterKeyPlaces,
  makeMasterKeyFile,
  masterKeyFromText,
} from './master/find-master-key.ts'
export { type MasterKey, masterKeyFromBytes, masterKeyFromCommand } from './master/master-key.ts'
export { masterKeyFromToken, type TokenPlace, tokenPlaceOf } from './master/token.ts'
export type { AskedRotation, KeyAct, Rotation, RotationState, Rotations } from './rotations/rotations.ts'
export type { SealedPlace } from './rotations/sealed-place.ts'
export { type Suite, type SuiteName, suites } from './suites/suites.ts'
export { keysTasks } from './tasks.ts'
export { createTimeStamper, type TimeStamper, type TimeStamperOptions } from './time-stamps/time-stamper.ts'
export type { TimeStamp } from './time-stamps/token.ts'
export {
  type CertificateFiles,
  type CertificateState,
  type Certificates,
  type DoorTls,
  openCertificates,
} from './tls/certificates.ts'

import type { Rotations } from './rotations/rotations.ts'
import type { SuiteName } from './suites/suites.ts'

/** What a sealed value is for and what it belongs to: opening needs the same words, so it cannot be moved elsewhere. */
export type Binding = {
  /** `<package>.<thing>`, for example `signin.totp`; each purpose has its own key. */
  readonly purpose: string
  /** What it belongs to, for example `account/17`. */
  readonly context: string
}

export type Signature = {
  /** Id of the signing key, for `signingKey`. */
  readonly key: string
  readonly algorithm: 'ECDSA-P256-SHA256' | 'SM2-SM3'
  /** ASN.1 DER of (r, s), in base64. */
  readonly value: string
}

export type SigningKey = {
  readonly id: string
  readonly purpose: string
  readonly algorithm: Signature['algorithm']
  /** SubjectPublicKeyInfo (RFC 5280) in PEM, as the openssl command reads it. */
  readonly publicKey: string
  readonly created: Instant
}

/** One key of the hierarchy without its material. */
export type KeyState = {
  readonly kind: 'key-encryption' | 'data' | 'signing'
  readonly id: string
  /** Empty for key-encryption keys. */
  readonly purpose: string
  readonly version: number
  readonly suite: SuiteName
  readonly created: Instant
  /** Sealed or signed with since; older versions open and verify. */
  readonly isCurrent: boolean
  /** False while a re-wrap under the newest key-encryption key is due. */
  readonly isWrappedByCurrent: boolean
  /** Id of the key-encryption key; absent of one. */
  readonly wrappedBy?: string
  /** Its secret is gone since; what it signed still verifies. */
  readonly retired?: Instant
}

export interface Keys {
  /** The suite of what is sealed and signed now; what the other suite sealed still opens. */
  readonly suite: SuiteName
  /** Where the master key comes from. */
  readonly masterKey: { readonly id: string; readonly source: 'file' | 'environment' | 'command' | 'token' }
  /** 38 bytes longer than `plain` in suite international, 54 in suite guomi. */
  seal(plain: Uint8Array, binding: Binding): Promise<Uint8Array>
  /** Throws `fault` (`keys.not-opened`) where it was changed, or sealed for another purpose or context. */
  open(sealed: Uint8Array, binding: Binding): Promise<Uint8Array>
  /** `seal` of UTF-8, as base64url that begins `x1.`. */
  sealText(plain: string, binding: Binding): Promise<string>
  openText(sealed: string, binding: Binding): Promise<string>
  /** The key of a purpose in this suite signs; it is made at its first use. */
  sign(bytes: Uint8Array, purpose: string): Promise<Signature>
  /** False where the bytes, the signature or the purpose are others, or the key is unknown. */
  verify(bytes: Uint8Array, signature: Signature, purpose: string): Promise<boolean>
  /** Undefined where no such key is. */
  signingKey(id: string): Promise<SigningKey | undefined>
  /** A new version of the data key or the signing key of a purpose; what older versions sealed still opens. */
  rotate(purpose: string): Promise<void>
  /** A new key-encryption key; every other key is to be wrapped anew by `rewrap`. */
  rotateKeyEncryptionKey(): Promise<void>
  /** Wraps at most `limit` keys under the newest key-encryption key; answers how many were left to do before. */
  rewrap(limit: number): Promise<number>
  /** Changes of keys as durable work, and where sealed values lie. */
  readonly rotations: Rotations
  /** Newest first within kind and purpose. */
  states(): Promise<readonly KeyState[]>
}
