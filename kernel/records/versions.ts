/** Rows of `records.current` and `records.history` as the versions that others see. */
import { epochMs, gone, type Instant, instantOf, parseWithDecimals, type ResourceType } from '@xinglin/fhir'
import type { ParseVersion, Version } from './records.ts'

/** The columns that make a version. */
export type VersionRow = {
  readonly type: ResourceType
  readonly id: string
  readonly version: number
  readonly updated: string
  readonly deleted: boolean
  readonly content: string
}

/** One stored version; `timeZone` (IANA) is the zone of `updated`. */
export function versionOf(row: VersionRow, timeZone: string): Version {
  return {
    type: row.type,
    id: row.id,
    version: row.version,
    updated: instantIn(timeZone, row.updated),
    interaction: interactionOf(row),
    json: row.content,
  }
}

function interactionOf({ deleted, version }: VersionRow): Version['interaction'] {
  if (deleted) return 'delete'
  return version === 1 ? 'create' : 'update'
}

function instantIn(timeZone: string, updated: string): Instant {
  return instantOf(epochMs(updated), timeZone)
}

/** The resource of a version; throws `gone` for a deletion. */
export const parseVersion: ParseVersion = (version, type) => {
  if (version.interaction === 'delete') {
    throw gone(`${version.type}/${version.id} was deleted in version ${version.version}`, {
      code: 'records.gone',
    })
  }
  return parseWithDecimals(version.json) as ReturnType<typeof parseVersion<typeof type>>
}
