/** Routes of the patients' realm: the credentials of staff do not count there, and each is about one chart. */
import { forbidden, notFound } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireActor } from './actor.ts'

/** Registers routes that patients alone reach. */
export async function forPatients(
  http: FastifyInstance,
  register: (http: FastifyInstance) => void,
): Promise<void> {
  await http.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, realm: 'patients' }
    })
    register(scope)
  })
}

/**
 * The patient who asks about the chart in `/:patient`: himself or, for one that was opened to him, with the purpose of family
 * (FAMRQT). Throws `notFound` (`patients.no-chart`) for any other chart, `forbidden` for an app, which reads by the FHIR door.
 */
export function chartAsked(request: FastifyRequest): { readonly actor: Actor; readonly patient: string } {
  const actor = requireActor(request)
  const { patient } = request.params as { readonly patient?: string }
  if (actor.kind !== 'patient' || actor.client !== undefined)
    throw forbidden('only a patient does this, with his own account', { code: 'patients.only-self' })
  if (!patient || !actor.charts?.includes(patient))
    throw notFound('this is no record of yours', { code: 'patients.no-chart', at: 'patient' })
  return { actor: patient === actor.patientContext ? actor : { ...actor, purpose: 'FAMRQT' }, patient }
}
