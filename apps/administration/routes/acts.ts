/** An act of administration on one thing, with its reason: `POST …/:id/<verb> { reason }`. */
import type { Actor } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { textOf } from './input.ts'

export type ReasonedAct = (by: Actor, act: { id: string; reason: string }, body: unknown) => Promise<unknown>

/** Registers an act; what it gives is answered, and 204 where it gives nothing. */
export function reasonedAct(http: FastifyInstance, path: `/${string}/:id/${string}`, act: ReasonedAct): void {
  http.post(path, async (request, reply) => {
    const given = await act(
      requireActor(request),
      { id: textOf(request.params, 'id'), reason: textOf(request.body, 'reason') },
      request.body,
    )
    if (given === undefined) return reply.code(204).send()
    return reply.code(isProposal(given) ? 202 : 200).send(given)
  })
}

/** Whether an act waits for a second person (RFC 9110 §15.3.3: 202). */
export function isProposal(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'proposal' in given
}
