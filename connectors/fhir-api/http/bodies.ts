/** http.html §3.1.0.1.9 bodies: FHIR as JSON or XML becomes one value, forms become pairs; the bytes are kept for the journal. */
import { isUtf8 } from 'node:buffer'
import { invalid } from '@xinglin/fhir'
import { jsonOfXml } from '@xinglin/fhir/xml'
import { parseJson } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { bodyTypes, refuseOtherVersion } from './negotiate.ts'
import { queryOf } from './request.ts'

/** Registers what the door takes besides the JSON that the web server parses anyway. */
export function takeBodies(http: FastifyInstance): void {
  http.addHook('onRequest', async ({ headers }) => refuseOtherVersion(headers['content-type']))
  const take = (type: string, parse: (bytes: Buffer) => unknown) =>
    http.addContentTypeParser(type, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
      request.rawBody = body
      return body.length === 0 ? undefined : parse(body)
    })
  for (const type of bodyTypes.xml) take(type, parseXml)
  take('text/json', parseJson)
  // GraphQL over HTTP §5: the text of a question alone.
  take('application/graphql', (bytes) => bytes.toString('utf8'))
  http.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: FastifyRequest, body: string) => queryOf(body),
  )
}

/** The value of a stored body, for processing it again. */
export function parseBody(raw: Uint8Array): unknown {
  if (raw.byteLength === 0) return undefined
  const bytes = Buffer.from(raw)
  const value = firstSign(bytes) === '<' ? parseXml(bytes) : parseJson(bytes)
  if (value === null) throw invalid('the body is empty', { code: 'fhir-api.empty-body' })
  return value
}

function firstSign(bytes: Buffer): string | undefined {
  return /[^\s\uFEFF]/.exec(bytes.toString('utf8', 0, 200))?.[0]
}

/** By way of JSON text, so that both forms meet the same limits. */
function parseXml(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw invalid('the body is not UTF-8', { code: 'web.utf8' })
  return parseJson(Buffer.from(jsonOfXml(bytes.toString('utf8').replace(/^\uFEFF/, ''))))
}
