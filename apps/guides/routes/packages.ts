/** `/api/guides/packages`: the guides of the institution; a package is sent as it is published, as `application/gzip`. */
import type { Kernel } from '@xinglin/app'
import { invalid } from '@xinglin/fhir'
import type { FastifyInstance } from 'fastify'
import { type GuideRow, type GuidesAnswer, readPermission, writePermission } from '../contract.ts'
import { acted } from './acts.ts'

type Named = { readonly name: string; readonly version: string }

/** Types under which clients send a .tgz. */
const packageTypes = ['application/gzip', 'application/x-gzip', 'application/octet-stream']

export function packageRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { profiles } = kernel
  // The bytes are read as they come; the package itself says how many there may be.
  for (const type of packageTypes) {
    http.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
  }

  http.get(
    '/packages',
    (request): Promise<GuidesAnswer> =>
      acted(kernel, request, { permission: readPermission, detail: 'guides' }, async ({ tenant }) => ({
        guides: await profiles.guides(tenant),
      })),
  )

  http.post('/packages', async (request, reply) => {
    const act = { permission: writePermission, detail: 'a package was sent' }
    const added: GuideRow = await acted(kernel, request, act, (author) => {
      if (!isBytes(request.body)) throw notSent()
      return profiles.add(author, request.body)
    })
    return reply.code(201).send(added)
  })

  http.delete<{ Params: Named }>('/packages/:name/:version', async (request, reply) => {
    const { name, version } = request.params
    const act = { permission: writePermission, detail: `remove ${name} ${version}`.slice(0, 200) }
    await acted(kernel, request, act, (author) => profiles.remove(author, { name, version }))
    return reply.code(204).send()
  })
}

function isBytes(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

function notSent() {
  return invalid('send the package (.tgz) as the body, with content type application/gzip', {
    code: 'guides.no-body',
    at: 'content-type',
  })
}
