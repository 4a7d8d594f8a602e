/** An authorisation request that waits for a person, and what is known of it so far. */

import { notFound } from '@xinglin/fhir'
import type { Actor, Identity, RegisteredApp } from '@xinglin/identity'
import { patientCookie, readCookie } from '@xinglin/web'
import type { FastifyRequest } from 'fastify'
import { decodeJwt } from 'jose'
import type Provider from 'oidc-provider'
import { asOfIssuer } from '../bridge.ts'
import { consentAdded, quietly } from '../request-words.ts'
import { wordsOf } from '../scopes.ts'

export type Asked = {
  readonly uid: string
  readonly app: RegisteredApp
  readonly scopes: readonly string[]
  /** The one-time value of a launch from the record. */
  readonly launch?: string
  /** `code_challenge` and the rest stay with oidc-provider. */
  readonly needsPatient: boolean
  readonly needsEncounter: boolean
  /** `prompt=none`: an error where anything would have to be asked. */
  readonly isQuiet: boolean
  /** `prompt=consent`: the person agrees anew, whatever he agreed to before. */
  readonly mustAgree: boolean
  /** The person must have signed in after this moment, ms since 1970 (`prompt=login`, `max_age`). */
  readonly signedInAfterMs?: number
  /** Who must be there (`id_token_hint`, whose signature oidc-provider has checked). */
  readonly account?: string
  /** What the app believes the person signs in with. */
  readonly loginHint?: string
  readonly locales: string
}

type Parts = { readonly provider: Provider; readonly identity: Identity }

/** Throws `notFound` (`authorization.no-request`) where it is over or belongs to another browser. */
export async function askedOf(
  { provider, identity }: Parts,
  request: FastifyRequest,
  reply: { raw: import('node:http').ServerResponse },
): Promise<Asked> {
  const found = await provider
    .interactionDetails(asOfIssuer(request, provider.issuer), reply.raw)
    .catch((cause: unknown) => {
      throw notRequested(cause)
    })
  const { uid } = request.params as { uid?: string }
  const { client_id: client, scope, launch } = found.params
  const app = typeof client === 'string' ? await identity.oauth.app(client) : undefined
  if (found.uid !== uid || !app) throw notRequested(undefined)
  const scopes = wordsOf(scope)
  const isLaunched = typeof launch === 'string'
  const isAboutPatient = scopes.some((word) => /^patient\/|^launch\//.test(word))
  return {
    ...{ uid: found.uid, app, scopes },
    ...(isLaunched ? { launch } : {}),
    needsPatient: !isLaunched && isAboutPatient,
    needsEncounter: !isLaunched && scopes.includes('launch/encounter'),
    ...wishesOf(found.params, found.iat),
  }
}

type Wishes = Pick<Asked, 'isQuiet' | 'mustAgree' | 'signedInAfterMs' | 'account' | 'loginHint' | 'locales'>

/** OpenID Connect Core 1.0 §3.1.2.1: how the person is to be asked. */
function wishesOf(params: Readonly<Record<string, unknown>>, askedSeconds: number): Wishes {
  const prompts = wordsOf(params.prompt)
  const maxAgeSeconds = params.max_age === undefined ? undefined : Number(params.max_age)
  const youngest = prompts.includes('login') ? 0 : maxAgeSeconds
  const account = subjectOf(params.id_token_hint)
  return {
    isQuiet: params[quietly] !== undefined,
    mustAgree: prompts.includes('consent') && params[consentAdded] === undefined,
    ...(youngest === undefined ? {} : { signedInAfterMs: (askedSeconds - youngest) * 1_000 }),
    ...(account === undefined ? {} : { account }),
    ...(typeof params.login_hint === 'string' ? { loginHint: params.login_hint } : {}),
    locales: typeof params.ui_locales === 'string' ? params.ui_locales : '',
  }
}

function subjectOf(token: unknown): string | undefined {
  return typeof token === 'string' ? decodeJwt(token).sub : undefined
}

function notRequested(cause: unknown) {
  return notFound('the app asked too long ago, or from another browser: begin again in the app', {
    code: 'authorization.no-request',
    cause,
  })
}

/**
 * The signed-in person who may answer for the app's institution; undefined where nobody is. For an app of patients it is who is
 * signed in on the patients' own pages, whatever session of staff the browser has beside it.
 */
export async function personOf(
  { patients }: Pick<Identity, 'patients'>,
  { actor, headers, ip }: FastifyRequest,
  { app }: Asked,
): Promise<Actor | undefined> {
  if (app.people === 'patients') {
    const token = readCookie(headers.cookie, patientCookie)
    const patient = token ? await patients.sessionActor(token) : undefined
    return patient?.tenant === app.tenant ? { ...patient, address: ip } : undefined
  }
  const isPerson = actor?.kind === 'user' && actor.session !== undefined && actor.client === undefined
  const isFree = isPerson && !actor.mustChangePassword && !actor.mustShowFactor
  return isFree && actor.tenant === app.tenant ? actor : undefined
}
