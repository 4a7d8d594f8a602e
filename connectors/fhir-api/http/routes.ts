/** The table of addresses below `/fhir/R4` (http.html §3.1.0.2 summary) and what each method does there. */
import type { Kernel } from '@xinglin/app'
import { mediaType, notAllowed, notFound, OutcomeError } from '@xinglin/fhir'
import { readPatch as readFhirPathPatch } from '@xinglin/fhir/patch'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readAuditEvent, searchAuditEvents } from '../audit-events/search-audit-events.ts'
import { bulkRoutes } from '../bulk/routes.ts'
import { batch } from '../bundles/batch.ts'
import { readBundle } from '../bundles/entries.ts'
import { transaction } from '../bundles/transaction.ts'
import { type FhirApiOptions, fhirPath } from '../fhir-api.ts'
import { capabilityStatement } from '../interactions/capabilities.ts'
import { searchCompartment } from '../interactions/compartment.ts'
import { history } from '../interactions/history.ts'
import { read, readVersion } from '../interactions/read.ts'
import { search } from '../interactions/search.ts'
import { searchSystem } from '../interactions/search-system.ts'
import { terminologyCapabilities } from '../interactions/terminology-capabilities.ts'
import { write } from '../interactions/write.ts'
import { isReadingOperation, registerOperations } from '../operations/routes.ts'
import { readPatch as readJsonPatch } from '../patch/json-patch.ts'
import { jsonPatchType } from '../patch/patch.ts'
import { journalBytes } from '../subscriptions/journal-bytes.ts'
import { createGroup } from '../writing/group.ts'
import { senderOf, type Trace, traceOf } from '../writing/journalled.ts'
import { knownId, knownType } from '../writing/operation.ts'
import { type Answer, inForm, send } from './answer.ts'
import { takeBodies } from './bodies.ts'
import { type AnswerForm, answerForm, mediaTypeOf, notFhir, plainJson, syntaxOf } from './negotiate.ts'
import { openToPatients } from './patients-realm.ts'
import { type FhirRequest, queryOf, readRequest } from './request.ts'

type Params = {
  readonly type: string
  readonly id: string
  readonly version: string
  /** A resource type or `*`. */
  readonly member: string
}
type Looked = (request: FhirRequest, params: Params, body: unknown) => Promise<Answer>
type Changed = (request: FhirRequest, body: unknown, trace: Trace) => Promise<Answer>

/** Registers every interaction on an encapsulated part of the web server. */
export function routes(http: FastifyInstance, kernel: Kernel, options: FhirApiOptions): void {
  const door = doorOf(kernel, options)
  const writing = { kernel, group: createGroup(kernel) }
  const recordsFor = ({ actor }: FhirRequest) => kernel.identity.recordsFor(actor)
  openToPatients(http)
  takeBodies(http)
  http.addHook('onRequest', async (request) => {
    request.writeOutcome = outcomeWriter(request)
  })
  http.setErrorHandler(door.refuse)

  http.get('/metadata', metadata(kernel, options))
  http.get(
    '/',
    door.looks((request) => searchSystem(recordsFor(request), request)),
  )
  http.post(
    '/_search',
    door.looks((request, _, body) => searchSystem(recordsFor(request), withoutOtherBody(request, body))),
  )
  http.get(
    '/_history',
    door.looks((request) => history(recordsFor(request), {}, request)),
  )
  http.get(
    '/AuditEvent',
    door.looks((request) => searchAuditEvents(kernel.identity, request, kernel.runtime)),
  )
  http.post(
    '/AuditEvent/_search',
    door.looks((request, _, body) =>
      searchAuditEvents(kernel.identity, withoutOtherBody(request, body), kernel.runtime),
    ),
  )
  http.get(
    '/AuditEvent/:id',
    door.looks(({ actor }, { id }) => readAuditEvent(kernel.identity, actor, id)),
  )
  http.get(
    '/:type',
    door.looks((request, { type }) => search(recordsFor(request), knownType(type), request)),
  )
  http.post(
    '/:type/_search',
    door.looks((request, { type }, body) =>
      search(recordsFor(request), knownType(type), withoutOtherBody(request, body)),
    ),
  )
  http.get(
    '/:type/_history',
    door.looks((request, { type }) => history(recordsFor(request), { type: knownType(type) }, request)),
  )
  http.get(
    '/:type/:id',
    door.looks((request, params) => read(recordsFor(request), params, request)),
  )
  http.get(
    '/:type/:id/_history',
    door.looks((request, { type, id }) =>
      history(recordsFor(request), { type: knownType(type), id: knownId(id) }, request),
    ),
  )
  http.get(
    '/:type/:id/_history/:version',
    door.looks((request, { type, id, version }) =>
      readVersion(recordsFor(request), { type, id, versionId: version }, request),
    ),
  )
  http.get(
    '/:type/:id/:member',
    door.looks((request, { type, id, member }) =>
      searchCompartment(recordsFor(request), { type, id, member }, request),
    ),
  )
  http.post(
    '/:type/:id/:member/_search',
    door.looks((request, { type, id, member }, body) =>
      searchCompartment(recordsFor(request), { type, id, member }, withoutOtherBody(request, body)),
    ),
  )

  const single = door.changes((request, body, trace) => write(writing, request, body, trace))
  http.post('/:type', single)
  for (const url of ['/:type', '/:type/:id']) {
    http.route({ method: ['PUT', 'DELETE'], url, handler: single })
    http.patch(url, { preParsing: demandPatchType, preHandler: demandPatchForm }, single)
  }
  http.post(
    '/',
    door.changes((request, body, trace) => bundle(kernel, request, body, trace)),
  )
  registerOperations(http, kernel, door)
  bulkRoutes(http, kernel, ({ protocol, host }) => options.baseUrl ?? `${protocol}://${host}${fhirPath}`)
  refuseOtherMethods(http)
}

