/** Records what a patient agrees to; it acts from the commit on. */
import type { Command } from '@xinglin/app'
import { fault, notFound } from '@xinglin/fhir'
import {
  type ConsentTerms,
  privacyPermissions,
  type RecordConsent,
  type RecordedConsent,
} from '../contract.ts'
import {
  bodyOf,
  choiceOf,
  idOf,
  listOf,
  memberOf,
  optionalDayOf,
  optionalTextOf,
  optionalTextsOf,
  textOf,
} from '../routes/input.ts'
import { consentResource } from './consent-resource.ts'

export const recordConsent: Command<RecordConsent, RecordedConsent> = {
  name: 'record-consent',
  permission: privacyPermissions.writeConsents,
  parse,
  subject: ({ patient }) => ({ resourceType: 'Consent', patient }),
  run: async (unit, input) => {
    const patient = await unit.read('Patient', input.patient)
    if (!patient || patient.interaction === 'delete')
      throw notFound(`there is no Patient/${input.patient}`, { code: 'privacy.no-patient', at: 'patient' })
    const [consent] = await unit.write([{ kind: 'create', resource: consentResource(input, unit.at) }])
    if (!consent) throw fault('the consent was not written', { code: 'privacy.not-written' })
    unit.state({
      kind: 'privacy.consent-recorded',
      resourceType: 'Consent',
      resourceId: consent.id,
      patient: input.patient,
    })
    return { consent: consent.id }
  },
}

function parse(input: unknown): RecordConsent {
  const body = bodyOf(input)
  const signer = memberOf(body, 'signedBy')
  const kind = choiceOf(signer, 'kind', ['patient', 'other'])
  return {
    patient: idOf(body, 'patient'),
    base: choiceOf(body, 'base', ['permit', 'deny']),
    exceptions: listOf(body, 'exceptions', termsOf),
    signedBy: kind === 'patient' ? { kind } : { kind, name: textOf(signer, 'name') },
  }
}

function termsOf(from: unknown): ConsentTerms {
  const lists = {
    roles: optionalTextsOf(from, 'roles'),
    whom: optionalTextsOf(from, 'whom'),
    purposes: optionalTextsOf(from, 'purposes'),
    types: optionalTextsOf(from, 'types'),
    labels: optionalTextsOf(from, 'labels'),
    from: optionalDayOf(from, 'from'),
    until: optionalDayOf(from, 'until'),
  }
  const codes = listOf(from, 'codes', (entry) => {
    const system = optionalTextOf(entry, 'system')
    const display = optionalTextOf(entry, 'display')
    return { code: textOf(entry, 'code'), ...(system ? { system } : {}), ...(display ? { display } : {}) }
  })
  return {
    decision: choiceOf(from, 'decision', ['deny', 'permit']),
    ...Object.fromEntries(Object.entries(lists).filter(([, value]) => value !== undefined)),
    ...(codes.length > 0 ? { codes } : {}),
  }
}
