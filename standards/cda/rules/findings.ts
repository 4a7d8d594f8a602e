/** What breaks which rule where; the words of a rule are data, so that every screen says them in its language. */
import type { XmlNode } from '../xml/node.ts'
import words from './rules.json' with { type: 'json' }

export type RuleId = keyof typeof words
export type Finding = {
  readonly rule: RuleId
  readonly severity: 'error' | 'warning'
  /** Names of elements from the root: `ClinicalDocument.recordTarget`. */
  readonly path: string
  /** From 1; 0 where the rule misses something in a document that was made. */
  readonly line: number
  /** What the rule speaks of: a name, a code; never content of a patient. */
  readonly what?: string
}

/** A rule in both languages. */
export function ruleWords(rule: RuleId): { readonly zh: string; readonly en: string } {
  return words[rule]
}

/** Makes the findings of one place. */
export function findingAt(path: string, node: XmlNode | undefined) {
  return (rule: RuleId, what?: string): Finding => ({
    ...{ rule, severity: warnings.has(rule) ? 'warning' : 'error', path, line: node?.line ?? 0 },
    ...(what === undefined ? {} : { what }),
  })
}

const warnings: ReadonlySet<RuleId> = new Set(['section-empty', 'template-unknown', 'reference-lost'])
