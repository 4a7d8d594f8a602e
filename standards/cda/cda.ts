/** CDA R2 as pure code: read, write, draw and judge clinical documents; no input or output, no knowledge of the hospital. */

export { CdaError, type CdaFailure } from './failure.ts'
export type {
  Body,
  ClinicalDocument,
  EncompassingEncounter,
  Header,
  Organization,
  Participant,
  PatientRole,
  RelatedDocument,
  Section,
  Statement,
  StatementKind,
  Value,
} from './model/document.ts'
export { documentOf, readDocument, readRoot } from './model/read-document.ts'
export { dateOf, dateTimeOf, timeOf } from './model/times.ts'
export {
  type Address,
  type Coded,
  type Identifier,
  nameText,
  type PersonName,
  type Quantity,
  type Telecom,
  type Times,
} from './model/values.ts'
export { writeDocument } from './model/write-document.ts'
export { type Drawn, type DrawnElement, type DrawnTag, htmlOf } from './render/narrative.ts'
export { type Readable, type ReadableSection, readableOf } from './render/readable.ts'
export { type Finding, type RuleId, ruleWords } from './rules/findings.ts'
export {
  type DocumentTemplate,
  nationalCodeSystem,
  nationalDocuments,
  type SectionTemplate,
  templateOf,
  templateVersions,
} from './rules/templates.ts'
export { validateDocument } from './rules/validate.ts'
export { el, elementsOf, everyElement, first, textOf, type XmlChild, type XmlNode } from './xml/node.ts'
export { longestDocument } from './xml/read-xml.ts'
