/** What one process does: `--roles web,worker,listener`; several processes on one database share the work. */

import { invalid } from '@xinglin/fhir'

const roles = ['web', 'worker', 'listener'] as const
/** web: pages, FHIR, DICOMweb and the apps' routes; worker: reactions and jobs; listener: HL7 v2 and DICOM. */
export type Role = (typeof roles)[number]

/** The roles after `--roles`; all where it is absent. Throws `invalid` (`config.roles`) for an unknown one. */
export function parseRoles(args: readonly string[]): readonly Role[] {
  const at = args.indexOf('--roles')
  if (at < 0) return roles
  const words = (args[at + 1] ?? '').split(',')
  const wrong = words.find((word) => !roles.some((role) => role === word))
  if (wrong !== undefined)
    throw invalid(`--roles has '${wrong}'; allowed: ${roles.join(', ')}, with commas between`, {
      code: 'config.roles',
    })
  return roles.filter((role) => words.includes(role))
}
