/** Object identifiers of RFC 3161, 5652 and 5816 as DER contents in hexadecimal. */
export const oids = {
  signedData: '2a864886f70d010702',
  tstInfo: '2a864886f70d0109100104',
  messageDigest: '2a864886f70d010904',
  signingCertificate: '2a864886f70d010910020c',
  signingCertificateV2: '2a864886f70d010910022f',
} as const

/** Digests that a time stamp may be made and signed with, by their identifiers. */
export const digests: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}

/** AlgorithmIdentifier of SHA-256 without parameters (RFC 5754 §2). */
export const sha256Algorithm = Buffer.from('300b0609608648016503040201', 'hex')

/** `id-kp-timeStamping`, as Node tells it. */
export const timeStamping = '1.3.6.1.5.5.7.3.8'
