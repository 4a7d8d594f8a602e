/** Signing in by a password of a directory: `POST /api/session/upstream/:provider`. */
import { invalid } from '@xinglin/fhir'
import type { OpenedProvider } from '@xinglin/identity'
import { deviceCookie, readCookie } from '@xinglin/web'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Needs, routePath } from '../needs.ts'
import type { LdapProvider } from './directory.ts'
import { personOf } from './person.ts'
import { refusalOfDirectory } from './refusals.ts'

// A login, a password and an invitation, with room for the longest of each.
const maxCredentialBytes = 16 * 1024

type Of = { readonly Params: { readonly provider: string } }

export function ldapRoutes(http: FastifyInstance, needs: Needs): void {
  const { upstream, signIns } = needs
  const open = { bodyLimit: maxCredentialBytes, config: { access: 'open' as const } }
  http.post<Of>(`${routePath}/:provider`, open, async (request, reply) => {
    await signIns.take(request, reply)
    const provider = await opened(needs, request.params.provider)
    const given = { login: text(request.body, 'login'), password: text(request.body, 'password') }
    const person = await judged(needs, provider, { ...given, ...deviceOf(request), address: request.ip })
    const invitation = optionalText(request.body, 'invitation')
    const answer = await upstream.enter({
      ...{ provider, ...person, hasSecondFactor: false, address: request.ip },
      ...(invitation === undefined ? {} : { invitation }),
    })
    return entered({ needs, request, reply }, answer)
  })
}

function deviceOf(request: FastifyRequest): { readonly device?: string } {
  const device = readCookie(request.headers.cookie, deviceCookie)
  return device ? { device } : {}
}

type Coming = { readonly needs: Needs; readonly request: FastifyRequest<Of>; readonly reply: FastifyReply }
type Answer = Awaited<ReturnType<Needs['upstream']['enter']>>

function entered({ needs, request, reply }: Coming, answer: Answer) {
  if ('ticket' in answer) return reply.code(202).send(answer)
  return needs.signIns.enter(request, reply, answer)
}

async function opened({ upstream }: Needs, id: string): Promise<LdapProvider> {
  const provider = await upstream.opened(id)
  if (isLdap(provider)) return provider
  throw invalid('this provider has its own page to sign in: begin there', { code: 'upstream.kind' })
}

export function isLdap(provider: OpenedProvider): provider is LdapProvider {
  return provider.kind === 'ldap'
}

type Tried = {
  readonly login: string
  readonly password: string
  readonly address: string
  readonly device?: string
}

/** Guesses are counted before the directory is asked, so that its own accounts are not locked by strangers. */
async function judged(needs: Needs, provider: LdapProvider, { login, password, address, device }: Tried) {
  const { upstream } = needs
  const tried = { login, ...(device ? { device } : {}) }
  try {
    await upstream.beginAttempt(provider, tried)
    const person = await personOf(needs, provider, { login, password })
    await upstream.clearAttempts(provider, tried)
    return person
  } catch (error) {
    const { refusal, detail } = refusalOfDirectory(error)
    const code = refusal.outcome.issue[0]?.details?.coding?.[0]?.code ?? 'upstream.answer'
    // A directory that is away has judged nobody.
    if (code !== 'identity.wrong-password' && code !== 'identity.locked')
      await upstream.clearAttempts(provider, tried)
    if (refusal.failure === 'fault') throw refusal
    await upstream.noteFailure(provider, {
      code,
      login,
      address,
      ...(detail === undefined ? {} : { detail }),
    })
    throw refusal
  }
}

function text(body: unknown, name: string): string {
  const value = optionalText(body, name)
  if (value !== undefined) return value
  throw invalid(`the body needs ${name} as text`, { code: 'web.field-missing', at: name })
}

function optionalText(body: unknown, name: string): string | undefined {
  const value: unknown =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name)
      ? Reflect.get(body, name)
      : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}
