/** FHIR R4 §2.24.0.1 primitive types: the grammar of each JSON value, with real calendar dates and without control characters. */
import { daysIn } from '../search/dates.ts'
import { hasSpace, hasWide, textMarks } from './hot/text-marks.ts'
import { isWellFormed } from './narrative.ts'

export type PrimitiveCheck = (value: unknown) => boolean

/** §2.24.0.1: strings SHALL NOT exceed 1 MB; counted in UTF-16 units, which is never more. */
const longestString = 1_048_576
/** Embedded data (photos, documents) is larger than text; a request as a whole is limited by the door. */
const longestBase64 = 64 * 1_048_576

/** Text as FHIR allows it whose characters have only marks of `allowed`; `beyondAscii` judges the rest of a wide text. */
function isMarked(value: unknown, allowed: number, beyondAscii?: RegExp): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > longestString) return false
  const marks = textMarks(value)
  if ((marks & ~allowed & ~hasWide) !== 0) return false
  if ((marks & hasWide) === 0) return true
  return value.isWellFormed() && (beyondAscii === undefined || beyondAscii.test(value))
}

const isText: PrimitiveCheck = (value) => isMarked(value, hasSpace)
const withoutSpace = /^\S+$/
const singleSpaced = /^\S+(?: \S+)*$/
const isUri: PrimitiveCheck = (value) => isMarked(value, 0, withoutSpace)

/** Most codes are ASCII without any space, which the marks tell alone. */
function isCode(value: unknown): boolean {
  return isMarked(value, 0, withoutSpace) || (isMarked(value, hasSpace) && singleSpaced.test(String(value)))
}

function matches(pattern: RegExp): PrimitiveCheck {
  return (value) => typeof value === 'string' && value.length <= longestString && pattern.test(value)
}

const year = '(\\d{4})'
const month = '(0[1-9]|1[0-2])'
const day = '(0[1-9]|[12]\\d|3[01])'
const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d{1,9})?'
const offset = '(?:Z|[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00))'
const date = new RegExp(`^${year}(?:-${month}(?:-${day})?)?$`)
const dateTime = new RegExp(`^${year}(?:-${month}(?:-${day}(?:T${clock}${offset})?)?)?$`)
const instant = new RegExp(`^${year}-${month}-${day}T${clock}${offset}$`)

function isCalendar(pattern: RegExp): PrimitiveCheck {
  return (value) => {
    if (typeof value !== 'string' || value.length > 40) return false
    const match = pattern.exec(value)
    if (!match || match[1] === '0000') return false
    const days = Number(match[3] ?? 1)
    return days <= 28 || days <= daysIn(Number(match[1]), Number(match[2]) - 1)
  }
}

function isInteger(least: number): PrimitiveCheck {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 2_147_483_647
}

const base64 = /^\s*(?:[A-Za-z0-9+/]{4}\s*)*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\s*$/
const isXhtml: PrimitiveCheck = (value) => isText(value) && isWellFormed(String(value))

/** Every primitive type: whether a JSON value is one. */
export const primitives: Readonly<Record<string, PrimitiveCheck>> = {
  boolean: (value) => typeof value === 'boolean',
  string: isText,
  markdown: isText,
  code: isCode,
  id: matches(/^[A-Za-z0-9\-.]{1,64}$/),
  uri: isUri,
  url: isUri,
  canonical: isUri,
  oid: matches(/^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/),
  uuid: matches(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  decimal: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: isInteger(-2_147_483_648),
  unsignedInt: isInteger(0),
  positiveInt: isInteger(1),
  date: isCalendar(date),
  dateTime: isCalendar(dateTime),
  instant: isCalendar(instant),
  time: matches(new RegExp(`^${clock}$`)),
  base64Binary: (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= longestBase64 && base64.test(value),
  xhtml: isXhtml,
}

/** What each type looks like, for the sentence of an issue. */
export const primitiveForms: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  string: 'text of at least one character, at most 1 MB, without control characters',
  markdown: 'text of at least one character, at most 1 MB, without control characters',
  code: 'a code: text without leading, trailing or double spaces',
  id: 'an id: 1 to 64 of A-Z a-z 0-9 - .',
  uri: 'a uri: text without spaces',
  url: 'a url: text without spaces',
  canonical: 'a canonical: text without spaces',
  oid: 'an oid: urn:oid: and digits with dots',
  uuid: 'a uuid: urn:uuid: and a lower-case UUID',
  decimal: 'a number',
  integer: 'a whole number of 32 bits',
  unsignedInt: 'a whole number from 0 to 2147483647',
  positiveInt: 'a whole number from 1 to 2147483647',
  date: 'a date that exists: YYYY, YYYY-MM or YYYY-MM-DD',
  dateTime: 'a date that exists: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with offset',
  instant: 'an instant that exists: YYYY-MM-DDThh:mm:ss with offset',
  time: 'a time: hh:mm:ss',
  base64Binary: 'base64 text',
  xhtml: 'XHTML: one <div> with every element closed',
}
