/** http.html §3.1.0.5 conditional read and §3.1.0.1.4 version conditions. */
import { invalid } from '@xinglin/fhir'
import type { Version } from '@xinglin/records'
import { etagOf } from './answer.ts'
import type { Conditions } from './request.ts'

/** The version that `If-Match` names; undefined where it is absent or `*`. */
export function matchVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch)?.[1] ?? /^(\d{1,9})$/.exec(ifMatch)?.[1]
  if (version !== undefined) return Number(version)
  throw invalid('If-Match must be a version as an ETag, for example W/"3"', {
    code: 'fhir-api.if-match',
    at: 'if-match',
  })
}

/** Whether the client has this version already, so that 304 says it all. */
export function isUnchanged(version: Version, { ifNoneMatch, ifModifiedSince }: Conditions): boolean {
  if (ifNoneMatch !== undefined) return ifNoneMatch.split(',').some((tag) => isTagOf(version, tag.trim()))
  if (ifModifiedSince === undefined) return false
  const sinceMs = Date.parse(ifModifiedSince)
  // HTTP dates have whole seconds.
  return !Number.isNaN(sinceMs) && Math.floor(Date.parse(version.updated) / 1000) * 1000 <= sinceMs
}

/** RFC 9110 §8.8.3.2 weak comparison; `*` is any version. */
function isTagOf(version: Version, tag: string): boolean {
  return tag === '*' || tag.replace(/^W\//, '') === etagOf(version).slice(2)
}
