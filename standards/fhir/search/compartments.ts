/**
 * R4 compartmentdefinition.html §2.41: by which reference parameters a resource of a type is in a compartment. The patient's
 * table is generated; the four others are written down here from their CompartmentDefinitions (4.0.1), since no package
 * carries them.
 */
import type { ResourceType } from '../model.ts'
import { compartmentParameters } from './definitions.ts'

export type CompartmentType = 'Patient' | 'Encounter' | 'Practitioner' | 'RelatedPerson' | 'Device'

/** `Type: parameter parameter, …`. */
const written: Readonly<Record<Exclude<CompartmentType, 'Patient'>, string>> = {
  Encounter:
    'CarePlan: encounter, CareTeam: encounter, ChargeItem: context, Claim: encounter, ClinicalImpression: encounter, Communication: encounter, ' +
    'CommunicationRequest: encounter, Composition: encounter, Condition: encounter, DeviceRequest: encounter, DiagnosticReport: encounter, ' +
    'DocumentManifest: related-ref, DocumentReference: encounter, ExplanationOfBenefit: encounter, Media: encounter, ' +
    'MedicationAdministration: context, MedicationRequest: encounter, NutritionOrder: encounter, Observation: encounter, Procedure: encounter, ' +
    'QuestionnaireResponse: encounter, RequestGroup: encounter, ServiceRequest: encounter, VisionPrescription: encounter',
  Practitioner:
    'Account: subject, AdverseEvent: recorder, AllergyIntolerance: recorder asserter, Appointment: actor, AppointmentResponse: actor, ' +
    'AuditEvent: agent, Basic: author, CarePlan: performer, CareTeam: participant, ChargeItem: enterer performer-actor, ' +
    'Claim: enterer provider payee care-team, ClaimResponse: requestor, ClinicalImpression: assessor, Communication: sender recipient, ' +
    'CommunicationRequest: sender recipient requester, Composition: subject author attester, Condition: asserter, ' +
    'CoverageEligibilityRequest: enterer provider, CoverageEligibilityResponse: requestor, DetectedIssue: author, ' +
    'DeviceRequest: requester performer, DiagnosticReport: performer, DocumentManifest: subject author recipient, ' +
    'DocumentReference: subject author authenticator, Encounter: practitioner participant, EpisodeOfCare: care-manager, ' +
    'ExplanationOfBenefit: enterer provider payee care-team, Flag: author, Group: member, Immunization: performer, Invoice: participant, ' +
    'Linkage: author, List: source, Media: subject operator, MedicationAdministration: performer, MedicationDispense: performer receiver, ' +
    'MedicationRequest: requester, MedicationStatement: source, MessageHeader: receiver author responsible enterer, NutritionOrder: provider, ' +
    'Observation: performer, Patient: general-practitioner, PaymentNotice: provider, PaymentReconciliation: requestor, Person: practitioner, ' +
    'PractitionerRole: practitioner, Procedure: performer, Provenance: agent, QuestionnaireResponse: author source, ' +
    'RequestGroup: participant author, ResearchStudy: principalinvestigator, RiskAssessment: performer, Schedule: actor, ' +
    'ServiceRequest: performer requester, Specimen: collector, SupplyDelivery: supplier receiver, SupplyRequest: requester, ' +
    'VisionPrescription: prescriber',
  RelatedPerson:
    'AdverseEvent: recorder, AllergyIntolerance: asserter, Appointment: actor, AppointmentResponse: actor, Basic: author, CarePlan: performer, ' +
    'CareTeam: participant, ChargeItem: enterer performer-actor, Claim: payee, Communication: sender recipient, ' +
    'CommunicationRequest: sender recipient requester, Composition: author, Condition: asserter, Coverage: policy-holder subscriber payor, ' +
    'DocumentManifest: author recipient, DocumentReference: author, Encounter: participant, ExplanationOfBenefit: payee, Invoice: recipient, ' +
    'MedicationAdministration: performer, MedicationStatement: source, Observation: performer, Patient: link, Person: link, Procedure: performer, ' +
    'Provenance: agent, QuestionnaireResponse: author source, RequestGroup: participant, Schedule: actor, ServiceRequest: performer, ' +
    'SupplyRequest: requester',
  Device:
    'Account: subject, Appointment: actor, AppointmentResponse: actor, AuditEvent: agent, ChargeItem: enterer performer-actor, ' +
    'Claim: procedure-udi item-udi detail-udi subdetail-udi, Communication: sender recipient, CommunicationRequest: sender recipient, ' +
    'Composition: author, DetectedIssue: author, DeviceRequest: device subject requester performer, DeviceUseStatement: device, ' +
    'DiagnosticReport: subject, DocumentManifest: subject author, DocumentReference: subject author, ' +
    'ExplanationOfBenefit: procedure-udi item-udi detail-udi subdetail-udi, Flag: author, Group: member, Invoice: participant, ' +
    'List: subject source, Media: subject, MedicationAdministration: device, MessageHeader: target, Observation: subject device, ' +
    'Provenance: agent, QuestionnaireResponse: author, RequestGroup: author, RiskAssessment: performer, Schedule: actor, ' +
    'ServiceRequest: performer requester, Specimen: subject, SupplyRequest: requester',
}

const tables: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> = new Map(
  Object.entries(written).map(([root, text]) => [
    root,
    new Map(
      text.split(', ').map((part) => {
        const [type = '', parameters = ''] = part.split(': ')
        return [type, parameters.split(' ')] as const
      }),
    ),
  ]),
)

/** The types that R4 gives a compartment. */
export const compartmentTypes: readonly CompartmentType[] = [
  'Patient',
  'Encounter',
  'Practitioner',
  'RelatedPerson',
  'Device',
]

export function isCompartmentType(type: string): type is CompartmentType {
  return compartmentTypes.some((each) => each === type)
}

/** Reference parameters that put a resource of `type` into a compartment of `root`; empty where it is never in one. */
export function membershipParameters(root: CompartmentType, type: ResourceType): readonly string[] {
  return root === 'Patient' ? compartmentParameters(type) : (tables.get(root)?.get(type) ?? [])
}
