/** What judging by a profile finds: issues, each once, and codes that only a terminology can judge. */
import type { OperationOutcomeIssue } from 'fhir/r4'
import type { AskedCoding } from './values.ts'

/** More than this and the sender has one systematic mistake. */
const mostIssues = 100

/** Codes of one element that must be in a value set which could not be listed. */
export type Question = {
  readonly valueSet: string
  /** One of these must be in it. */
  readonly codings: readonly AskedCoding[]
  /** FHIRPath. */
  readonly at: string
  readonly profile: string
}

export type Report = {
  readonly issues: OperationOutcomeIssue[]
  readonly questions: Question[]
  readonly seen: Set<string>
}

export function emptyReport(): Report {
  return { issues: [], questions: [], seen: new Set() }
}

export type Said = {
  readonly kind: OperationOutcomeIssue['code']
  /** Stands in docs/errors.md. */
  readonly code: string
  /** FHIRPath. */
  readonly at: string
  /** Canonical of the profile. */
  readonly profile: string
  readonly severity?: 'error' | 'warning' | 'information'
  /** Of a constraint. */
  readonly key?: string
}

/** Adds an issue; an element and its slice often ask the same, which is said once. */
export function say(report: Report, said: Said, diagnostics: string): void {
  const name = `${said.at} ${diagnostics}`
  if (report.issues.length >= mostIssues || report.seen.has(name)) return
  report.seen.add(name)
  report.issues.push(profileIssue(said, diagnostics))
}

/** An issue that names its profile. */
export function profileIssue(
  { kind, code, at, profile, severity = 'error', key }: Said,
  diagnostics: string,
): OperationOutcomeIssue {
  const named = key === undefined ? [] : [{ system: profile, code: key }]
  return {
    severity,
    code: kind,
    details: { coding: [{ system: 'urn:xinglin:error', code }, ...named] },
    diagnostics,
    expression: [at],
  }
}

/** Whether anything found refuses the resource. */
export function isRefused({ issues }: Report): boolean {
  return issues.some(({ severity }) => severity === 'error')
}
