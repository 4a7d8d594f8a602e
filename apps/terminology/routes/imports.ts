/**
 * `/api/terminology/imports`: a code system as a file in the body (CSV, or a FHIR CodeSystem in JSON), then its progress.
 * `POST ?system&version&name&title&format=csv|fhir&columns=code=ID,display=Name`; `GET`, `GET /:id`. `POST /api/terminology/rebuild`
 * makes tables again that are not there.
 */
import { Readable } from 'node:stream'
import type { Kernel } from '@xinglin/app'
import { invalid, notFound } from '@xinglin/fhir'
import type { ImportRequest, ImportState } from '@xinglin/terminology'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ImportsAnswer, RebuildAnswer } from '../contract.ts'
import { textOf } from './asked.ts'

/** 1 GB, the largest published system, takes 70 minutes at 2 Mbit/s. */
const transferTimeoutMs = 2 * 60 * 60 * 1000
/** The object store refuses more by itself and says so. */
const mostBodyBytes = 8 * 1024 ** 3

export function importRoutes(http: FastifyInstance, { identity, terminology }: Kernel): void {
  http.addContentTypeParser(
    ['application/octet-stream', 'text/csv', 'text/tab-separated-values'],
    (_request, payload, done) => done(null, payload),
  )
  const options = { bodyLimit: mostBodyBytes, handlerTimeout: transferTimeoutMs }

  http.post('/imports', options, async (request, reply): Promise<ImportState> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'record', interaction: 'create', type: 'CodeSystem' })
    const asked = readImport(request)
    const state = await terminology.imports.ask({ tenant: actor.tenant, actor: actor.reference }, asked)
    const detail = `import ${state.id}`
    await identity.audit(actor, { action: 'create', outcome: 'allowed', resourceType: 'CodeSystem', detail })
    reply.code(202).header('location', `/api/terminology/imports/${state.id}`)
    return state
  })

  http.get('/imports', async (request): Promise<ImportsAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'record', interaction: 'search', type: 'CodeSystem' })
    return { imports: await terminology.imports.list(actor.tenant) }
  })

  http.get(
    '/imports/:id',
    async (request: FastifyRequest<{ Params: { id: string } }>): Promise<ImportState> => {
      const actor = requireActor(request)
      identity.demand(actor, { kind: 'record', interaction: 'search', type: 'CodeSystem' })
      const state = await terminology.imports.get(actor.tenant, request.params.id)
      if (state) return state
      throw notFound('there is no import of this id', { code: 'terminology.unknown-import' })
    },
  )

  http.post('/rebuild', async (request): Promise<RebuildAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'record', interaction: 'create', type: 'CodeSystem' })
    return { asked: await terminology.imports.rebuild({ tenant: actor.tenant, actor: actor.reference }) }
  })
}

function readImport(request: FastifyRequest): ImportRequest {
  const { body, query } = request
  if (!(body instanceof Readable))
    throw invalid('send the file as application/octet-stream or text/csv', {
      code: 'terminology.import-field',
      at: 'content-type',
    })
  const text = (name: string) => textOf(query, name)
  const format = text('format') ?? 'csv'
  if (format !== 'csv' && format !== 'fhir') throw malformed('format', 'csv or fhir')
  const url = text('system')
  if (format === 'csv' && url === undefined) throw malformed('system', 'the url of the code system')
  const header = { url, version: text('version'), name: text('name'), title: text('title') }
  return {
    header: Object.fromEntries(Object.entries(header).filter(([, value]) => value !== undefined)),
    format,
    columns: columnsOf(text('columns')),
    bytes: body,
  }
}

/** `code=ID,display=Name` as a table. */
function columnsOf(text: string | undefined): ImportRequest['columns'] {
  const pairs = (text ?? '').split(',').filter((pair) => pair.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const cut = pair.indexOf('=')
      if (cut <= 0) throw malformed('columns', 'what=column pairs with commas between: code=ID,display=Name')
      return [pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()]
    }),
  )
}

function malformed(field: string, expected: string) {
  return invalid(`${field} must be ${expected}`, { code: 'terminology.import-field', at: field })
}
