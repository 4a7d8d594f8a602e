/** HTTP to a provider (OWASP server-side request forgery): guarded address, one time limit, a size limit, no redirects. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { Addresses } from '@xinglin/web'

/** Discovery of a large realm is 8 kB, a token of somebody in 500 groups 40 kB. */
const mostBytes = 512 * 1024
/** Somebody waits at the sign-in page. */
const patienceMs = 5_000

export type Sent = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
export type GuardedFetch = (url: string, sent?: Sent) => Promise<Response>

/** Fails where the address may not be reached; `authorities` are certificates (PEM) believed instead of the public ones. */
export function createGuardedFetch(addresses: Addresses, authorities: string | undefined): GuardedFetch {
  return async (asked, sent = {}) => {
    const url = new URL(asked)
    const isSecure = url.protocol === 'https:'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // Node asks `lookup` for names only.
    if (isIP(host) > 0 && !addresses.mayReach(host, isSecure)) throw notReachable(host)
    const answer = await send(url, { addresses, authorities, isSecure, sent })
    const body = await readAll(answer)
    const status = answer.statusCode ?? 502
    return new Response(body.length === 0 ? null : new Uint8Array(body), {
      // A redirect would lead past the guard; whoever asked sees that it is none of the answers he knows.
      status: status >= 200 && status < 600 ? status : 502,
      headers: headersOf(answer),
    })
  }
}

function notReachable(host: string): Error {
  return Object.assign(new Error(`${host} may not be reached`), { code: 'EACCES' })
}

type Sending = {
  readonly addresses: Addresses
  readonly authorities: string | undefined
  readonly isSecure: boolean
  readonly sent: Sent
}

function send(url: URL, { addresses, authorities, isSecure, sent }: Sending): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body } = sent
  return new Promise((settle, fail) => {
    const options = {
      ...{ method, agent: false, lookup: addresses.lookup(isSecure) },
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        accept: 'application/json',
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
    }
    const request = isSecure
      ? httpsRequest(url, { ...options, ...(authorities ? { ca: authorities } : {}) }, settle)
      : httpRequest(url, options, settle)
    request.on('error', fail)
    request.end(body)
  })
}

function headersOf(answer: IncomingMessage): Headers {
  const headers = new Headers()
  for (const name of ['content-type', 'cache-control', 'www-authenticate', 'date'] as const) {
    const value = answer.headers[name]
    if (value !== undefined) headers.set(name, value)
  }
  return headers
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new RangeError(`an answer of more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
