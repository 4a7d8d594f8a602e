/** Why an answer of a provider is not believed, from the library's failures to our codes: one for each kind of attack or fault. */
import { type OutcomeError, unauthenticated } from '@xinglin/fhir'
import * as openid from 'openid-client'

const refusals = {
  refusedThere: { code: 'upstream.refused-there', says: 'the provider did not sign you in' },
  issuer: { code: 'upstream.issuer', says: 'the answer is of another provider than was asked' },
  audience: { code: 'upstream.audience', says: 'the answer is for another client than us' },
  nonce: { code: 'upstream.nonce', says: 'the answer belongs to another sign-in' },
  expired: { code: 'upstream.expired', says: 'the answer of the provider is too old' },
  tooEarly: { code: 'upstream.too-early', says: "the provider's clock is ahead of ours" },
  signature: { code: 'upstream.signature', says: 'the answer is not signed by the provider' },
  code: { code: 'upstream.code', says: 'the provider does not know this sign-in, or it was used' },
  client: {
    code: 'upstream.client',
    says: 'the provider does not take us as its client: look at id and secret',
  },
  subject: { code: 'upstream.subject', says: 'the answer names nobody, or two different people' },
  unreachable: { code: 'upstream.unreachable', says: 'the provider does not answer' },
  answer: { code: 'upstream.answer', says: 'the answer of the provider is not as the standard says' },
} as const

type Kind = keyof typeof refusals

/** Our refusal of what the library found; the detail has no content of tokens. */
export function refusalOf(error: unknown): { readonly refusal: OutcomeError; readonly detail?: string } {
  const kind = kindOf(error)
  const { code, says } = refusals[kind]
  const refusal = unauthenticated(says, { code, cause: error })
  const detail = detailOf(error)
  return detail === undefined ? { refusal } : { refusal, detail }
}

function kindOf(error: unknown): Kind {
  if (error instanceof openid.AuthorizationResponseError) return 'refusedThere'
  if (error instanceof openid.ResponseBodyError) return error.error === 'invalid_grant' ? 'code' : 'client'
  const chain = causesOf(error)
  const claim = claimOf(chain)
  const codes = chain.map((each) => member(each, 'code'))
  const isAbout = (text: RegExp) => chain.some((each) => each instanceof Error && text.test(each.message))
  if (
    isAbout(/signature|alg|key algorithm|verification key|"kid"/i) ||
    codes.includes('OAUTH_KEY_SELECTION_FAILED')
  )
    return 'signature'
  if (codes.includes('OAUTH_JWT_TIMESTAMP_CHECK_FAILED')) return claim === 'exp' ? 'expired' : 'tooEarly'
  if (claim === 'iss' || isAbout(/"iss"|"issuer"/)) return 'issuer'
  if (claim === 'aud' || claim === 'azp') return 'audience'
  if (claim === 'nonce') return 'nonce'
  if (claim === 'sub' || isAbout(/"sub"/)) return 'subject'
  if (claim === 'exp') return 'expired'
  if (isAbout(/invalid_client/) || codes.includes('OAUTH_WWW_AUTHENTICATE_CHALLENGE')) return 'client'
  if (codes.some((code) => typeof code === 'string' && networkCode.test(code))) return 'unreachable'
  return chain.some((each) => each instanceof Error && each.name === 'TimeoutError')
    ? 'unreachable'
    : 'answer'
}

const networkCode = /^(E[A-Z]{3,}|ERR_TLS.*|CERT_.*|DEPTH_ZERO.*|SELF_SIGNED.*|UNABLE_TO_.*|ABORT_ERR)$/

/** Values of `error` are codes of RFC 6749; anything else is somebody's text. */
function detailOf(error: unknown): string | undefined {
  const named =
    error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError
  if (named && /^[a-z_]{1,40}$/.test(error.error)) return error.error
  const codes = causesOf(error).map((each) => member(each, 'code'))
  return codes.find((code): code is string => typeof code === 'string' && /^[A-Z_]{3,60}$/.test(code))
}

const deepest = 6

function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = []
  for (
    let each = error;
    each !== undefined && each !== null && chain.length < deepest;
    each = member(each, 'cause')
  )
    chain.push(each)
  return chain
}

function claimOf(chain: readonly unknown[]): string | undefined {
  for (const each of chain) {
    const claim = member(each, 'claim') ?? member(each, 'attribute')
    if (typeof claim === 'string') return claim === 'issuer' ? 'iss' : claim
    const missing = each instanceof Error ? /JWT "(\w+)"/.exec(each.message)?.[1] : undefined
    if (missing) return missing
  }
  return undefined
}

function member(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null && name in of ? Reflect.get(of, name) : undefined
}
