/** Files to be imported, where an import stands, what of it was refused, and its end. */
import { Readable } from 'node:stream'
import type { Kernel } from '@xinglin/app'
import { mediaType, notFound, unprocessable } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { languageOf, requireActor, spoken } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { askAgainSeconds, mostInputBytes } from '../limits.ts'
import { cancelImport, type ImportRow, importOf, refusalsOf } from './imports.ts'
import { noteUpload } from './uploads.ts'

type BaseOf = (request: FastifyRequest) => string

const ndjsonTypes = ['application/fhir+ndjson', 'application/x-ndjson', 'application/ndjson']

/** Registers the addresses below the door; only who asked for an import sees it. */
export function importRoutes(http: FastifyInstance, kernel: Kernel, baseOf: BaseOf): void {
  // The body goes on as it comes: a file may be larger than the memory.
  for (const type of ndjsonTypes) http.addContentTypeParser(type, (_, payload, done) => done(null, payload))
  http.post('/bulk/files', async (request, reply) => {
    const actor = requireActor(request)
    if (!(request.body instanceof Readable))
      throw mediaType('a file to be imported is sent as application/fhir+ndjson', {
        code: 'bulk.content-type',
        at: 'content-type',
      })
    const stored = await kernel.objects.passing.put(request.body, { maxBytes: mostInputBytes })
    await noteUpload(kernel, actor, stored)
    const detail = `${stored.sizeBytes} bytes`
    await kernel.identity.audit(actor, { action: 'bulk.upload', outcome: 'allowed', detail })
    const url = `${baseOf(request)}/bulk/files/${stored.name}`
    return reply.code(201).header('location', url).send({ url, sizeBytes: stored.sizeBytes })
  })
  http.get('/bulk/imports/:id', async (request, reply) => {
    const { row } = await asked(kernel, request)
    if (row.state === 'failed') throw failed(row)
    const told = manifest(row, baseOf(request))
    if (row.state === 'done' || row.state === 'cancelled') return reply.send(told)
    return reply
      .code(202)
      .header('x-progress', progressOf(row))
      .header('retry-after', String(askAgainSeconds))
      .send()
  })
  http.get('/bulk/imports/:id/refusals', async (request, reply) => {
    const { row, actor } = await asked(kernel, request)
    const refusals = await refusalsOf(kernel.database, row)
    const detail = `import ${row.id} · ${refusals.length} refusals`
    await kernel.identity.audit(actor, { action: 'bulk.download', outcome: 'allowed', detail })
    const language = languageOf(request.headers['accept-language'])
    const lines = refusals.map(({ input, line, outcome }) =>
      JSON.stringify(placed(spoken(outcome, language), { input, line })),
    )
    return reply
      .header('content-type', 'application/fhir+ndjson')
      .send(lines.map((line) => `${line}\n`).join(''))
  })
  http.delete('/bulk/imports/:id', async (request, reply) => {
    const { row, actor } = await asked(kernel, request)
    await cancelImport(kernel, row)
    await kernel.identity.audit(actor, {
      action: 'bulk.cancel',
      outcome: 'allowed',
      detail: `import ${row.id}`,
    })
    return reply.code(202).send()
  })
}

async function asked(kernel: Kernel, request: FastifyRequest): Promise<{ row: ImportRow; actor: Actor }> {
  const actor = requireActor(request)
  const { id } = request.params as { readonly id: string }
  const row = await importOf(kernel.database, { tenant: actor.tenant, id, owner: actor.reference })
  if (!row) throw notFound('there is no such import of yours', { code: 'bulk.unknown' })
  return { row, actor }
}

function failed({ reason }: ImportRow) {
  return unprocessable(reason ?? 'the import failed', { code: 'bulk.failed' })
}

/** By bytes, of the inputs before and of the one in hand. */
export function shareOf({ inputs, input, nextByte }: ImportRow): number {
  const bytesOf = (list: ImportRow['inputs']) => list.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0)
  const all = bytesOf(inputs)
  return all === 0 ? 0 : (bytesOf(inputs.slice(0, input)) + nextByte) / all
}

function progressOf(row: ImportRow): string {
  return `${Math.round(100 * shareOf(row))} %, ${row.written} resources, ${row.refused} lines refused`
}

function manifest({ id, state, asked: at, request, inputs, written, refused }: ImportRow, base: string) {
  return {
    transactionTime: at,
    request,
    isCancelled: state === 'cancelled',
    outcome: [{ type: 'OperationOutcome', url: `${base}/bulk/imports/${id}/refusals`, count: refused }],
    // The query of an address elsewhere may be what allows to fetch it.
    input: inputs.map(({ type, url }) => ({
      ...(type === undefined ? {} : { type }),
      url: url.split('?')[0],
    })),
    written,
  }
}

/** An outcome with the place of its line, as `Input[0].line[17]`. */
function placed<Outcome extends object>(outcome: Outcome, { input, line }: { input: number; line: number }) {
  return {
    ...outcome,
    extension: [
      { url: 'urn:xinglin:bulk:input', valueInteger: input },
      { url: 'urn:xinglin:bulk:line', valueInteger: line },
    ],
  }
}
