/** An app that asks by hand: every parameter of a request and of an exchange can be another, or be left out. */
import { createHash, randomBytes } from 'node:crypto'
import type { Browser, Seen } from './browser.ts'
import { callback, type Hospital } from './hospital.ts'

export type Parameters = Readonly<Record<string, string | undefined>>
export type Given = { readonly code: string; readonly verifier: string }
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')
export const newVerifier = () => randomBytes(32).toString('base64url')

/** Those that are there. */
export function given(parameters: Parameters): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
}

/** Asks and exchanges as one app of a hospital. */
export function createAsking({ issuer, fhirBase }: Pick<Hospital, 'issuer' | 'fhirBase'>, app: string) {
  const formOf = (parameters: Parameters, verifier = newVerifier()): Parameters => ({
    ...{ client_id: app, response_type: 'code', redirect_uri: callback, aud: fhirBase },
    ...{ scope: 'openid user/Patient.rs', state: 'of-the-test', nonce: 'once' },
    ...{ code_challenge: challengeOf(verifier), code_challenge_method: 'S256', ...parameters },
  })
  const addressOf = (parameters: Parameters = {}, verifier = newVerifier()) =>
    `/oauth2/authorize?${given(formOf(parameters, verifier))}`
  const post = async (path: string, parameters: Parameters, headers: Record<string, string> = {}) => {
    const answer = await fetch(new URL(path, issuer), {
      method: 'POST',
      body: given(parameters),
      headers,
      redirect: 'manual',
    })
    const text = await answer.text()
    const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>
    return { status: answer.status, headers: answer.headers, body }
  }
  return {
    formOf,
    addressOf,
    post,
    /** Opens the request and agrees where it is asked. */
    async code(
      browser: Browser,
      parameters: Parameters = {},
      without: readonly string[] = [],
    ): Promise<Given> {
      const verifier = newVerifier()
      const page = await browser.open(addressOf(parameters, verifier), { fromElsewhere: true })
      const back = page.url.origin === issuer.origin ? await browser.send(page, 'agree', {}, without) : page
      return { code: back.url.searchParams.get('code') ?? '', verifier }
    },
    exchange: (held: Given, more: Parameters = {}): Promise<Answer> =>
      post('/oauth2/token', {
        ...{ grant_type: 'authorization_code', client_id: app, redirect_uri: callback },
        ...{ code: held.code, code_verifier: held.verifier, ...more },
      }),
    refresh: (token: unknown, more: Parameters = {}): Promise<Answer> =>
      post('/oauth2/token', {
        ...{ grant_type: 'refresh_token', client_id: app, refresh_token: String(token), ...more },
      }),
  }
}

/** Where a request ended: the error that the app got, `code`, or `page` and its status where the browser stays here. */
export function endOf(seen: Seen): string {
  if (seen.url.origin !== new URL(callback).origin) return `page ${seen.status}`
  const answer = new URLSearchParams(seen.url.hash.slice(1) || seen.url.search)
  return answer.get('error') ?? (answer.has('code') ? 'code' : 'nothing')
}
