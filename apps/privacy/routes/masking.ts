/** `/api/privacy/masks`: what each role sees masked, and whether it works under a watermark. */
import type { Kernel } from '@xinglin/app'
import { maskedFields } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { MasksAnswer } from '../contract.ts'
import { memberOf, optionalTextsOf, textOf } from './input.ts'

export function maskingRoutes(http: FastifyInstance, { identity }: Kernel): void {
  http.get(
    '/masks',
    async (request): Promise<MasksAnswer> => ({
      masks: await identity.masking.list(requireActor(request)),
    }),
  )
  http.post('/masks/:role', async (request, reply) => {
    const { body } = request
    const asked = optionalTextsOf(body, 'fields') ?? []
    await identity.masking.set(requireActor(request), {
      role: textOf(request.params, 'role'),
      fields: maskedFields.filter((field) => asked.includes(field)),
      hasWatermark: memberOf(body, 'hasWatermark') === true,
      reason: textOf(body, 'reason'),
    })
    return reply.code(204).send()
  })
}
