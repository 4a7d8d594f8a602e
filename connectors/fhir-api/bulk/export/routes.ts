/** Where an export stands, its manifest, its files, its end (Bulk Data Access 2.0, Status, Output File and Delete Requests). */
import { pipeline, Readable } from 'node:stream'
import { constants, createGzip } from 'node:zlib'
import type { Kernel } from '@xinglin/app'
import { epochMs, instantOf, notFound, type ResourceType, unprocessable } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { requireActor, takesGzip } from '@xinglin/web'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { askAgainSeconds, exportLastsMs } from '../limits.ts'
import { cancelExport, type ExportFile, type ExportRow, exportOf, filesOf } from './exports.ts'

type Params = { readonly id: string; readonly number: string }
type BaseOf = (request: FastifyRequest) => string

/** Registers the addresses below the door; only who asked for an export sees it. */
export function exportRoutes(http: FastifyInstance, kernel: Kernel, baseOf: BaseOf): void {
  http.get('/bulk/exports/:id', async (request, reply) => {
    const { row } = await asked(kernel, request)
    if (row.state === 'failed') throw failed(row)
    if (row.state === 'done') return manifest(kernel, { request, reply, base: baseOf(request) }, row)
    return reply
      .code(202)
      .header('x-progress', progressOf(row))
      .header('retry-after', String(askAgainSeconds))
      .send()
  })
  http.delete('/bulk/exports/:id', async (request, reply) => {
    const { row, actor } = await asked(kernel, request)
    await cancelExport(kernel, row)
    await kernel.identity.audit(actor, {
      action: 'bulk.cancel',
      outcome: 'allowed',
      detail: `export ${row.id}`,
    })
    return reply.code(202).send()
  })
  http.get('/bulk/exports/:id/files/:number', async (request, reply) => {
    const { row, actor } = await asked(kernel, request)
    const { number } = request.params as Params
    const file = (await filesOf(kernel.database, row)).find((each) => String(each.number) === number)
    if (!file) throw unknown()
    return sendFile(kernel, { actor, row, file }, { request, reply })
  })
}

async function asked(kernel: Kernel, request: FastifyRequest): Promise<{ row: ExportRow; actor: Actor }> {
  const actor = requireActor(request)
  const { id } = request.params as Params
  const row = await exportOf(kernel, { tenant: actor.tenant, id, owner: actor.reference })
  if (!row) throw unknown()
  return { row, actor }
}

function unknown() {
  return notFound('there is no such export of yours, or its files are not kept any more', {
    code: 'bulk.unknown',
  })
}

function failed({ reason }: ExportRow) {
  return unprocessable(reason ?? 'the export failed', { code: 'bulk.failed' })
}

function progressOf({ plan, typeIndex, resources }: ExportRow): string {
  return `${Math.round((100 * typeIndex) / plan.types.length)} %, ${resources} resources`
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly base: string }

async function manifest({ database, runtime }: Kernel, { reply, base }: Exchange, row: ExportRow) {
  const files = await filesOf(database, row)
  const endsMs = epochMs(row.ended ?? row.at) + exportLastsMs
  const shown = (kind: ExportFile['kind']) =>
    files
      .filter((file) => file.kind === kind)
      .map(({ type, number, resources }) => ({
        type: kind === 'deleted' ? 'Bundle' : type,
        url: `${base}/bulk/exports/${row.id}/files/${number}`,
        count: resources,
      }))
  reply.header('expires', new Date(endsMs).toUTCString()).header('content-type', 'application/json')
  return reply.send(
    JSON.stringify({
      transactionTime: instantOf(epochMs(row.at), runtime.timeZone),
      request: row.request,
      requiresAccessToken: true,
      output: shown('output'),
      deleted: shown('deleted'),
      error: [],
    }),
  )
}

type Download = { readonly actor: Actor; readonly row: ExportRow; readonly file: ExportFile }

/** Decided anew: who lost the right to search a type since gets nothing of it. */
async function sendFile(
  { identity, objects }: Kernel,
  { actor, row, file }: Download,
  { request, reply }: Omit<Exchange, 'base'>,
) {
  identity.demand(actor, { kind: 'record', interaction: 'search', type: file.type as ResourceType })
  const held = await objects.passing.get(file.object)
  if (!held) throw unknown()
  const detail = `export ${row.id}, file ${file.number} · ${file.resources} lines`
  await identity.audit(actor, {
    action: 'bulk.download',
    outcome: 'allowed',
    resourceType: file.type,
    detail,
  })
  reply.header('content-type', 'application/fhir+ndjson').header('vary', 'accept-encoding')
  const bytes = Readable.from(held.bytes)
  if (!takesGzip(request.headers['accept-encoding']))
    return reply.header('content-length', held.sizeBytes).send(bytes)
  // What breaks off the file breaks off the answer too: it is told by the stream, nobody else needs to know.
  const smaller = pipeline(bytes, createGzip({ level: constants.Z_BEST_SPEED }), () => undefined)
  return reply.header('content-encoding', 'gzip').send(smaller)
}
