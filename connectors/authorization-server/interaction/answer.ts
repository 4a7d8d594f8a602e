/** The end of an authorisation request: agreed with its context, or refused with an error of OAuth. */
import type { Actor, Identity } from '@xinglin/identity'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { InteractionResults } from 'oidc-provider'
import { asOfIssuer } from '../bridge.ts'
import type { Asked } from './asked.ts'

export type AnswerParts = {
  readonly provider: Provider
  readonly identity: Identity
  readonly fhirBase: string
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type Context = { readonly patient?: string; readonly encounter?: string }

const openIdScopes = new Set(['openid', 'profile', 'fhirUser', 'offline_access'])

export type Agreed = {
  readonly person: Actor
  readonly context: Context
  /** Of the scopes asked, those that the person let stand. */
  readonly granted: readonly string[]
  /** When the person signed in, ms since 1970. */
  readonly signedInMs: number
}

/** Keeps the agreement and gives the address where the browser goes on. */
export async function agree(
  parts: AnswerParts,
  asked: Asked,
  { person, context, granted, signedInMs }: Agreed,
): Promise<string> {
  const { provider, identity, fhirBase } = parts
  const declined = asked.scopes.filter((scope) => !granted.includes(scope))
  const ofOpenId = (scopes: readonly string[]) => scopes.filter((scope) => openIdScopes.has(scope)).join(' ')
  const grant = new provider.Grant({ accountId: person.id, clientId: asked.app.id })
  grant.addOIDCScope(ofOpenId(granted))
  grant.addResourceScope(fhirBase, granted.join(' '))
  if (declined.length > 0) {
    grant.rejectOIDCScope(ofOpenId(declined))
    grant.rejectResourceScope(fhirBase, declined.join(' '))
  }
  const id = await grant.save()
  const isOffline = granted.includes('offline_access')
  await identity.oauth.agree(person, { id, app: asked.app.id, isOffline, ...context }, granted)
  const login = { accountId: person.id, remember: false, ts: Math.floor(signedInMs / 1_000) }
  return finish(parts, { login, consent: { grantId: id } })
}

/** Gives the app an error instead of a code. */
export function refuse(parts: AnswerParts, error: string, description: string): Promise<string> {
  return finish(parts, { error, error_description: description })
}

async function finish(
  { provider, request, reply }: AnswerParts,
  result: InteractionResults,
): Promise<string> {
  const message = asOfIssuer(request, provider.issuer)
  const returnTo = await provider.interactionResult(message, reply.raw, result, {
    mergeWithLastSubmission: false,
  })
  return new URL(returnTo).pathname
}
