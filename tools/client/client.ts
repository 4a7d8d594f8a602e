/** What the platform's own tools share when they speak to it from outside: FHIR, MLLP, credentials and progress. */
export * from './credentials.ts'
export * from './fhir-client.ts'
export { freePorts } from './free-ports.ts'
export * from './mllp-client.ts'
export * from './platform.ts'
export * from './progress.ts'
export * from './scanner-client.ts'
export * from './token.ts'
