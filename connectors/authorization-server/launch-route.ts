/** `POST /oauth2/launch`: a click in the record becomes a launch of a registered app (SMART App Launch 2.2 §ehr-launch). */
import { invalid } from '@xinglin/fhir'
import type { Identity } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'

/** Three ids. */
const maxBodyBytes = 4 * 1024

/** Registers the route; it answers `{ url }`, which the browser opens. */
export function launchRoute(
  http: FastifyInstance,
  { identity, fhirBase }: { readonly identity: Identity; readonly fhirBase: () => string },
): void {
  http.post('/oauth2/launch', { bodyLimit: maxBodyBytes }, async (request) => {
    const app = textOf(request.body, 'app')
    const patient = textOf(request.body, 'patient')
    if (!app || !patient)
      throw invalid('name the app and the patient', {
        code: 'authorization.launch',
        at: app ? 'patient' : 'app',
      })
    const encounter = textOf(request.body, 'encounter')
    return identity.apps.launch(requireActor(request), { app, patient, encounter, iss: fhirBase() })
  })
}

function textOf(from: unknown, field: string): string | undefined {
  const value: unknown =
    typeof from === 'object' && from !== null && Object.hasOwn(from, field)
      ? Reflect.get(from, field)
      : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}
