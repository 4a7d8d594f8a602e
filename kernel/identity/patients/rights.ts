/** What patients may at all: to look at these types, in the charts that they reach; every change goes through commands for them. */
import { compileRights, type Rights } from '../rights.ts'

/** Not here: what staff write for staff, such as Task, Flag, Communication, DetectedIssue, Provenance and AuditEvent. */
export const patientTypes =
  `Patient RelatedPerson Encounter EpisodeOfCare Appointment Condition AllergyIntolerance Observation
DiagnosticReport Specimen ServiceRequest Procedure ImagingStudy MedicationRequest MedicationStatement MedicationDispense
MedicationAdministration Immunization NutritionOrder CarePlan CareTeam Goal DocumentReference Composition FamilyMemberHistory
QuestionnaireResponse Coverage Consent`.split(/\s+/)

/** The rights of every patient; of permissions he holds none. */
export const patientRights: Rights = compileRights(
  patientTypes.map((type) => `${type}.rs`),
  [],
)
