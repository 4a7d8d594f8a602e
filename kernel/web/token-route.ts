/**
 * RFC 6749 §4.4 client credentials at `/oauth2/token`, with the client named by Basic (§2.3.1) or in the form; other
 * grants and clients that prove themselves by a key are answered by the authorisation server, where one is there.
 */

import { OutcomeError } from '@xinglin/fhir'
import type { Identity } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SignInBuckets } from './gate.ts'

// Grant type, client, secret and a list of scopes.
const maxFormBytes = 16 * 1024

type ErrorCode = 'invalid_request' | 'invalid_client' | 'invalid_scope' | 'unsupported_grant_type'
type TokenRefusal = { readonly status: number; readonly error: ErrorCode; readonly reason: string }

/** Answers a token request that is not client credentials with a secret; `body` is the form as it came. */
export type OtherGrants = (request: FastifyRequest, reply: FastifyReply, body: string) => Promise<unknown>

type TokenRouteOptions = {
  readonly identity: Identity
  readonly signIns: SignInBuckets
  readonly others: () => OtherGrants | undefined
}

/** Registers the token endpoint; its errors have the form of RFC 6749 §5.2, as every OAuth client expects. */
export async function tokenRoute(
  http: FastifyInstance,
  { identity, signIns, others }: TokenRouteOptions,
): Promise<void> {
  await http.register(async (scope) => {
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: unknown, body: string) => new URLSearchParams(body),
    )
    scope.post(
      '/oauth2/token',
      { bodyLimit: maxFormBytes, config: { access: 'open' } },
      async (request, reply) => {
        const waitSeconds = await signIns.take(request.ip)
        if (waitSeconds > 0)
          return refuse(reply.header('retry-after', String(waitSeconds)), {
            status: 429,
            error: 'invalid_request',
            reason: `too many token requests; try again in ${waitSeconds} s`,
          })
        const answerOther = others()
        if (answerOther && request.body instanceof URLSearchParams && isOther(request.body))
          return answerOther(request, reply, request.body.toString())
        const asked = readRequest(request.body, request.headers.authorization)
        if ('error' in asked) return refuse(reply, asked)
        return grant(identity, { ...asked, address: request.ip }, reply)
      },
    )
  })
}

function isOther(form: URLSearchParams): boolean {
  return form.get('grant_type') !== 'client_credentials' || form.has('client_assertion')
}

type GrantRequest = {
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
  readonly address?: string
}

function readRequest(form: unknown, authorization: string | undefined): GrantRequest | TokenRefusal {
  if (!(form instanceof URLSearchParams))
    return {
      status: 400,
      error: 'invalid_request',
      reason: 'send a form (application/x-www-form-urlencoded)',
    }
  const grantType = form.get('grant_type')
  if (grantType !== 'client_credentials')
    return { status: 400, error: 'unsupported_grant_type', reason: 'grant_type must be client_credentials' }
  const client = basicClient(authorization) ?? formClient(form)
  if (!client) return { status: 401, error: 'invalid_client', reason: 'client id and secret are missing' }
  const scope = form.get('scope')
  return { ...client, ...(scope ? { scope } : {}) }
}

function basicClient(authorization: string | undefined): GrantRequest | undefined {
  const encoded = /^basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 1) return undefined
  return { clientId: formDecoded(pair.slice(0, colon)), clientSecret: formDecoded(pair.slice(colon + 1)) }
}

/** §2.3.1: both halves are form-encoded before Base64; many clients leave that out, and a bare `%` then stays itself. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

function formClient(form: URLSearchParams): GrantRequest | undefined {
  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  return clientId && clientSecret ? { clientId, clientSecret } : undefined
}

async function grant(identity: Identity, asked: GrantRequest, reply: FastifyReply): Promise<unknown> {
  try {
    const token = await identity.clients.grantToken(asked)
    return {
      access_token: token.accessToken,
      token_type: 'Bearer',
      expires_in: token.expiresInSeconds,
      scope: token.scope,
    }
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    if (error.failure === 'unauthenticated')
      return refuse(reply, { status: 401, error: 'invalid_client', reason: error.message })
    if (error.failure === 'invalid')
      return refuse(reply, { status: 400, error: 'invalid_scope', reason: error.message })
    throw error
  }
}

function refuse(reply: FastifyReply, { status, error, reason }: TokenRefusal): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="xinglin"')
  return reply.code(status).send({ error, error_description: reason })
}
