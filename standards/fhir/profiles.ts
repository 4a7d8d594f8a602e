/**
 * FHIR R4 profiles: a resource judged by what StructureDefinitions ask beyond the base (§5.3). `createProfileSet` loads a
 * profile with all that it names; the set then judges without waiting.
 */
export {
  createProfileSet,
  type Judged,
  type JudgeOptions,
  type ProfileSet,
  type ProfileSources,
} from './profiles/profile-set.ts'
export { profileIssue, type Question } from './profiles/report.ts'
export { listValueSet, partsOfValueSet } from './profiles/value-set-codes.ts'
