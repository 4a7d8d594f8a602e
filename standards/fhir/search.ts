/**
 * FHIR R4 §3.1.1 search as pure code: which parameters there are, what values a resource has for them, and what one
 * parameter of a request asks. Where and how the values are kept is the store's business.
 */

export {
  type CompartmentType,
  compartmentTypes,
  isCompartmentType,
  membershipParameters,
} from './search/compartments.ts'
export { type DateRange, dateRange } from './search/dates.ts'
export {
  allResourceTypes,
  compartmentParameters,
  isResourceType,
  type ParameterKind,
  parameterOf,
  parametersOf,
  type SearchParameterDefinition,
} from './search/definitions.ts'
export type { Extractor } from './search/hot/extract.ts'
export { latitudeOf, longitudeOf } from './search/hot/measures.ts'
export { foldText } from './search/hot/texts.ts'
export { ofTypeCode, ofTypeParameter } from './search/hot/tokens.ts'
export { type IndexOptions, indexOf } from './search/index-of.ts'
export {
  type ComponentValues,
  type CompositeValue,
  type DateValue,
  earliestMs,
  type IndexValues,
  latestMs,
  type NumberValue,
  type QuantityValue,
  type ReferenceValue,
  type StringValue,
  type TokenValue,
  type UriValue,
} from './search/index-values.ts'
export { type OwnParameter, ownExtractor, ownParameter } from './search/own-parameter.ts'
export { codesOf } from './search/parameter-codes.ts'
export type {
  ChainTarget,
  CompositeQuery,
  DateQuery,
  NearQuery,
  NumberQuery,
  ParameterQuery,
  Prefix,
  QuantityQuery,
  ReferenceQuery,
  TokenQuery,
  WordsQuery,
} from './search/parameter-query.ts'
export { compartmentParameter } from './search/parse-compartment.ts'
export { type ParseOptions, parseParameter } from './search/parse-parameter.ts'
export { type Property, propertyOf } from './search/properties.ts'
export { resultParameters } from './search/result-parameters.ts'
export { sortPathsOf } from './search/sort-paths.ts'
export { isElementName, type Subset, subsetOf } from './search/subset.ts'