/** A Bundle at the base address: batch or transaction. */
export function bundle(kernel: Kernel, request: FhirRequest, body: unknown, trace: Trace): Promise<Answer> {
  const asked = readBundle(body, request.baseUrl)
  const act = asked.type === 'batch' ? batch : transaction
  return act(kernel, request, asked.entries, trace)
}

function doorOf(kernel: Kernel, options: FhirApiOptions) {
  const requestOf = (request: FastifyRequest) => readRequest(request, options.baseUrl, fhirPath)
  return {
    importOrigins: options.importOrigins ?? [],
    ...(options.matcher ? { matcher: options.matcher } : {}),
    requestOf,
    traceOf: (request: FastifyRequest, { actor }: FhirRequest) =>
      traceOf(kernel, arrivalOf(kernel, request, actor)),
    looks: (look: Looked) => async (request: FastifyRequest, reply: FastifyReply) => {
      const asked = requestOf(request)
      return send(reply, asked, await look(asked, request.params as Params, request.body))
    },
    changes: (change: Changed) => async (request: FastifyRequest, reply: FastifyReply) => {
      const asked = requestOf(request)
      // Only FHIR leaves its bytes; a form was parsed for the sake of _search.
      if (request.body !== undefined && request.rawBody === undefined) throw notFhir()
      return send(
        reply,
        asked,
        await change(asked, request.body, traceOf(kernel, arrivalOf(kernel, request, asked.actor))),
      )
    },
    /** A refused write is journalled alone, then answered by the web server's own edge. */
    refuse: async (error: unknown, request: FastifyRequest) => {
      const refused = refusalOf(error)
      if (refused && request.actor && isWrite(request)) {
        await traceOf(kernel, arrivalOf(kernel, request, request.actor)).refused(refused)
      }
      throw refused ?? error
    },
  }
}

/** Refusals come in the form asked for; one that cannot be had is itself refused as JSON. */
function outcomeWriter(request: FastifyRequest): FastifyRequest['writeOutcome'] {
  return (outcome) => {
    const form = formOf(request)
    return { type: form.contentType, text: inForm(outcome, form) }
  }
}

function formOf({ headers, url }: FastifyRequest): AnswerForm {
  const cut = url.indexOf('?')
  try {
    return answerForm(headers.accept, cut < 0 ? [] : queryOf(url.slice(cut + 1)))
  } catch (error) {
    if (error instanceof OutcomeError) return plainJson
    throw error
  }
}

function isWrite(request: FastifyRequest): boolean {
  const { method, url } = request
  if (method === 'PUT' || method === 'PATCH' || method === 'DELETE') return true
  return method === 'POST' && !/\/_search(?:\?|$)/.test(url) && !isReadingOperation(pathOf(url))
}

/** Failures that the HTTP framework makes before a route runs, in the words of the door. */
function refusalOf(error: unknown): OutcomeError | undefined {
  if (error instanceof OutcomeError) return error.failure === 'fault' ? undefined : error
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
  return status === 415 ? notFhir() : undefined
}

/** Below the door, without query. */
function pathOf(url: string): string {
  return url.slice(fhirPath.length + 1).split('?')[0] ?? ''
}

