/** What was chosen at a desk as a FHIR R4 Consent, and a Consent as rows that a screen can word. */
import {
  type Consent,
  type ConsentProvision,
  type ConsentProvisionActor,
  epochMs,
  type Instant,
  instantOf,
  type ResourceOf,
} from '@xinglin/fhir'
import { accountSystem, type Directive, roleSystem } from '@xinglin/identity'
import type { ConsentRow, ConsentRule, ConsentTerms, RecordConsent } from '../contract.ts'

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType'

/** LOINC 59284-0: Patient Consent. */
const category = { coding: [{ system: 'http://loinc.org', code: '59284-0', display: 'Patient Consent' }] }

/** An active privacy consent, signed now. */
export function consentResource(input: RecordConsent, at: Instant): ResourceOf<'Consent'> {
  const patient = { reference: `Patient/${input.patient}` }
  const verifiedWith = input.signedBy.kind === 'patient' ? patient : { display: input.signedBy.name }
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [category],
    patient,
    dateTime: at,
    performer: [verifiedWith],
    policyRule: { coding: [{ system: actCode, code: input.base === 'permit' ? 'OPTIN' : 'OPTOUT' }] },
    verification: [{ verified: true, verifiedWith, verificationDate: at }],
    ...(input.exceptions.length > 0 ? { provision: { provision: input.exceptions.map(provisionOf) } } : {}),
  }
}

function provisionOf(terms: ConsentTerms): ConsentProvision {
  const { decision, purposes, types, codes, labels, from, until } = terms
  const actor = actorsOf(terms)
  return {
    type: decision,
    ...(actor.length > 0 ? { actor } : {}),
    ...(purposes ? { purpose: purposes.map((code) => ({ system: purposeSystem, code })) } : {}),
    ...(types
      ? { class: types.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })) }
      : {}),
    ...(codes ? { code: codes.map((coding) => ({ coding: [coding] })) } : {}),
    ...(labels ? { securityLabel: labels.map((code) => ({ system: actCode, code })) } : {}),
    ...(from || until
      ? { period: { ...(from ? { start: from } : {}), ...(until ? { end: until } : {}) } }
      : {}),
  }
}

const purposeSystem = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'

/** Roles and places each alone; a role of a place is written as one actor by whoever writes FHIR. */
function actorsOf({ roles = [], whom = [] }: ConsentTerms): ConsentProvisionActor[] {
  return [
    ...roles.map((code) => ({
      role: { coding: [{ system: roleSystem, code }] },
      reference: { display: code },
    })),
    ...whom.map((each) => ({
      role: { coding: [{ system: participation, code: 'IRCP' }] },
      reference: each.startsWith('user/')
        ? { identifier: { system: accountSystem, value: each } }
        : { reference: each },
    })),
  ]
}

/** A Consent as a row; `directive` is what is read from it whether it stands or not. */
export function consentRow(
  consent: Consent & { readonly id?: string },
  { directive, timeZone }: { readonly directive: Directive | undefined; readonly timeZone: string },
): ConsentRow {
  const signer = consent.verification?.[0]?.verifiedWith
  const signedBy = signer?.display ?? (signer?.reference?.startsWith('Patient/') ? 'patient' : undefined)
  return {
    id: consent.id ?? '',
    status: consent.status,
    ...(consent.dateTime ? { recorded: consent.dateTime } : {}),
    ...(signedBy ? { signedBy } : {}),
    isEnforced: consent.status === 'active' && directive !== undefined,
    rules: directive ? directive.rules.map((rule) => ruleOf(rule, { ...directive, timeZone })) : [],
  }
}

type Rule = Directive['rules'][number]

function ruleOf(rule: Rule, { rules, timeZone }: Directive & { readonly timeZone: string }): ConsentRule {
  const { actors = [], starts, ends, labels, instances, decision, purposes, types, codes, unknown } = rule
  const roles = actors.flatMap((key) => (key.startsWith('role:') ? [key.slice('role:'.length)] : []))
  const whom = actors.filter((key) => !key.startsWith('role:'))
  const single = instances?.map(({ type, id }) => `${type}/${id}`)
  return {
    depth: depthOf(rule, rules),
    ...(decision ? { decision } : {}),
    ...(roles.length > 0 ? { roles } : {}),
    ...(whom.length > 0 ? { whom } : {}),
    ...(purposes ? { purposes } : {}),
    ...(types || single ? { types: [...(types ?? []), ...(single ?? [])] } : {}),
    ...(codes ? { codes } : {}),
    ...(labels ? { labels: labels.map(({ code }) => code) } : {}),
    ...(starts ? { from: starts } : {}),
    // A rule ends with the first moment that does not belong to it; people are told of the last that does.
    ...(ends ? { until: instantOf(epochMs(ends) - 1, timeZone) } : {}),
    ...(unknown ? { unknown } : {}),
  }
}

function depthOf({ parent }: Rule, rules: readonly Rule[]): number {
  const around = parent === undefined ? undefined : rules[parent]
  return around ? depthOf(around, rules) + 1 : 0
}
