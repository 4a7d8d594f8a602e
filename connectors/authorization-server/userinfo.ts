/** The userinfo endpoint (OpenID Connect Core 1.0 §5.3): who the person behind an access token is, as its scopes allow. */
import type { Actor, Identity } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ownClaims } from './claims.ts'
import { paths } from './provider.ts'

/** One access token. */
const maxFormBytes = 4 * 1024

type Parts = { readonly identity: Identity; readonly fhirBase: () => string }

/** Registers it for GET and POST (§5.3.1); the form parser is the caller's. */
export function userinfoRoutes(http: FastifyInstance, parts: Parts): void {
  const options = { bodyLimit: maxFormBytes, config: { access: 'form', realm: 'both' } } as const
  const answer = (request: FastifyRequest, reply: FastifyReply) => userinfo(parts, request, reply)
  http.get(paths.userinfo, options, answer)
  http.post(paths.userinfo, options, answer)
  http.options(paths.userinfo, { config: { access: 'page' } }, (_request, reply) =>
    reply
      .headers({
        ...{ 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, POST' },
        'access-control-allow-headers': 'authorization, content-type',
      })
      .code(204)
      .send(),
  )
}

async function userinfo(
  { identity, fhirBase }: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  // Any origin may read it: nothing but the token itself, which no browser sends by itself, opens it.
  reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', 'www-authenticate')
  const tokens = tokensOf(request)
  const [token] = tokens
  if (tokens.length > 1) return refuse(reply, 400, 'invalid_request', 'send one access token')
  if (token === undefined) return refuse(reply, 401)
  const person = await identity.clients.tokenActor(token)
  if (!person || person.client === undefined || !isPerson(person))
    return refuse(reply, 401, 'invalid_token', 'the access token is unknown or has ended')
  if (!person.scopes.includes('openid'))
    return refuse(reply, 403, 'insufficient_scope', 'the access token has no scope openid')
  return ownClaims(identity, person, { fhirBase: fhirBase(), scopes: person.scopes })
}

function isPerson({ kind }: Actor): boolean {
  return kind !== 'client' && kind !== 'system'
}

/** RFC 6750 §2.1 and §2.2; a token in an address (§2.3) would stand in logs and is not looked at. */
function tokensOf({ headers, body }: FastifyRequest): readonly string[] {
  const ofHeader = /^bearer ([\w\-.~+/]+=*)$/i.exec(headers.authorization ?? '')?.[1]
  const ofBody = body instanceof URLSearchParams ? body.getAll('access_token') : []
  return [...(ofHeader ? [ofHeader] : []), ...ofBody]
}

/** RFC 6750 §3: without any token the challenge alone. */
function refuse(reply: FastifyReply, status: number, error?: string, reason?: string): FastifyReply {
  const detail = error ? ` error="${error}", error_description="${reason}"` : ' realm="xinglin"'
  reply.code(status).header('www-authenticate', `Bearer${detail}`)
  return error ? reply.send({ error, error_description: reason }) : reply.send()
}
