/** Writes an answer to the socket with the headers of http.html §3.1.0.1.4: ETag, Last-Modified, Location. */
import { parseWithDecimals, stringifyWithDecimals } from '@xinglin/fhir'
import { xmlOfJson } from '@xinglin/fhir/xml'
import type { Version } from '@xinglin/records'
import type { FastifyReply } from 'fastify'
import type { AnswerForm } from './negotiate.ts'
import type { FhirRequest } from './request.ts'

export type Answer = {
  readonly status: number
  /** JSON text. */
  readonly body?: string
  /** Gives ETag and Last-Modified. */
  readonly version?: Version
  /** Tell where the version lies (create, update). */
  readonly isLocated?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

export function send(reply: FastifyReply, request: FhirRequest, answer: Answer): FastifyReply {
  reply.code(answer.status)
  if (answer.headers) reply.headers(answer.headers)
  if (answer.version) versionHeaders(reply, answer.version)
  if (answer.version && answer.isLocated)
    reply.header('location', versionUrl(request.baseUrl, answer.version))
  if (answer.body === undefined) return reply.send()
  const form = isResource(answer.body) ? request.form : { ...request.form, ...anyJson }
  reply.header('content-type', form.contentType)
  return reply.send(inForm(answer.body, form))
}

/** What is no resource (GraphQL, the manifest of an export) has no XML form. */
const anyJson = { syntax: 'json', contentType: 'application/json; charset=utf-8' } as const

/** Every resource is written with its type first. */
function isResource(json: string): boolean {
  return json.startsWith('{"resourceType"')
}

/** A resource that stands as JSON text in the form that was asked for; plain JSON is not looked at. */
export function inForm(json: string, { syntax, isPretty }: AnswerForm): string {
  if (syntax === 'xml') return xmlOfJson(json, { isPretty })
  return isPretty ? prettyJson(json) : json
}

function versionHeaders(reply: FastifyReply, version: Version): void {
  reply.header('etag', etagOf(version))
  reply.header('last-modified', new Date(version.updated).toUTCString())
}

/** `W/"3"` (§3.1.0.1.4). */
export function etagOf(version: Pick<Version, 'version'>): string {
  return `W/"${version.version}"`
}

/** `https://host/fhir/R4/Patient/1/_history/3`. */
export function versionUrl(baseUrl: string, { type, id, version }: Version): string {
  return `${baseUrl}/${type}/${id}/_history/${version}`
}

function prettyJson(text: string): string {
  const value = parseWithDecimals(text) as object
  return stringifyWithDecimals(value, value, 2)
}
