/** `/api/privacy/own/:patient/consents`: what a patient agreed to, and his giving and withdrawing; each acts from its commit on. */
import type { Kernel } from '@xinglin/app'
import { notFound, parseReference, type ResourceOf } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import { chartAsked } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { consentRow } from '../commands/consent-resource.ts'
import { recordConsent } from '../commands/record-consent.ts'
import { withdrawConsent } from '../commands/withdraw-consent.ts'
import type { OwnConsentsAnswer, RecordedConsent } from '../contract.ts'
import { bodyOf } from '../routes/input.ts'
import { actAsPatient, demandSelfOrGuardian } from './act.ts'

const mostConsents = 200

export function ownConsentRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/own/:patient/consents', async (request): Promise<OwnConsentsAnswer> => {
    const { actor, patient } = chartAsked(request)
    await demandSelfOrGuardian(kernel, actor, patient)
    return consentsOf(kernel, actor, patient)
  })
  http.post('/own/:patient/consents', async (request): Promise<RecordedConsent> => {
    const { actor, patient } = chartAsked(request)
    const relation = await demandSelfOrGuardian(kernel, actor, patient)
    const signedBy = relation === 'patient' ? { kind: 'patient' } : { kind: 'other', name: actor.display }
    const input = recordConsent.parse({ ...bodyOf(request.body), patient, signedBy })
    return actAsPatient(kernel, actor, { action: 'privacy.own.consent', patient, type: 'Consent' }, (unit) =>
      recordConsent.run(unit, input, kernel),
    )
  })
  http.post('/own/:patient/consents/withdraw', async (request, reply) => {
    const { actor, patient } = chartAsked(request)
    await demandSelfOrGuardian(kernel, actor, patient)
    const input = withdrawConsent.parse(request.body)
    await actAsPatient(
      kernel,
      actor,
      { action: 'privacy.own.withdraw', patient, type: 'Consent' },
      async (unit) => {
        const version = await unit.read('Consent', input.consent)
        const isOwn =
          version && version.interaction !== 'delete' && patientIn(parseVersion(version, 'Consent'))
        if (isOwn !== patient)
          throw notFound(`there is no Consent/${input.consent} of yours`, {
            code: 'privacy.no-consent',
            at: 'consent',
          })
        return withdrawConsent.run(unit, input, kernel)
      },
    )
    return reply.code(204).send()
  })
}

function patientIn({ patient }: ResourceOf<'Consent'>): string | undefined {
  return parseReference(patient?.reference)?.id
}

async function consentsOf(
  { identity, runtime }: Kernel,
  actor: Actor,
  patient: string,
): Promise<OwnConsentsAnswer> {
  const page = await identity.recordsFor(actor).search('Consent', [
    ['patient', patient],
    ['_sort', '-date'],
    ['_count', String(mostConsents)],
  ])
  const consents = page.matches.map((version) => {
    const consent: ResourceOf<'Consent'> = parseVersion(version, 'Consent')
    const directive = identity.consents.directiveOf({ ...consent, status: 'active' })
    return consentRow(consent, { directive, timeZone: runtime.timeZone })
  })
  return { consents, roles: await identity.consents.roles(actor.tenant) }
}
