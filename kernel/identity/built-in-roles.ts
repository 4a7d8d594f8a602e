/** The roles that every institution starts with. Nobody deletes clinical records: what is wrong is marked entered-in-error. */
import type { Role } from './identity.ts'

const write = (types: string) => types.split(/\s+/).map((type) => `${type}.cu`)
const all = (types: string) => types.split(/\s+/).map((type) => `${type}.cruds`)

/** R4 modules Clinical, Diagnostics, Medications, Workflow: what care of a patient writes. */
const clinical = `AdverseEvent AllergyIntolerance Appointment AppointmentResponse CarePlan CareTeam ClinicalImpression
Communication CommunicationRequest Composition Condition Consent Coverage DetectedIssue DeviceRequest
DeviceUseStatement DiagnosticReport DocumentReference Encounter EpisodeOfCare FamilyMemberHistory Flag Goal
ImagingStudy Immunization ImmunizationRecommendation List Media Medication MedicationAdministration
MedicationDispense MedicationRequest MedicationStatement NutritionOrder Observation Patient Procedure Provenance
QuestionnaireResponse RelatedPerson RequestGroup RiskAssessment ServiceRequest Specimen Task VisionPrescription`

const nursing = `AdverseEvent AllergyIntolerance CarePlan CareTeam Communication DeviceUseStatement DocumentReference
Encounter Flag Goal Immunization List MedicationAdministration MedicationStatement Observation Procedure Provenance
QuestionnaireResponse RiskAssessment Specimen Task`

const technical = `Communication Device DeviceMetric DiagnosticReport ImagingStudy Media Observation Procedure Provenance
Specimen Task`

/** What a technician must see of a patient to do an examination: who, why, what is dangerous. */
const neededForExaminations = `AllergyIntolerance Appointment Condition Device DeviceMetric DiagnosticReport Encounter Flag
ImagingStudy Location Media Medication Observation Organization Patient Practitioner PractitionerRole Procedure
Provenance ServiceRequest Specimen Task`

/** R4 modules Administration, Foundation, Conformance and Terminology: the house, not its patients. */
const house = `ActivityDefinition CapabilityStatement CodeSystem ConceptMap Device DeviceDefinition Endpoint
HealthcareService InsurancePlan Location NamingSystem OperationDefinition Organization OrganizationAffiliation
PlanDefinition Practitioner PractitionerRole Questionnaire Schedule SearchParameter Slot StructureDefinition
StructureMap Subscription ValueSet`

export const builtInRoles: readonly Role[] = [
  role('administrator', '系统管理员', 'Administrator', {
    records: ['*.rs', ...all(house)],
    permissions: ['*'],
  }),
  role('clinician', '医生', 'Clinician', {
    records: ['*.rs', ...write(clinical)],
    permissions: ['chart.*', 'imaging.*', 'privacy.consent.*', 'privacy.glass.break'],
  }),
  role('nurse', '护士', 'Nurse', {
    records: ['*.rs', ...write(nursing)],
    permissions: ['chart.*', 'imaging.*', 'privacy.consent.*', 'privacy.glass.break'],
  }),
  role('technician', '技师', 'Technician', {
    records: [...neededForExaminations.split(/\s+/).map((type) => `${type}.rs`), ...write(technical)],
    permissions: ['chart.*', 'imaging.*'],
  }),
  role('auditor', '审计员', 'Auditor', {
    records: [],
    permissions: [
      'administration.audit.*',
      'audit.anomaly.*',
      'audit.report.read',
      'audit.proof.read',
      'privacy.consent.read',
      'privacy.glass.review',
      'privacy.request.read',
      'privacy.erasure.*',
      'administration.people.read',
      'administration.roles.read',
      'administration.clients.read',
      'administration.sessions.read',
    ],
  }),
  // The three of a separated institution (approvals/): accounts and systems, rights, and the trail of both.
  role('system-administrator', '系统管理员（三员）', 'System administrator', {
    records: all(house),
    permissions: [
      'administration.people.*',
      'administration.staff.*',
      'administration.terminals.*',
      'administration.clients.*',
      'administration.sessions.*',
      'administration.upstream.*',
      'administration.roles.read',
      'administration.health.read',
      'app-registry.apps.read',
      'app-registry.apps.register',
      'approvals.proposals.read',
    ],
  }),
  role('security-administrator', '安全管理员（三员）', 'Security administrator', {
    records: [],
    permissions: [
      'administration.roles.*',
      'administration.people.read',
      'administration.clients.read',
      'administration.sessions.*',
      'access.policies.*',
      'access.decisions.explain',
      'app-registry.apps.read',
      'app-registry.apps.review',
      'privacy.masking.*',
      'privacy.sealing.*',
      'compliance.*',
      'keys.*',
      'approvals.*',
    ],
  }),
  role('audit-administrator', '审计管理员（三员）', 'Audit administrator', {
    records: [],
    permissions: [
      'administration.audit.*',
      'audit.*',
      'privacy.consent.read',
      'privacy.glass.review',
      'privacy.request.read',
      'privacy.erasure.*',
      'administration.people.read',
      'administration.roles.read',
      'administration.clients.read',
      'administration.sessions.read',
      'compliance.board.read',
      'approvals.proposals.read',
    ],
  }),
  role('integrator', '集成工程师', 'Integrator', {
    records: ['*.rs'],
    permissions: [
      'integration.*',
      'record-explorer.*',
      'dictionaries.*',
      'terminology.*',
      'administration.health.read',
      'chart.*',
      'imaging.*',
    ],
  }),
]

function role(id: string, zh: string, en: string, rights: Pick<Role, 'records' | 'permissions'>): Role {
  return { id, title: { zh, en }, isBuiltIn: true, ...rights }
}
