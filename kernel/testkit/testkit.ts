/** What tests stand on: a real PostgreSQL, a fixed clock, counting ids and named patients. Never imported by what ships. */

export { textsHeldBelow, textsHeldIn } from './held-texts.ts'
export {
  anAllergy,
  anEncounter,
  anOrder,
  aPatient,
  aProblem,
  aResult,
  aTransaction,
} from './patients/builders.ts'
export {
  asha,
  identityNumberSystem,
  leo,
  mrnSystem,
  ouyangXue,
  zhangSan,
} from './patients/named-patients.ts'
export { isSealedRun, sealFields, testSealedFields } from './seal-fields.ts'
export { openTestDatabase, type TestDatabaseOptions, testDatabase } from './test-database.ts'
export {
  type TestKernel,
  type TestKernelOptions,
  testKernel,
  testMasterKey,
  testTenant,
} from './test-kernel.ts'
export { type LogLine, type TestRuntime, testRuntime } from './test-runtime.ts'
export { testServerUrl } from './test-server.ts'
