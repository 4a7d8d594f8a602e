/** One HTTP request as the interactions see it: who, where, which conditions, and how the answer is wanted. */
import type { Actor } from '@xinglin/identity'
import type { Query } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyRequest } from 'fastify'
import { type AnswerForm, answerForm, mediaTypeOf } from './negotiate.ts'
import { handlingOf, isAsyncPreferred, type Preference, preferenceOf } from './prefer.ts'

export type FhirRequest = {
  readonly actor: Actor
  /** `https://host/fhir/R4`, for links and locations. */
  readonly baseUrl: string
  readonly method: string
  /** Path below the base without leading slash: `Patient/1`. */
  readonly path: string
  /** Parameters in order, those of the door itself (`_format`, `_pretty`) taken away. */
  readonly query: Query
  readonly conditions: Conditions
  readonly prefer: Preference | undefined
  /** Whether a search with unknown parameters is refused or answered without them. */
  readonly handling: 'strict' | 'lenient'
  /** `Prefer: respond-async` (async.html §3.1.0.1): the answer may come later, at another address. */
  readonly isAsync: boolean
  readonly form: AnswerForm
  /** Whether parameters came in a form as well (§3.1.1.2.1). */
  readonly hasForm: boolean
  /** Accept-Language as it was sent (§3.1.0.1.12). */
  readonly language?: string
}

/** Conditions of http.html §3.1.0.5 and §3.1.0.8.1, as they were written. */
export type Conditions = {
  readonly ifMatch?: string
  readonly ifNoneMatch?: string
  readonly ifModifiedSince?: string
  readonly ifNoneExist?: string
}

/** Reads a request; throws `unauthenticated` without an actor and `notAcceptable` for a form that is neither JSON nor XML. */
export function readRequest(
  request: FastifyRequest,
  ownBaseUrl: string | undefined,
  prefix: string,
): FhirRequest {
  const cut = request.url.indexOf('?')
  const path = cut < 0 ? request.url : request.url.slice(0, cut)
  const form = formOf(request)
  const all = [...(cut < 0 ? [] : queryOf(request.url.slice(cut + 1))), ...(form ?? [])]
  return {
    actor: requireActor(request),
    baseUrl: ownBaseUrl ?? `${request.protocol}://${request.host}${prefix}`,
    method: request.method,
    path: path.slice(prefix.length).replace(/^\/|\/$/g, ''),
    query: all.filter(([name]) => !ofDoor.has(name)),
    conditions: conditionsOf(request),
    prefer: preferenceOf(header(request, 'prefer')),
    handling: handlingOf(header(request, 'prefer')),
    isAsync: isAsyncPreferred(header(request, 'prefer')),
    form: answerForm(header(request, 'accept'), all),
    hasForm: form !== undefined,
    language: header(request, 'accept-language'),
  }
}

/** The pairs of an urlencoded body, which the door's parser left. */
function formOf({ headers, body }: FastifyRequest): Query | undefined {
  const isForm = mediaTypeOf(headers['content-type']) === 'application/x-www-form-urlencoded'
  return isForm && Array.isArray(body) ? (body as Query) : undefined
}

const ofDoor = new Set(['_format', '_pretty'])

/** Name and value pairs of a query string, in order. */
export function queryOf(text: string): Query {
  return text === '' ? [] : [...new URLSearchParams(text)]
}

/** The query string of pairs, encoded. */
export function queryText(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of query) parameters.append(name, value)
  return parameters.toString()
}

function conditionsOf(request: FastifyRequest): Conditions {
  return {
    ifMatch: header(request, 'if-match'),
    ifNoneMatch: header(request, 'if-none-match'),
    ifModifiedSince: header(request, 'if-modified-since'),
    ifNoneExist: header(request, 'if-none-exist'),
  }
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
