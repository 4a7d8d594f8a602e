/** Scopes of machine clients: SMART `system/Observation.rs` (version 1 and 2 words) and `xinglin/<permission>` for what is no resource. */
import { invalid } from '@xinglin/fhir'
import { compileRights, isPermissionRight, isRecordRight, type Rights } from './rights.ts'

const recordPrefix = 'system/'
const permissionPrefix = 'xinglin/'

/** The scopes of a space-separated list (RFC 6749 §3.3). */
export function splitScopes(scope: string): readonly string[] {
  return [...new Set(scope.split(/\s+/).filter((word) => word !== ''))]
}

/** What scopes allow; one that is not understood allows nothing. */
export function rightsOfScopes(scopes: readonly string[]): Rights {
  const after = (prefix: string) =>
    scopes.filter((scope) => scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length))
  return compileRights(after(recordPrefix), after(permissionPrefix).filter(isPermissionRight))
}

/** Throws `invalid` (`identity.scope`, at `scopes`) naming the first scope that is not understood. */
export function refuseUnknownScopes(scopes: readonly string[]): void {
  const unknown = scopes.find((scope) => !isScope(scope))
  if (unknown === undefined) return
  throw invalid(
    `the scope ${unknown.slice(0, 80)} is not understood: system/<type or *>.<cruds, read, write or *> or xinglin/<permission> is`,
    { code: 'identity.scope', at: 'scopes' },
  )
}

function isScope(scope: string): boolean {
  if (scope.startsWith(recordPrefix)) return isRecordRight(scope.slice(recordPrefix.length))
  return scope.startsWith(permissionPrefix) && isPermissionRight(scope.slice(permissionPrefix.length))
}
