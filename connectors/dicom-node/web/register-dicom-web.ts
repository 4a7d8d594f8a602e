/** DICOMweb (PS3.18) under `/dicom-web`: search, retrieve, store; every request decided and audited (law 5). */
import { Readable } from 'node:stream'
import type { Kernel } from '@xinglin/app'
import { createPixelDecoder } from '@xinglin/dicom/pixels'
import type { TenantId } from '@xinglin/events'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createInstanceIndex, type InstanceIndex } from '../store/instance-index.ts'
import { createStudyRecorder } from '../study/study-recorder.ts'
import { auditSearch, demandSearch, demandStudy, uidOf } from './access.ts'
import { frameForm, frameNumbers, frameParts } from './frames.ts'
import { type InstancePlace, instancesUnder, syntaxOf } from './instance-rows.ts'
import { maskDataset, refuseMaskedSearch, refuseWholeFiles } from './masked.ts'
import { multipartBody, multipartType, type Part } from './multipart-writer.ts'
import { openInstance } from './open-instance.ts'
import { parseRender, parseThumbnail, type RenderRequest, renderImage } from './rendered.ts'
import { bulkData, demandAsStored, fileParts, instanceUrl, metadataJson } from './retrieve.ts'
import { type Scope, searchInstances, searchSeries, searchStudies } from './search.ts'
import { parseSearch, type SearchQuery } from './search-query.ts'
import { storeParts } from './store.ts'

type Path = { study?: string; series?: string; instance?: string; frames?: string; '*'?: string }
type Request = FastifyRequest<{ Params: Path; Querystring: Record<string, string | string[] | undefined> }>

const basePath = '/dicom-web'
const dicomJson = 'application/dicom+json; charset=utf-8'
/** A store request may bring a whole study; its parts have their own limit. */
const maxStoreBytes = 1024 ** 4
/** A study of some GB over a slow line. */
const transferTimeoutMs = 4 * 3_600_000

/** Registers all routes; the recorder of studies runs while the server does. */
export async function registerDicomWeb(kernel: Kernel): Promise<void> {
  const recorder = createStudyRecorder(kernel)
  const indexes = new Map<TenantId, InstanceIndex>()
  const indexOf = (tenant: TenantId): InstanceIndex => {
    const index = indexes.get(tenant) ?? createInstanceIndex({ kernel, tenant, changed: recorder.wake })
    indexes.set(tenant, index)
    return index
  }
  await kernel.web.http.register(
    async (http) => {
      http.addContentTypeParser(/^multipart\/related/i, (_request, payload, done) => done(null, payload))
      http.addHook('onReady', async () => recorder.start())
      http.addHook('onClose', async () => recorder.stop())
      searchRoutes(http, kernel)
      retrieveRoutes(http, kernel)
      renderRoutes(http, kernel)
      storeRoutes(http, kernel, indexOf)
    },
    { prefix: basePath },
  )
}

function searchRoutes(http: FastifyInstance, kernel: Kernel): void {
  type Search = (
    database: Kernel['database'],
    scope: Scope,
    query: SearchQuery,
  ) => ReturnType<typeof searchStudies>
  const answer = (search: Search) => async (request: Request, reply: FastifyReply) => {
    const actor = demandSearch(kernel, request)
    const query = parseSearch(request.query)
    const { study, series } = request.params
    const seen = await kernel.identity.reach.seenSql(actor, 'ImagingStudy')
    const scope = {
      tenant: actor.tenant,
      ...(seen && { seen }),
      baseUrl: baseUrlOf(request),
      ...(study && { study: uidOf(study, 'study') }),
      ...(series && { series: uidOf(series, 'series') }),
    }
    const fields = await kernel.identity.masking.fieldsOf(actor)
    refuseMaskedSearch(Object.keys(request.query), fields)
    const found = await search(kernel.database, scope, query)
    await auditSearch(kernel, actor, { names: Object.keys(request.query), answers: found.length })
    if (query.ignored.length > 0)
      reply.header(
        'warning',
        `299 xinglin "these parameters were not matched on: ${query.ignored.map(encodeURIComponent).join(' ')}"`,
      )
    return reply.type(dicomJson).send(JSON.stringify(found.map((each) => maskDataset(each, fields))))
  }
  http.get('/studies', answer(searchStudies))
  http.get('/series', answer(searchSeries))
  http.get('/studies/:study/series', answer(searchSeries))
  http.get('/instances', answer(searchInstances))
  http.get('/studies/:study/instances', answer(searchInstances))
  http.get('/studies/:study/series/:series/instances', answer(searchInstances))
}

