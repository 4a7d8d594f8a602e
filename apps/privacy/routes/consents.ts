/** `/api/privacy/patients`: finding a patient, and what a patient agreed to with its effect on each role. */
import type { Kernel } from '@xinglin/app'
import { gone, notFound, type ResourceOf } from '@xinglin/fhir'
import { maskedName, patientLine } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { consentRow } from '../commands/consent-resource.ts'
import { type ConsentsAnswer, type PatientsAnswer, privacyPermissions } from '../contract.ts'
import { idOf, textOf } from './input.ts'

const mostFound = 30
/** Consents of one patient, withdrawn ones too. */
const mostConsents = 200

export function consentRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity } = kernel
  // A name must not stand in an address, which proxies and browsers keep: so POST.
  http.post('/patients/find', async (request): Promise<PatientsAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: privacyPermissions.readConsents })
    const text = textOf(request.body, 'text')
    const number = /\d/.test(text)
    const page = await identity
      .recordsFor(actor)
      .search('Patient', [number ? ['identifier', text] : ['name', text], ['_count', String(mostFound)]])
    // What the guarded record gives is masked already.
    return {
      patients: page.matches.map((version) =>
        patientLine(version.id, parseVersion(version, 'Patient'), new Set()),
      ),
    }
  })
  http.get('/patients/:id/consents', (request) => consentsAnswer(kernel, request))
}

async function consentsAnswer(kernel: Kernel, request: FastifyRequest): Promise<ConsentsAnswer> {
  const { identity, records } = kernel
  const actor = requireActor(request)
  const id = idOf(request.params, 'id')
  const permission = privacyPermissions.readConsents
  identity.demand(actor, { kind: 'permission', permission })
  // The desk that keeps a refusal must see it, whatever the refusal says; what policies and labels hide stays hidden.
  const isSecret = await identity.reach.isSecret(actor, { type: 'Patient', id })
  const patient = isSecret ? undefined : await records.read(actor.tenant, 'Patient', id)
  if (!patient) throw notFound(`there is no Patient/${id}`, { code: 'privacy.no-patient', at: 'id' })
  if (patient.interaction === 'delete')
    throw gone(`Patient/${id} has been deleted`, { code: 'privacy.no-patient', at: 'id' })
  const page = await records.search(actor.tenant, 'Consent', [
    ['patient', id],
    ['_sort', '-date'],
    ['_count', String(mostConsents)],
  ])
  const fields = await identity.masking.fieldsOf(actor)
  const consents = page.matches.map((version) => {
    const consent: ResourceOf<'Consent'> = parseVersion(version, 'Consent')
    const directive = identity.consents.directiveOf({ ...consent, status: 'active' })
    const row = consentRow(consent, { directive, timeZone: kernel.runtime.timeZone })
    return row.signedBy && row.signedBy !== 'patient'
      ? { ...row, signedBy: maskedName(row.signedBy, fields) }
      : row
  })
  const effects = await identity.consents.effectsOnRoles(actor.tenant, id)
  const roles = await identity.consents.roles(actor.tenant)
  const detail = `${consents.length} consents`
  await identity.audit(actor, {
    action: permission,
    outcome: 'allowed',
    resourceType: 'Consent',
    patient: id,
    detail,
  })
  return { patient: patientLine(id, parseVersion(patient, 'Patient'), fields), consents, effects, roles }
}
