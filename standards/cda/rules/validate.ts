/** A document against the rules: of structure, of data types, of its type's template. */
import type { XmlNode } from '../xml/node.ts'
import { bodyFindings } from './body-rules.ts'
import type { Finding } from './findings.ts'
import { headerFindings } from './header-rules.ts'
import { templateFindings } from './template-rules.ts'
import { valueFindings } from './value-rules.ts'

/** What the document at this root breaks, in the order of its lines; empty for one that keeps every rule. */
export function validateDocument(root: XmlNode): readonly Finding[] {
  return [
    ...headerFindings(root),
    ...bodyFindings(root),
    ...valueFindings(root),
    ...templateFindings(root),
  ].toSorted((left, right) => left.line - right.line)
}
