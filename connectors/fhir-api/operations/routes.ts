/** Addresses of operations (operations.html §3.2.0.1): `[base]/$name`, `[type]/$name`, `[type]/[id]/$name`. */
import type { Kernel } from '@xinglin/app'
import { invalid, notAllowed, notFound } from '@xinglin/fhir'
import type { PatientMatcher } from '@xinglin/master-index/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Answer, send } from '../http/answer.ts'
import { notFhir } from '../http/negotiate.ts'
import type { FhirRequest } from '../http/request.ts'
import type { Trace } from '../writing/journalled.ts'
import { knownId, knownType } from '../writing/operation.ts'
import type { Operation, OperationLevel } from './operation.ts'
import { operations, operationsOf } from './operations.ts'
import { readParameters } from './parameters.ts'

/** What the door gives to its parts. */
export type OperationDoor = {
  readonly importOrigins: readonly string[]
  readonly matcher?: PatientMatcher
  requestOf(request: FastifyRequest): FhirRequest
  traceOf(request: FastifyRequest, asked: FhirRequest): Trace
}

type Params = { readonly type?: string; readonly id?: string; readonly operation: string }

const addresses = [
  ['system', '/:operation(^\\$.*$)'],
  ['type', '/:type/:operation(^\\$.*$)'],
  ['instance', '/:type/:id/:operation(^\\$.*$)'],
] as const

/** Registers every operation of the table; HEAD answers like GET. */
export function registerOperations(http: FastifyInstance, kernel: Kernel, door: OperationDoor): void {
  for (const [level, url] of addresses) {
    http.route({
      method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      url,
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const asked = door.requestOf(request)
        const params = request.params as Params
        const operation = operationAt(level, params)
        refuseMethod(operation, request.method, reply)
        if (request.body !== undefined && request.rawBody === undefined) throw notFhir()
        return send(reply, asked, await call(operation, { kernel, door, level, params, asked, request }))
      },
    })
  }
}

/** True for a POST that only reads: it is not journalled. `path` lies below the door, without query. */
export function isReadingOperation(path: string): boolean {
  const name = /(?:^|\/)\$([\w-]+)$/.exec(path)?.[1]
  return name !== undefined && !operations.some((each) => each.name === name && each.isWriting)
}

type Called = {
  readonly kernel: Kernel
  readonly door: OperationDoor
  readonly level: OperationLevel
  readonly params: Params
  readonly asked: FhirRequest
  readonly request: FastifyRequest
}

function call(
  operation: Operation,
  { kernel, door, level, params, asked, request }: Called,
): Promise<Answer> {
  return operation.answer({
    kernel,
    records: kernel.identity.recordsFor(asked.actor),
    request: asked,
    level,
    ...(params.type === undefined ? {} : { type: knownType(params.type) }),
    ...(params.id === undefined ? {} : { id: knownId(params.id) }),
    // A resource may be sent as it is where an operation takes one (§3.2.0.2): then there are no other parameters.
    parameters: readParameters(
      asked.query,
      operation.takesResource ? parametersIn(request.body) : request.body,
    ),
    body: request.body,
    trace: door.traceOf(request, asked),
    importOrigins: door.importOrigins,
    ...(door.matcher ? { matcher: door.matcher } : {}),
  })
}

function parametersIn(body: unknown): unknown {
  const isParameters =
    typeof body === 'object' && body !== null && 'resourceType' in body && body.resourceType === 'Parameters'
  return isParameters ? body : undefined
}

function operationAt(level: OperationLevel, { type, operation }: Params): Operation {
  const name = operation.slice(1)
  const found = operationsOf(level, type === undefined ? undefined : knownType(type)).find(
    (each) => each.name === name,
  )
  if (found) return found
  const named = operations.filter((each) => each.name === name)
  if (named.length === 0) {
    throw notFound('this door has no such operation; the CapabilityStatement lists those it has', {
      code: 'fhir-api.unknown-operation',
    })
  }
  throw invalid(`$${name} cannot be called here; it is called on ${named.map(placesOf).join(', ')}`, {
    code: 'fhir-api.operation-place',
  })
}

function placesOf({ name, levels, types }: Operation): string {
  const of = types?.join(' or ') ?? '[type]'
  const places = { system: `[base]/$${name}`, type: `${of}/$${name}`, instance: `${of}/[id]/$${name}` }
  return levels.map((level) => places[level]).join(', ')
}

function refuseMethod({ name, isWriting }: Operation, method: string, reply: FastifyReply): void {
  if (method === 'POST' || (!isWriting && (method === 'GET' || method === 'HEAD'))) return
  const allowed = isWriting ? 'POST' : 'GET, HEAD, POST'
  reply.header('allow', allowed)
  throw notAllowed(`${method} cannot be used for $${name}; use ${allowed}`, { code: 'fhir-api.method' })
}
