/** FHIR R4 (4.0.1) as pure code: the model, references, outcomes and time. Validation is `./validate`, search tables are `./search`. */

export * from './bundle.ts'
export * from './decimals.ts'
export * from './model.ts'
export * from './outcome.ts'
export * from './time.ts'
