/**
 * A time-stamp token read and verified: RFC 3161 §2.4.2 and appendix, CMS of RFC 5652 §5, certificate binding of RFC 5816.
 * It does not ask revocation lists.
 */
import { createHash, verify, X509Certificate } from 'node:crypto'
import { type Instant, instantOf, invalid } from '@xinglin/fhir'
import { type DerNode, der, derNodes, tags } from './der.ts'
import { digests, oids, timeStamping } from './oids.ts'

export type TimeStamp = {
  readonly at: Instant
  /** The token (CMS SignedData) in base64, as `openssl ts -verify -token_in` reads it. */
  readonly token: string
  /** Subject of the certificate that signed it. */
  readonly authority: string
}

export type TokenExpected = {
  /** SHA-256 of what was stamped. */
  readonly digest: Uint8Array
  /** Certificates that are trusted. */
  readonly authorities: readonly X509Certificate[]
  /** Of the request; not asked of a token that is verified later. */
  readonly nonce?: Uint8Array
}

/** The stamp of a token (ContentInfo); throws `invalid` (`keys.time-stamp`) where anything of it does not hold. */
export function readToken(token: Buffer, expected: TokenExpected): TimeStamp {
  const signed = parts(only(token, tags.sequence).content)
  if (hex(signed[0]) !== oids.signedData) throw refused('it is no signed data')
  const data = parts(inner(signed[1], tags.sequence))
  const content = parts(need(data[2]).content)
  if (hex(content[0]) !== oids.tstInfo) throw refused('it stamps nothing')
  const info = inner(content[1], tags.octets)
  const certificates = data
    .filter(({ tag }) => tag === tags.context0)
    .flatMap(({ content: each }) => parts(each))
  const signer = verifySigner(need(data.at(-1)), info, certificates.map(certificateOf))
  demandTrust(signer, certificates.map(certificateOf), expected.authorities)
  return { at: timeIn(info, expected), token: token.toString('base64'), authority: signer.subject }
}

/** TSTInfo: what was stamped, and when. */
function timeIn(info: Buffer, { digest, nonce }: TokenExpected): Instant {
  const fields = parts(only(info, tags.sequence).content)
  const imprint = parts(need(fields[2]).content)
  if (!need(imprint[1]).content.equals(digest)) throw refused('it stamps something else')
  if (nonce) {
    const given = fields.slice(5).find(({ tag }) => tag === tags.integer)
    if (!given || stripped(given.content) !== stripped(Buffer.from(nonce)))
      throw refused('it answers another request')
  }
  const text = need(fields[4]).content.toString('ascii')
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d(?:\.\d+)?)Z$/.exec(text)
  if (!match) throw refused('its time cannot be read')
  const [, year, month, day, hour, minute, second] = match
  return instantOf(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`), 'UTC')
}

/** The certificate whose key signed the attributes, which bind contents and certificate (RFC 5652 §5.4). */
function verifySigner(
  signers: DerNode,
  info: Buffer,
  certificates: readonly X509Certificate[],
): X509Certificate {
  const [signerInfo, ...others] = parts(signers.content)
  if (others.length > 0) throw refused('several signed it')
  const fields = parts(need(signerInfo).content)
  const digestName = digests[hex(parts(need(fields[2]).content)[0])]
  const attributes = need(fields[3])
  if (!digestName || attributes.tag !== tags.context0) throw refused('its digest is none of SHA-2')
  const values = new Map(
    parts(attributes.content).map((each) => {
      const [name, set] = parts(each.content)
      return [hex(name), need(parts(need(set).content)[0])]
    }),
  )
  const contentDigest = createHash(digestName).update(info).digest()
  if (!values.get(oids.messageDigest)?.content.equals(contentDigest))
    throw refused('its contents were changed')
  const signer = certificates.find((certificate) => isNamed(certificate, values))
  if (!signer) throw refused('it does not name the certificate that signed it')
  const signature = fields.slice(4).find(({ tag }) => tag === tags.octets)
  const signedBytes = der(tags.set, attributes.content)
  if (!verify(digestName, signedBytes, signer.publicKey, need(signature).content))
    throw refused('its signature does not hold')
  return signer
}

/** SigningCertificate(V2): the digest of the certificate that signed, SHA-256 (or SHA-1 in the first version). */
function isNamed(certificate: X509Certificate, values: ReadonlyMap<string, DerNode>): boolean {
  const ways = [
    [oids.signingCertificateV2, 'sha256'],
    [oids.signingCertificate, 'sha1'],
  ] as const
  return ways.some(([name, digestName]) => {
    const digest = createHash(digestName).update(certificate.raw).digest()
    return values.get(name)?.content.includes(digest) ?? false
  })
}

/** Up to the authorities by certificates of the token; the signer is for time stamping alone. */
function demandTrust(
  signer: X509Certificate,
  others: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): void {
  if (!signer.keyUsage?.includes(timeStamping)) throw refused('its certificate is not for time stamping')
  let current = signer
  // No chain of a certification authority is longer.
  for (let step = 0; step < 5; step++) {
    if (authorities.some((each) => isIssuedBy(current, each))) return
    const next = others.find((each) => each.ca && isIssuedBy(current, each))
    if (!next) break
    current = next
  }
  throw refused('no trusted authority stands behind it')
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
}

function certificateOf({ whole }: DerNode): X509Certificate {
  try {
    return new X509Certificate(whole)
  } catch (cause) {
    throw invalid('a time stamp is refused: a certificate of it cannot be read', {
      code: 'keys.time-stamp',
      cause,
    })
  }
}

const stripped = (number: Buffer) => number.toString('hex').replace(/^(?:00)+/, '')
const hex = (node: DerNode | undefined) => need(node).content.toString('hex')

function parts(bytes: Buffer): readonly DerNode[] {
  const nodes = derNodes(bytes)
  if (!nodes) throw refused('it is no DER')
  return nodes
}

function only(bytes: Buffer, tag: number): DerNode {
  const [node, ...others] = parts(bytes)
  if (node?.tag !== tag || others.length > 0) throw refused('it has another form')
  return node
}

/** The contents of the one value within. */
function inner(node: DerNode | undefined, tag: number): Buffer {
  return only(need(node).content, tag).content
}

function need(node: DerNode | undefined): DerNode {
  if (!node) throw refused('something is missing in it')
  return node
}

function refused(why: string) {
  return invalid(`a time stamp is refused: ${why}`, { code: 'keys.time-stamp' })
}