function retrieveRoutes(http: FastifyInstance, kernel: Kernel): void {
  const places = async (request: Request, action: string): Promise<readonly InstancePlace[]> => {
    const { study = '', series, instance } = request.params
    const { actor, studyInstanceUid } = await demandStudy(kernel, request, {
      studyInstanceUid: study,
      action,
    })
    return instancesUnder(kernel.database, {
      tenant: actor.tenant,
      study: studyInstanceUid,
      ...(series !== undefined && { series }),
      ...(instance !== undefined && { instance }),
    })
  }
  const fieldsOf = (request: Request) => kernel.identity.masking.fieldsOf(requireActor(request))
  const files = async (request: Request, reply: FastifyReply) => {
    refuseWholeFiles(await fieldsOf(request))
    const found = await places(request, 'retrieve')
    demandAsStored(found, request.headers.accept, text(request.query.accept))
    return sendParts(kernel, reply, {
      type: 'application/dicom',
      parts: fileParts(kernel, found, baseUrlOf(request)),
    })
  }
  const metadata = async (request: Request, reply: FastifyReply) => {
    const fields = await fieldsOf(request)
    const found = await places(request, 'metadata')
    return reply.type(dicomJson).send(
      Readable.from(metadataJson(kernel, found, { baseUrl: baseUrlOf(request), fields }), {
        objectMode: false,
      }),
    )
  }
  const transfer = { handlerTimeout: transferTimeoutMs }
  for (const path of [
    '/studies/:study',
    '/studies/:study/series/:series',
    '/studies/:study/series/:series/instances/:instance',
  ]) {
    http.get(path, transfer, files)
    http.get(`${path}/metadata`, metadata)
  }
  const onePath = '/studies/:study/series/:series/instances/:instance'
  http.get(`${onePath}/bulkdata/*`, async (request: Request, reply) => {
    refuseWholeFiles(await fieldsOf(request))
    const [place] = await places(request, 'bulk-data')
    if (!place) return reply
    const { bytes, contentType } = await bulkData(kernel, place, (request.params['*'] ?? '').split('/'))
    return sendParts(kernel, reply, {
      type: contentType.split(';')[0] ?? contentType,
      parts: [{ contentType, bytes: [bytes] }],
    })
  })
  const decoder = createPixelDecoder()
  http.get(`${onePath}/frames/:frames`, async (request: Request, reply) => {
    const numbers = frameNumbers(request.params.frames ?? '')
    const [place] = await places(request, 'frames')
    if (!place) return reply
    const form = frameForm(syntaxOf(place), request.headers.accept, text(request.query.accept))
    const opened = await openInstance(kernel.objects, place)
    const url = instanceUrl(baseUrlOf(request), place)
    const parts = await frameParts(opened, numbers, { form, decoder, url })
    const type = parts[0]?.contentType.split(';')[0] ?? 'application/octet-stream'
    // A stored instance never changes under its UID, so a viewer may keep its frames for itself.
    reply.header('cache-control', 'private, max-age=3600')
    return sendParts(kernel, reply, { type, parts })
  })
}

function renderRoutes(http: FastifyInstance, kernel: Kernel): void {
  const decoder = createPixelDecoder()
  const answer =
    (parse: typeof parseRender, action: string) => async (request: Request, reply: FastifyReply) => {
      const { study = '', series, instance, frames = '1' } = request.params
      const wanted: RenderRequest = parse(request.query, request.headers.accept)
      const { actor } = await demandStudy(kernel, request, { studyInstanceUid: study, action })
      const found = await instancesUnder(kernel.database, {
        tenant: actor.tenant,
        study,
        ...(series !== undefined && { series }),
        ...(instance !== undefined && { instance }),
      })
      const frame = frameNumbers(frames)[0] ?? 1
      const image = await renderOneOf(kernel, found, (opened) =>
        renderImage(opened, wanted, { frame, decoder }),
      )
      return reply.type(wanted.type).header('cache-control', 'private, max-age=3600').send(Buffer.from(image))
    }
  const study = '/studies/:study'
  const series = `${study}/series/:series`
  const instance = `${series}/instances/:instance`
  for (const path of [study, series, instance, `${instance}/frames/:frames`]) {
    http.get(`${path}/rendered`, answer(parseRender, 'rendered'))
    http.get(`${path}/thumbnail`, answer(parseThumbnail, 'thumbnail'))
  }
}

/** Instances tried for a picture of a series or study whose first ones hold none (a report, a dose record). */
const maxTriedForPicture = 5

/** The picture of a series or study is its middle instance, which shows more than the first slice; else the next that has one. */
async function renderOneOf(
  kernel: Kernel,
  places: readonly InstancePlace[],
  render: (opened: Awaited<ReturnType<typeof openInstance>>) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const middle = places.length >> 1
  const order = [...places.slice(middle), ...places.slice(0, middle)].slice(0, maxTriedForPicture)
  let failure: unknown
  for (const place of order) {
    try {
      return await render(await openInstance(kernel.objects, place))
    } catch (error) {
      failure ??= error
    }
  }
  throw failure
}

function storeRoutes(
  http: FastifyInstance,
  kernel: Kernel,
  indexOf: (tenant: TenantId) => InstanceIndex,
): void {
  const store = async (request: Request, reply: FastifyReply) => {
    const actor = requireActor(request)
    kernel.identity.demand(actor, { kind: 'record', interaction: 'create', type: 'ImagingStudy' })
    const { study } = request.params
    const { status, body } = await storeParts(kernel, indexOf(actor.tenant), {
      actor,
      body: bodyOf(request),
      contentType: request.headers['content-type'] ?? '',
      studyInstanceUid: study === undefined ? undefined : uidOf(study, 'study'),
      baseUrl: baseUrlOf(request),
    })
    return reply.code(status).type(dicomJson).send(JSON.stringify(body))
  }
  const options = { bodyLimit: maxStoreBytes, handlerTimeout: transferTimeoutMs }
  http.post('/studies', options, store)
  http.post('/studies/:study', options, store)
}

function bodyOf(request: Request): AsyncIterable<Uint8Array> {
  return request.body instanceof Readable ? request.body : request.raw
}

function sendParts(
  kernel: Kernel,
  reply: FastifyReply,
  { type, parts }: { readonly type: string; readonly parts: AsyncIterable<Part> | Iterable<Part> },
): FastifyReply {
  const boundary = `xinglin-${kernel.runtime.newId()}`
  return reply.header('content-type', multipartType(type, boundary)).send(multipartBody(parts, boundary))
}

const baseUrlOf = (request: FastifyRequest): string => `${request.protocol}://${request.host}${basePath}`
const text = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0]
