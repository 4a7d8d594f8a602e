/** What the sign-in page asks whatever the kind of provider: what is offered, the ticket that waits, and signing out everywhere. */
import { notFound } from '@xinglin/fhir'
import { readCookie } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { ticketCookie, ticketCookieOf } from './come-back.ts'
import { type Needs, routePath } from './needs.ts'

/** Registers `GET` (what is offered), `POST …/awaiting` (a sign-in that still needs its second factor). */
export function commonRoutes(http: FastifyInstance, { upstream }: Needs): void {
  const open = { config: { access: 'open' as const } }

  http.get(routePath, open, async () => ({ providers: await upstream.offered() }))

  http.post(`${routePath}/awaiting`, open, async (request, reply) => {
    const value = readCookie(request.headers.cookie, ticketCookie)
    reply.header('set-cookie', ticketCookieOf(undefined, request.protocol === 'https'))
    if (value) return JSON.parse(Buffer.from(value, 'base64url').toString())
    throw notFound('no sign-in waits for its second factor in this browser', {
      code: 'upstream.not-awaiting',
    })
  })
}
