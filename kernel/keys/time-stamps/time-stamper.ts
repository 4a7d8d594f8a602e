/** RFC 3161 client over HTTP (§3.4): sends a digest, never what it is of, and believes no answer that it has not verified. */
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import { busy, fault } from '@xinglin/fhir'
import { der, derInteger, derNodes, tags } from './der.ts'
import { sha256Algorithm } from './oids.ts'
import { readToken, type TimeStamp } from './token.ts'

export interface TimeStamper {
  /** Throws `busy` (`keys.time-stamp-unavailable`) where the service does not answer, `invalid` where its answer does not hold. */
  stamp(bytes: Uint8Array): Promise<TimeStamp>
  /** The time of a stamp that was made before; throws `invalid` (`keys.time-stamp`) where it is not of these bytes. */
  verify(bytes: Uint8Array, token: string): TimeStamp
}

export type TimeStamperOptions = {
  /** Address of the service, of the installation's own settings. */
  readonly url: string
  /** PEM of the authorities that are trusted. */
  readonly authorities: readonly string[]
}

/** A signer waits for it: longer than this is a failure. */
const answerTimeoutMs = 10_000
/** A token with a chain of certificates has 2 to 8 KB. */
const maxAnswerBytes = 64 * 1024

export function createTimeStamper({ url, authorities: given }: TimeStamperOptions): TimeStamper {
  const authorities = given.map((pem) => new X509Certificate(pem))
  return {
    async stamp(bytes) {
      const [digest, nonce] = [sha256(bytes), randomBytes(8)]
      const token = tokenOf(await send(url, requestFor(digest, nonce)))
      return readToken(token, { digest, nonce, authorities })
    },
    verify: (bytes, token) => readToken(Buffer.from(token, 'base64'), { digest: sha256(bytes), authorities }),
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** TimeStampReq (§2.4.1), asking for the certificate. */
function requestFor(digest: Uint8Array, nonce: Uint8Array): Buffer {
  const imprint = der(tags.sequence, sha256Algorithm, der(tags.octets, digest))
  const version = der(tags.integer, Buffer.of(1))
  return der(tags.sequence, version, imprint, derInteger(nonce), der(tags.boolean, Buffer.of(0xff)))
}

async function send(url: string, request: Buffer): Promise<Buffer> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: new Uint8Array(request),
      redirect: 'error',
      signal: AbortSignal.timeout(answerTimeoutMs),
    })
    const length = Number(answer.headers.get('content-length') ?? maxAnswerBytes + 1)
    if (!answer.ok || length > maxAnswerBytes)
      throw unavailable(`it answered ${answer.status} with ${length} bytes`)
    return Buffer.from(await answer.arrayBuffer())
  } catch (cause) {
    throw unavailable('it does not answer', cause)
  }
}

/** TimeStampResp (§2.4.2): status 0 or 1 grants. */
function tokenOf(answer: Buffer): Buffer {
  const [response] = derNodes(answer) ?? []
  const [status, token] = (response && derNodes(response.content)) ?? []
  const [code] = (status && derNodes(status.content)) ?? []
  const granted = code?.content[0] === 0 || code?.content[0] === 1
  if (granted && token) return token.whole
  throw fault('the time-stamp service refuses the request', { code: 'keys.time-stamp-refused' })
}

function unavailable(why: string, cause?: unknown) {
  return busy(`the time-stamp service is not to be had: ${why}`, {
    code: 'keys.time-stamp-unavailable',
    cause,
  })
}
