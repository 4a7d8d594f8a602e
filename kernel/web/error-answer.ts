/** The last edge: whatever was thrown becomes an OperationOutcome (FHIR R4 §2.28), with nothing of our inside in it. */

import { busy, fault, invalid, notFound, OutcomeError, tooLarge, unsupported } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { languageOf, spoken } from './refusals/speak.ts'

/** Content type of every error answer. */
export const outcomeType = 'application/fhir+json; charset=utf-8'

export type ErrorAnswerOptions = {
  readonly runtime: Runtime
  /** Sends the page for an unknown address that is a screen; undefined where it is none. */
  readonly screen?: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined
}

/** Answers errors and unknown paths of `http` with OperationOutcomes; unexpected ones are logged under a new id. */
export function answerErrors(http: FastifyInstance, { runtime, screen }: ErrorAnswerOptions): void {
  http.setErrorHandler((error, request, reply) => sendError(error, { request, reply, runtime }))
  http.setNotFoundHandler((request, reply) => {
    const page = screen?.(request, reply)
    return page ?? sendError(unknownPath(request), { request, reply, runtime })
  })
}

function unknownPath(request: FastifyRequest): OutcomeError {
  return notFound(`there is no ${request.method} at this address`, { code: 'web.not-found' })
}

type Edge = { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly runtime: Runtime }

/** Answers one error. */
export function sendError(error: unknown, { request, reply, runtime }: Edge): FastifyReply {
  const { answer, status } = answerOf(error)
  const failure = answer ?? logged(error, request, runtime)
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="xinglin"')
  const language = languageOf(request.headers['accept-language'])
  if (language) reply.header('content-language', language)
  const outcome = JSON.stringify(spoken(failure.outcome, language, failure.values))
  const { type, text } = request.writeOutcome?.(outcome) ?? { type: outcomeType, text: outcome }
  return reply
    .code(answer ? status : failure.status)
    .type(type)
    .send(text)
}

function answerOf(error: unknown): { answer?: OutcomeError; status: number } {
  if (error instanceof OutcomeError)
    return error.failure === 'fault' ? { status: error.status } : { answer: error, status: error.status }
  const status = statusOf(error)
  return { answer: refusalOf(error, status), status }
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500
  return typeof error.statusCode === 'number' ? error.statusCode : 500
}

/** Refusals that the HTTP framework makes itself, in our words. */
function refusalOf(error: unknown, status: number): OutcomeError | undefined {
  if (status === 413)
    return tooLarge('the body is larger than this address takes', { code: 'web.body-too-large' })
  if (status === 415)
    return unsupported('this content type is not taken here', {
      code: 'web.content-type',
      at: 'content-type',
    })
  if (status === 408 || status === 503)
    return busy('the request took too long and was given up', { code: 'web.timeout', cause: error })
  if (status === 404) return notFound('there is nothing at this address', { code: 'web.not-found' })
  if (status >= 400 && status < 500)
    return invalid('the request is malformed', { code: 'web.malformed', cause: error })
  return undefined
}

function logged(error: unknown, request: FastifyRequest, runtime: Runtime): OutcomeError {
  const id = runtime.newId()
  runtime.log.error('request failed unexpectedly', {
    id,
    method: request.method,
    route: request.routeOptions.url,
    ...describe(error),
  })
  if (error instanceof OutcomeError) return error
  return fault(`something failed inside; the log has it under ${id}`, {
    code: 'web.unexpected',
    values: { log: id },
  })
}

/** An error's kind and place without its message where that may quote content (database details, parsers). */
function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: typeof error }
  const isOurs = error instanceof OutcomeError || error instanceof TypeError || error instanceof RangeError
  return {
    error: error.name,
    code: 'code' in error ? error.code : undefined,
    ...(isOurs ? { message: error.message } : {}),
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  }
}
