/** http.html §3.1.0.1.11 content negotiation: this door speaks JSON only, as `_format` or Accept ask for it. */
import { mediaType, notAcceptable } from '@xinglin/fhir'
import type { Query } from '@xinglin/records'

export type AnswerForm = { readonly contentType: string; readonly isPretty: boolean }

/** The media type of FHIR JSON (§3.1.0.1.9). */
export const fhirJson = 'application/fhir+json; charset=utf-8'

const jsonForms = new Set(['json', 'application/json', 'application/fhir+json', 'text/json'])

/** Whether a body of that media type is read as FHIR JSON (§3.1.0.1.9). */
export function isFhirType(type: string | undefined): boolean {
  return type !== undefined && jsonForms.has(type)
}

/** How to answer; throws `notAcceptable` (406) where no JSON is accepted. */
export function answerForm(accept: string | undefined, query: Query): AnswerForm {
  const isPretty = query.some(([name, value]) => name === '_pretty' && value === 'true')
  // A `+` that was not encoded arrives as a space.
  const format = query
    .find(([name]) => name === '_format')?.[1]
    .replace(' ', '+')
    .split(';')[0]
    ?.trim()
  if (format !== undefined && format !== '') {
    if (jsonForms.has(format)) return { contentType: fhirJson, isPretty }
    throw refused('_format')
  }
  if (accept === undefined || accept.split(',').some(isJsonRange)) return { contentType: fhirJson, isPretty }
  throw refused('accept')
}

function isJsonRange(range: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return false
  if (
    parameters.some((parameter) => /^fhirversion=/.test(parameter) && !/^fhirversion=4\.0$/.test(parameter))
  )
    return false
  return type === '*/*' || type === 'application/*' || jsonForms.has(type)
}

function refused(at: string) {
  return notAcceptable('this door answers FHIR R4 as JSON only: ask for application/fhir+json', {
    code: 'fhir-api.not-acceptable',
    at,
  })
}

/** A body that is not FHIR JSON (§3.1.0.1.9). */
export function notJson(at = 'content-type') {
  return mediaType('this door takes application/fhir+json or application/json', {
    code: 'fhir-api.content-type',
    at,
  })
}
