/** How bodies become values: JSON and `+json` types by our own parser, nothing else unless a route says so. */

import { mediaType } from '@xinglin/fhir'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseJson } from './json.ts'

/** Registers the JSON parser; the bytes stay readable as `request.rawBody`. */
export function parseBodies(http: FastifyInstance): void {
  http.decorateRequest('rawBody')
  http.decorateRequest('writeOutcome')
  http.addHook('onRequest', async (request) => {
    const coding = request.headers['content-encoding']
    if (coding !== undefined && coding !== 'identity')
      throw mediaType('a compressed body is not taken; send it plain', {
        code: 'web.content-encoding',
        at: 'content-encoding',
      })
  })
  http.removeAllContentTypeParsers()
  for (const type of ['application/json', /^application\/[\w.-]+\+json/])
    http.addContentTypeParser(type, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
      request.rawBody = body
      return body.length === 0 ? undefined : parseJson(body)
    })
}
