/**
 * GB/T 32918.2 SM2 signatures with the default user id of GB/T 35276. Node signs with such keys by plain ECDSA, which
 * nobody else verifies; so the curve is that of sm-crypto-v2, and SM3 that of Node (150 times as fast).
 */
import { createHash } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'

/** Signers without a name of their own carry this one (GB/T 35276 §10). */
const defaultUserId = '1234567812345678'

// SEQUENCE { SEQUENCE { id-ecPublicKey, 1.2.156.10197.1.301 }, BIT STRING (uncompressed point of 65 bytes) }
const publicKeyHeader = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex')
const pointBytes = 65

/** A key pair: SubjectPublicKeyInfo in DER, and the 32 bytes of the private number. */
export function makeSm2Key(): { publicKey: Buffer; privateKey: Buffer } {
  const { publicKey, privateKey } = sm2.generateKeyPairHex()
  return {
    publicKey: sm2PublicKey(Buffer.from(publicKey, 'hex')),
    privateKey: Buffer.from(privateKey.padStart(64, '0'), 'hex'),
  }
}

/** SubjectPublicKeyInfo of an uncompressed point (65 bytes that begin with 04). */
export function sm2PublicKey(point: Uint8Array): Buffer {
  return Buffer.concat([publicKeyHeader, point])
}

/** ASN.1 DER of (r, s). */
export function sm2Sign(bytes: Uint8Array, privateKey: Uint8Array): Buffer {
  const key = Buffer.from(privateKey).toString('hex')
  const digest = sm2Digest(bytes, sm2.getPublicKeyFromPrivateKey(key))
  return Buffer.from(sm2.doSignature(digest, key, { der: true }), 'hex')
}

/** False for any other bytes, key or signature, also for one that is no DER at all. */
export function sm2Verify(bytes: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  const point = Buffer.from(publicKey.subarray(-pointBytes)).toString('hex')
  const given = Buffer.from(signature).toString('hex')
  try {
    return sm2.doVerifySignature(sm2Digest(bytes, point), given, point, { der: true })
  } catch {
    // The library throws where the signature is no DER or the numbers are out of range: that verifies nothing.
    return false
  }
}

/** e = SM3(Z ‖ message), where Z names the signer, the curve and the public key (§5.5 of part 2). */
export function sm2Digest(bytes: Uint8Array, point: string, userId = defaultUserId): Buffer {
  return createHash('sm3').update(sm2.getZ(point, userId)).update(bytes).digest()
}
