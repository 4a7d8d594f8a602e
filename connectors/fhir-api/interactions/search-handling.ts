/** http.html §3.1.0.6.2 and search.html §3.1.1.2: with `Prefer: handling=lenient` parameters that are not known are left out, and said. */
import { OutcomeError, type ResourceType } from '@xinglin/fhir'
import { parseParameter, resultParameters } from '@xinglin/fhir/search'
import type { OwnParameterStatus, Query } from '@xinglin/records'

export type Understood = { readonly query: Query; readonly ignored: readonly string[] }

/** Failures that say that a parameter is not known here; a known one with a bad value stays an error. */
const unknown: ReadonlySet<string | undefined> = new Set([
  'search.unknown-parameter',
  'search.bad-modifier',
  'search.bad-chain',
  'search.bad-has',
])

/** The place of a next page, which the store's own links carry, and the instant of a look at the past. */
const ofStore: ReadonlySet<string> = new Set(['_page', '_asOf'])

/** What is known of a query, and the names of what is not; `own` are the institution's own parameters. */
export function knownOf(
  type: ResourceType,
  query: Query,
  own: readonly Pick<OwnParameterStatus, 'code' | 'types' | 'state'>[] = [],
): Understood {
  const isOwn = (name: string) =>
    own.some(
      ({ code, types, state }) => state !== 'refused' && types.includes(type) && code === name.split(':')[0],
    )
  const isKnown = ([name, value]: Query[number]) =>
    ofStore.has(name) ||
    isOwn(name) ||
    resultParameters.has(name.split(':')[0] ?? name) ||
    isParameter(type, name, value)
  const known = query.filter(isKnown)
  const ignored = query.filter((pair) => !known.includes(pair)).map(([name]) => name)
  return { query: known, ignored }
}

function isParameter(type: ResourceType, name: string, value: string): boolean {
  try {
    parseParameter(type, name, value, { timeZone: 'UTC', nowMs: 0 })
    return true
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return !unknown.has(error.outcome.issue[0]?.details?.coding?.[0]?.code)
  }
}

/** §3.1.1.2: the searchset's own entry (mode `outcome`) that names what was ignored. */
export function ignoredEntry(ignored: readonly string[]): string {
  const issue = ignored.map((name) => ({
    severity: 'warning',
    code: 'not-supported',
    details: { coding: [{ system: 'urn:xinglin:error', code: 'fhir-api.ignored-parameter' }] },
    diagnostics: `${name} is not known here and was left out`,
    expression: [name],
  }))
  return `{"resource":${JSON.stringify({ resourceType: 'OperationOutcome', issue })},"search":{"mode":"outcome"}}`
}
