/**
 * http.html §3.1.0.1.11 content negotiation: FHIR as JSON or as XML, as `_format` or Accept ask for it. JSON where both are
 * as welcome, because it goes to the socket as it is stored.
 */
import { mediaType, notAcceptable } from '@xinglin/fhir'
import type { Query } from '@xinglin/records'

export type Syntax = 'json' | 'xml'
export type AnswerForm = { readonly syntax: Syntax; readonly contentType: string; readonly isPretty: boolean }

/** The media types of FHIR (§3.1.0.1.9). */
export const contentTypes: Readonly<Record<Syntax, string>> = {
  json: 'application/fhir+json; charset=utf-8',
  xml: 'application/fhir+xml; charset=utf-8',
}

const mediaTypes: Readonly<Record<Syntax, readonly string[]>> = {
  json: ['application/fhir+json', 'application/json', 'text/json'],
  xml: ['application/fhir+xml', 'application/xml', 'text/xml'],
}
const syntaxes = ['json', 'xml'] as const

/** Media types that a body may have, besides those of patches and forms. */
export const bodyTypes = mediaTypes

/** The syntax of a FHIR body of that media type; undefined for any other. */
export function syntaxOf(type: string | undefined): Syntax | undefined {
  return syntaxes.find((syntax) => type !== undefined && mediaTypes[syntax].includes(type))
}

/** The media type of a Content-Type header without its parameters. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase()
}

/** How to answer; throws `notAcceptable` (406) where neither JSON nor XML is accepted. */
export function answerForm(accept: string | undefined, query: Query): AnswerForm {
  const isPretty = query.some(([name, value]) => name === '_pretty' && value === 'true')
  // A `+` that was not encoded arrives as a space.
  const format = query.find(([name]) => name === '_format')?.[1].replace(' ', '+')
  const isAsked = format !== undefined && format !== ''
  const syntax = isAsked ? named(format) : accept === undefined ? 'json' : best(accept)
  if (syntax) return { syntax, contentType: contentTypes[syntax], isPretty }
  throw refused(isAsked ? '_format' : 'accept')
}

/** JSON as it is stored: what needs no work. */
export const plainJson: AnswerForm = { syntax: 'json', contentType: contentTypes.json, isPretty: false }

/** `json`, `xml` or a media type. */
function named(format: string): Syntax | undefined {
  const { type, isOurs } = rangeOf(format)
  if (!isOurs) return undefined
  return syntaxes.find((syntax) => syntax === type) ?? syntaxOf(type)
}

/** The syntax that is welcome most (RFC 9110 §12.5.1). */
function best(accept: string): Syntax | undefined {
  const ranges = accept.split(',').map(rangeOf)
  const [first] = syntaxes
    .map((syntax) => ({ syntax, quality: qualityOf(ranges, syntax) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
  return first?.syntax
}

type Range = { readonly type: string; readonly quality: number; readonly isOurs: boolean }

/** `isOurs`: not of another version of FHIR. */
function rangeOf(written: string): Range {
  const [type = '', ...parameters] = written.split(';').map((part) => part.trim().toLowerCase())
  const parameterNamed = (name: string) =>
    parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1)
  const quality = Number(parameterNamed('q') ?? 1)
  return {
    type,
    quality: Number.isNaN(quality) ? 0 : quality,
    isOurs: isOurVersion(parameterNamed('fhirversion')),
  }
}

function isOurVersion(version: string | undefined): boolean {
  return version === undefined || version === '4.0'
}

/** A range that names the type says more than one with a star. */
function qualityOf(ranges: readonly Range[], syntax: Syntax): number {
  const ours = ranges.filter(({ isOurs }) => isOurs)
  const exact = ours.filter(({ type }) => mediaTypes[syntax].includes(type))
  const family = ours.filter(({ type }) => type === 'application/*')
  const any = ours.filter(({ type }) => type === '*/*')
  const told = [exact, family, any].find((list) => list.length > 0) ?? []
  return Math.max(0, ...told.map(({ quality }) => quality))
}

function refused(at: string) {
  return notAcceptable(
    'this door answers FHIR R4 as JSON or XML: ask for application/fhir+json or application/fhir+xml',
    { code: 'fhir-api.not-acceptable', at },
  )
}

/** Throws `mediaType` (415) for a body that says to be of another version of FHIR (§3.1.0.1.10). */
export function refuseOtherVersion(contentType: string | undefined): void {
  if (contentType === undefined || rangeOf(contentType).isOurs) return
  throw mediaType('this door takes FHIR R4: fhirVersion=4.0', {
    code: 'fhir-api.content-type',
    at: 'content-type',
  })
}

/** A body that is neither FHIR JSON nor FHIR XML (§3.1.0.1.9). */
export function notFhir(at = 'content-type') {
  return mediaType('this door takes application/fhir+json or application/fhir+xml', {
    code: 'fhir-api.content-type',
    at,
  })
}
