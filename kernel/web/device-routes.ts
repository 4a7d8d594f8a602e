/** Browsers that a person is known at: `/api/session/devices`, and the cookie that says which browser it is. */
import { type Actor, deviceLifeSeconds, type Identity } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireActor } from './actor.ts'
import { deviceCookie, readCookie, writeSessionCookie } from './cookie.ts'

type Needs = Pick<Identity, 'devices'>

/** Registers the list and the end of single ones; whoever still owes a second factor sees none. */
export function deviceRoutes(http: FastifyInstance, { devices }: Needs): void {
  http.get('/api/session/devices', async (request) => ({
    devices: await devices.own(requireActor(request), deviceSecret(request).device),
  }))
  http.delete<{ Params: { id: string } }>('/api/session/devices/:id', async (request, reply) => {
    await devices.forget(requireActor(request), request.params.id)
    return reply.code(204).send()
  })
}

/** What the browser shows of itself, in its cookie. */
export function deviceSecret(request: FastifyRequest): { readonly device?: string } {
  const device = readCookie(request.headers.cookie, deviceCookie)
  return device ? { device } : {}
}

type Remembering = { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly actor: Actor }

/** Somebody showed a second factor in this browser: it is known to him from now on. */
export async function rememberDevice(
  { devices }: Needs,
  { request, reply, actor }: Remembering,
): Promise<void> {
  const { device: secret } = deviceSecret(request)
  const label = request.headers['user-agent']
  const value = await devices.remember(
    { ...actor, address: request.ip },
    { ...(secret ? { secret } : {}), ...(label ? { label } : {}) },
  )
  const isSecure = request.protocol === 'https'
  const cookie = { isSecure, name: deviceCookie, lifeSeconds: deviceLifeSeconds }
  reply.header('set-cookie', writeSessionCookie(value, cookie))
}
