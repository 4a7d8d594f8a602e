/** From our web server to oidc-provider's request handler and back; hosts and protocols are the issuer's, whatever a request says. */
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { readable } from './request-words.ts'

/** Hands a request over; `form` is its body where our server has read it already. */
export async function handOver(
  {
    request,
    reply,
    form,
  }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly form?: string },
  provider: Provider,
): Promise<void> {
  const message = asOfIssuer(request, provider.issuer)
  // Fastify sends these with its own answers only.
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.hijack()
  await provider.callback()(form === undefined ? message : withBody(message, form), reply.raw)
}

/** The request as it would have come to the issuer's address; its own session cookie is left out: each request asks anew. */
export function asOfIssuer({ raw, ip }: FastifyRequest, issuer: string): IncomingMessage {
  const { host, protocol } = new URL(issuer)
  Object.assign(raw.headers, {
    host,
    'x-forwarded-host': host,
    'x-forwarded-for': ip,
    'x-forwarded-proto': protocol.replace(':', ''),
    cookie: withoutOwnSession(raw.headers.cookie),
  })
  if (raw.url?.startsWith('/oauth2/authorize?')) raw.url = withReadableQuery(raw.url)
  return raw
}

function withoutOwnSession(cookies: string | undefined): string | undefined {
  return cookies
    ?.split(';')
    .filter((pair) => !/^\s*xinglin_oauth(?:\.sig)?=/.test(pair))
    .join(';')
}

function withReadableQuery(address: string): string {
  const [path = ''] = address.split('?', 1)
  return `${path}?${readable(new URLSearchParams(address.slice(path.length + 1)))}`
}

/** An authorisation request that came as a form (OpenID Connect Core 1.0 §3.1.2.1), handed over as an address. */
export function asAddress({ raw }: FastifyRequest, form: URLSearchParams): void {
  raw.method = 'GET'
  raw.url = `/oauth2/authorize?${form}`
}

/** The message with a body that can be read again. */
function withBody(message: IncomingMessage, form: string): IncomingMessage {
  const body = Readable.from([Buffer.from(form)])
  const again = Object.create(message, {
    readable: { value: true },
    readableEncoding: { value: null },
    iterator: { value: body.iterator.bind(body) },
  })
  again.headers['content-length'] = String(Buffer.byteLength(form))
  return again
}
