/** From a provider back to our pages: with a session, with the second factor still to come, or with the reason why not. */
import type { Upstream } from '@xinglin/identity'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Needs, routePath } from './needs.ts'

/** Holds the ticket for the second factor until the sign-in page asks for it: an address would tell it to others. */
export const ticketCookie = 'xinglin_upstream_ticket'
/** The page asks at once. */
const ticketCookieSeconds = 60

type Answer = Awaited<ReturnType<Upstream['enter']>>

export async function comeBack(
  {
    needs,
    provider,
    request,
    reply,
  }: {
    readonly needs: Needs
    readonly provider: { readonly id: string }
    readonly request: FastifyRequest
    readonly reply: FastifyReply
  },
  { answer, back }: { readonly answer: Answer; readonly back: string },
): Promise<FastifyReply> {
  if ('ticket' in answer) {
    const { ticket, awaits, methods } = answer
    const value = Buffer.from(JSON.stringify({ ticket, awaits, methods })).toString('base64url')
    reply.header('set-cookie', ticketCookieOf(value, request.protocol === 'https'))
    return reply.redirect(`/?${new URLSearchParams({ 'sign-in': provider.id, awaits, back })}`, 303)
  }
  await needs.signIns.enter(request, reply, answer)
  return reply.redirect(back, 303)
}

/** Leads to the sign-in page, which says in words what the code means and what to do. */
export function fail(
  reply: FastifyReply,
  { provider, code, back }: { readonly provider: string; readonly code: string; readonly back: string },
): FastifyReply {
  const asked = { 'sign-in': provider, failure: code, ...(back === '/' ? {} : { back }) }
  return reply.redirect(`/?${new URLSearchParams(asked)}`, 303)
}

/** Without a value it removes the cookie. */
export function ticketCookieOf(value: string | undefined, isSecure: boolean): string {
  const life = value === undefined ? 0 : ticketCookieSeconds
  const base = `${ticketCookie}=${value ?? ''}; Path=${routePath}; HttpOnly; SameSite=Strict; Max-Age=${life}`
  return isSecure ? `${base}; Secure` : base
}
