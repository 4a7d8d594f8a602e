/** PS3.18 §8.3.4 and §10.6.1: the parameters of a search as matching keys, paging and what was not understood. */
import { type Tag, tagOf, tags } from '@xinglin/dicom'
import { invalid } from '@xinglin/fhir'

export type SearchQuery = {
  /** Values by attribute; several values of one UID are a list. */
  readonly matches: ReadonlyMap<Tag, string>
  readonly limit: number
  readonly offset: number
  /** Names of parameters that are not matched on, for the Warning header. */
  readonly ignored: readonly string[]
}

/** A page without `limit`; Orthanc and dcm4chee use the same order of size. */
const defaultLimit = 500
const maxLimit = 5_000

/** Attributes that a search can match. */
export const matchable: ReadonlySet<Tag> = new Set([
  tags.StudyInstanceUID,
  tags.StudyDate,
  tags.AccessionNumber,
  tags.PatientID,
  tags.PatientName,
  tags.PatientBirthDate,
  tags.PatientSex,
  tags.StudyID,
  tags.StudyDescription,
  tags.ReferringPhysicianName,
  tags.ModalitiesInStudy,
  tags.Modality,
  tags.SeriesInstanceUID,
  tags.SeriesNumber,
  tags.SeriesDescription,
  tags.BodyPartExamined,
  tags.SOPInstanceUID,
  tags.SOPClassUID,
  tags.InstanceNumber,
])
const notKeys = new Set(['limit', 'offset', 'includefield', 'fuzzymatching', 'accept', 'charset'])

/** The query of a URL. Throws `invalid` for a limit, offset or date that is none. */
export function parseSearch(
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): SearchQuery {
  const matches = new Map<Tag, string>()
  const ignored: string[] = []
  for (const [name, given] of Object.entries(parameters)) {
    if (notKeys.has(name.toLowerCase()) || given === undefined) continue
    const tag = tagOf(name)
    const value = [given].flat().join('\\')
    if (tag !== undefined && matchable.has(tag)) {
      if (value !== '') matches.set(tag, value)
    } else ignored.push(name)
  }
  return {
    matches,
    limit: Math.min(wholeNumber(parameters.limit, 'limit') ?? defaultLimit, maxLimit),
    offset: wholeNumber(parameters.offset, 'offset') ?? 0,
    ignored,
  }
}

function wholeNumber(given: string | readonly string[] | undefined, name: string): number | undefined {
  if (given === undefined) return undefined
  if (typeof given === 'string' && /^\d{1,9}$/.test(given)) return Number(given)
  throw invalid(`${name} is no whole number`, { code: 'dicom-web.paging', at: name })
}
