/** Values of DICOM JSON as FHIR wants them (FHIR R4 ImagingStudy mappings, PS3.5 §6.2 DA, TM, PN). */
import type { JsonDataset, JsonPersonName, Tag } from '@xinglin/dicom'
import { displayName, parsePersonName, tagText } from '@xinglin/dicom'
import type { HumanName } from '@xinglin/fhir'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'

/** First value as text; undefined where there is none. */
export function word(attributes: JsonDataset, tag: Tag): string | undefined {
  const value = attributes[tagText(tag)]?.Value?.[0]
  return typeof value === 'string' || typeof value === 'number'
    ? String(value).trim() || undefined
    : undefined
}

/** First value as a whole number. */
export function wholeNumber(attributes: JsonDataset, tag: Tag): number | undefined {
  const value = Number(word(attributes, tag) ?? Number.NaN)
  return Number.isInteger(value) ? value : undefined
}

/** The three groups of a person name as DICOM writes them: `Wang^XiaoDong=王^小东=`. */
export function nameText(attributes: JsonDataset, tag: Tag): string | undefined {
  const value = attributes[tagText(tag)]?.Value?.[0]
  if (typeof value !== 'object' || value === null) return undefined
  const name = value as JsonPersonName
  return (
    [name.Alphabetic ?? '', name.Ideographic ?? '', name.Phonetic ?? ''].join('=').replace(/=+$/, '') ||
    undefined
  )
}

/** FHIR names: the ideographic group as the official one, the alphabetic one as it stands. */
export function humanNames(name: string): readonly HumanName[] {
  const { alphabetic, ideographic } = parsePersonName(name)
  return [ideographic, alphabetic].flatMap((group, index) =>
    group
      ? [
          {
            use: index === 0 || !ideographic ? ('official' as const) : ('usual' as const),
            text: displayName({ alphabetic: group }),
            ...(group.family && { family: group.family }),
            ...(group.given && { given: [group.given, group.middle].filter((part) => part !== '') }),
          },
        ]
      : [],
  )
}

/** `2026-11-22` of `20261122`; undefined for anything else that devices write. */
export function dateOf(text: string | undefined): string | undefined {
  const match = /^(\d{4})[.-]?(\d\d)[.-]?(\d\d)$/.exec(text ?? '')
  const date = match && `${match[1]}-${match[2]}-${match[3]}`
  return date && !Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date)
    ? date
    : undefined
}

/** A moment of DA and TM in the zone of (0008,0201), else of the hospital; the date alone where the time is unusable. */
export function momentOf(
  date: string | undefined,
  time: string | undefined,
  zone: { readonly offset: string | undefined; readonly timeZone: string },
): Instant | string | undefined {
  const day = dateOf(date)
  const match = /^(\d\d):?(\d\d)?:?(\d\d)?/.exec(time ?? '')
  if (!day || !match) return day
  const clock = `${match[1]}:${match[2] ?? '00'}:${match[3] === '60' ? '59' : (match[3] ?? '00')}`
  const given = /^([+-]\d\d)(\d\d)$/.exec(zone.offset ?? '')
  const offset = given ? `${given[1]}:${given[2]}` : offsetAt(`${day}T${clock}Z`, zone.timeZone)
  const moment = `${day}T${clock}${offset}`
  return Number.isNaN(epochMs(moment)) ? day : moment
}

function offsetAt(utc: string, timeZone: string): string {
  const ms = epochMs(utc)
  return Number.isNaN(ms) ? 'Z' : instantOf(ms, timeZone).slice(23)
}
