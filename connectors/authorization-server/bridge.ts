/** From our web server to oidc-provider's request handler and back; hosts and protocols are the issuer's, whatever a request says. */
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'

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
  if (raw.url?.startsWith('/oauth2/authorize?')) raw.url = withConsentPrompt(raw.url)
  return raw
}

function withoutOwnSession(cookies: string | undefined): string | undefined {
  return cookies
    ?.split(';')
    .filter((pair) => !/^\s*xinglin_oauth(?:\.sig)?=/.test(pair))
    .join(';')
}

/**
 * OpenID Connect Core 1.0 §11 gives `offline_access` only with `prompt=consent`; SMART apps do not send it, and here
 * a person is asked at each authorisation in any case.
 */
function withConsentPrompt(address: string): string {
  const [path = '', query = ''] = address.split('?', 2)
  const asked = new URLSearchParams(query)
  const isOffline = asked.get('scope')?.split(' ').includes('offline_access') ?? false
  return isOffline && !asked.has('prompt') ? `${path}?${query}&prompt=consent` : address
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
