/** `/api/guides/demands`: the profiles that every write of their type must conform to, and what becomes of unknown ones. */
import type { Kernel } from '@xinglin/app'
import { invalid } from '@xinglin/fhir'
import type { FastifyInstance } from 'fastify'
import { type DemandsAnswer, demandPermission, readPermission } from '../contract.ts'
import { acted } from './acts.ts'

/** The longest canonical that is taken. */
const longestText = 500

export function demandRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { profiles } = kernel

  http.get(
    '/demands',
    (request): Promise<DemandsAnswer> =>
      acted(kernel, request, { permission: readPermission, detail: 'demands' }, ({ tenant }) =>
        profiles.demands(tenant),
      ),
  )

  http.post('/demands/required', async (request, reply) => {
    const profile = textOf(request.body, 'profile')
    const act = { permission: demandPermission, detail: `require ${profile}` }
    return reply
      .code(201)
      .send(await acted(kernel, request, act, (author) => profiles.require(author, profile)))
  })

  http.delete('/demands/required', async (request, reply) => {
    const profile = textOf(request.query, 'profile')
    const act = { permission: demandPermission, detail: `release ${profile}` }
    await acted(kernel, request, act, (author) => profiles.release(author, profile))
    return reply.code(204).send()
  })

  http.put('/demands/unknown', async (request, reply) => {
    const unknown = textOf(request.body, 'unknown')
    if (unknown !== 'warn' && unknown !== 'refuse') throw malformed('unknown', 'warn or refuse')
    const act = { permission: demandPermission, detail: `${unknown} for unknown profiles` }
    await acted(kernel, request, act, (author) => profiles.setUnknown(author, unknown))
    return reply.code(204).send()
  })
}

function textOf(from: unknown, field: string): string {
  const value = typeof from === 'object' && from !== null ? Reflect.get(from, field) : undefined
  if (typeof value === 'string' && value !== '' && value.length <= longestText) return value
  throw malformed(field, `text of at most ${longestText} characters`)
}

function malformed(field: string, expected: string) {
  return invalid(`${field} must be ${expected}`, { code: 'guides.field', at: field })
}
