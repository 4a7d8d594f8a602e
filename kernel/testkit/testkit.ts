/** What tests stand on: a real PostgreSQL, a fixed clock, counting ids and named patients. Never imported by what ships. */

export { type TestDatabaseOptions, testDatabase } from './test-database.ts'
export { type LogLine, type TestRuntime, testRuntime } from './test-runtime.ts'
export { testServerUrl } from './test-server.ts'
