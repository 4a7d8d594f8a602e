/** Fetching an app's public keys from its `jwks_uri`: guarded address, https, one time limit, a size limit, no redirects. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { type Addresses, createAddresses } from '@xinglin/web'

/** A set of twenty RSA keys is about 20 kB. */
const mostBytes = 64 * 1024
const patienceMs = 3_000

/** A `fetch` that reaches public addresses by https, and the named networks also by http; it gives 502 for what it refuses. */
export function createKeyFetch(
  networks: readonly string[],
): (url: string | URL | Request) => Promise<Response> {
  const addresses = createAddresses(networks)
  return async (asked) => {
    const url = new URL(asked instanceof Request ? asked.url : asked)
    const isSecure = url.protocol === 'https:'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // Node asks `lookup` for names only.
    if (isIP(host) > 0 && !addresses.mayReach(host, isSecure)) return new Response(null, { status: 502 })
    const answer = await send(url, addresses, isSecure)
    const body = await readAll(answer)
    const type = answer.headers['content-type'] ?? 'application/json'
    const caching = answer.headers['cache-control']
    return new Response(new Uint8Array(body), {
      status: answer.statusCode === 200 ? 200 : 502,
      headers: { 'content-type': type, ...(caching ? { 'cache-control': caching } : {}) },
    })
  }
}

function send(url: URL, addresses: Addresses, isSecure: boolean): Promise<IncomingMessage> {
  return new Promise((settle, fail) => {
    const open = isSecure ? httpsRequest : httpRequest
    const request = open(
      url,
      {
        lookup: addresses.lookup(isSecure),
        signal: AbortSignal.timeout(patienceMs),
        headers: { accept: 'application/json' },
        agent: false,
      },
      settle,
    )
    request.on('error', fail)
    request.end()
  })
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new RangeError(`keys of more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