function arrivalOf(kernel: Kernel, request: FastifyRequest, actor: FhirRequest['actor']) {
  const path = pathOf(request.url)
  const requestId = request.headers['x-request-id']
  return {
    tenant: actor.tenant,
    door: 'fhir' as const,
    sender: senderOf(actor),
    subject: `${request.method} ${path === '' ? 'Bundle' : path}`,
    controlId: typeof requestId === 'string' ? requestId.slice(0, longestControlId) : kernel.runtime.newId(),
    raw: journalBytes({
      raw: request.rawBody ?? new Uint8Array(),
      body: request.body,
      method: request.method,
      path,
    }),
    charset: 'UTF-8',
  }
}

/** A request id of a client is kept for tracing, not as a place for data. */
const longestControlId = 100

/** http.html §3.1.0.8: a JSON Patch says so; FHIRPath Patch comes as any other resource. */
async function demandPatchType({ headers }: FastifyRequest): Promise<void> {
  const type = mediaTypeOf(headers['content-type'])
  if (type === jsonPatchType || syntaxOf(type) !== undefined) return
  throw mediaType(`a patch is sent as ${jsonPatchType}, or as FHIR with Parameters`, {
    code: 'fhir-api.content-type',
    at: 'content-type',
  })
}

/** A list under the type of FHIR, or Parameters under that of JSON Patch, is a mistake of one or the other. */
async function demandPatchForm({ headers, body }: FastifyRequest): Promise<void> {
  const isJsonPatch = mediaTypeOf(headers['content-type']) === jsonPatchType
  if (isJsonPatch) readJsonPatch(body)
  else if (Array.isArray(body)) readFhirPathPatch(body)
}

/** §3.1.1.2.1: parameters of `_search` may stand in the body; `readRequest` has taken them. */
function withoutOtherBody(request: FhirRequest, body: unknown): FhirRequest {
  if (body === undefined || request.hasForm) return request
  throw mediaType('a search by POST has its parameters as application/x-www-form-urlencoded', {
    code: 'fhir-api.content-type',
    at: 'content-type',
  })
}

function metadata(kernel: Kernel, options: FhirApiOptions) {
  const startedAt = kernel.runtime.now()
  const texts = new Map<string, string>()
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const cut = request.url.indexOf('?')
    const query = cut < 0 ? [] : queryOf(request.url.slice(cut + 1))
    const form = answerForm(request.headers.accept, query)
    const isOfTerminology = query.some(([name, value]) => name === 'mode' && value === 'terminology')
    const statement = isOfTerminology ? terminologyCapabilities : capabilityStatement
    const baseUrl = options.baseUrl ?? `${request.protocol}://${request.host}${fhirPath}`
    // 300 KB are made once per address, not once per caller; addresses come from a header, so few are kept.
    if (texts.size > 8) texts.clear()
    const { actor } = request
    const own = actor ? await kernel.identity.recordsFor(actor).ownParameters() : []
    const key = `${isOfTerminology} ${baseUrl} ${own.length > 0 ? JSON.stringify(own) : ''}`
    const text =
      texts.get(key) ??
      JSON.stringify(statement({ baseUrl, version: options.version ?? '0.1.0', at: startedAt, own }))
    texts.set(key, text)
    reply.header('content-type', form.contentType)
    return reply.send(inForm(text, form))
  }
}

const everyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** 405 with Allow where the address is known and the method is not (RFC 9110 §15.5.6), else 404. */
function refuseOtherMethods(http: FastifyInstance): void {
  const refused = (url: string, allowed: readonly (typeof everyMethod)[number][]) => {
    const method = everyMethod.filter((each) => !allowed.includes(each))
    http.route({
      method,
      url,
      handler: async (request, reply) => {
        const { type } = request.params as Partial<Params>
        if (type !== undefined) knownType(type)
        reply.header('allow', allowed.join(', '))
        throw notAllowed(`${request.method} cannot be used at this address; use ${allowed.join(', ')}`, {
          code: 'fhir-api.method',
        })
      },
    })
  }
  refused('/metadata', ['GET', 'HEAD'])
  refused('/', ['POST', 'GET', 'HEAD'])
  refused('/_history', ['GET', 'HEAD'])
  refused('/:type', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
  refused('/:type/_search', ['POST'])
  refused('/:type/_history', ['GET', 'HEAD'])
  refused('/:type/:id', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])
  refused('/:type/:id/_history', ['GET', 'HEAD'])
  refused('/:type/:id/:member', ['GET', 'HEAD'])
  refused('/:type/:id/_history/:version', ['GET', 'HEAD'])
  http.setNotFoundHandler(async (request) => {
    const written = request.url.slice(fhirPath.length + 1).split(/[/?]/)[0] ?? ''
    if (written !== '') knownType(written)
    throw notFound('there is nothing at this address', { code: 'fhir-api.no-such-path' })
  })
}
