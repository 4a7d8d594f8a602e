/** `/api/record-explorer/resources/:type/:id/versions`: who made each version, when, and by which message of a door. */
import type { Kernel } from '@xinglin/app'
import { notFound } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { readPermission as readMessages } from '@xinglin/integration/contract'
import type { Version } from '@xinglin/records'
import type { Message } from '@xinglin/traffic'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { readPermission, type VersionRow, type VersionsAnswer } from '../contract.ts'
import { idOf, textOf, typeOf } from './asked.ts'

/** A screenful; a resource with more versions is asked for page by page. */
const pageVersions = 50

export function versionRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/resources/:type/:id/versions', async (request): Promise<VersionsAnswer> => {
    const actor = requireActor(request)
    kernel.identity.demand(actor, { kind: 'permission', permission: readPermission })
    const before = textOf(request.query, 'before')
    const asked = { type: typeOf(request.params), id: idOf(request.params), count: pageVersions }
    const { versions, next } = await kernel.identity
      .recordsFor(actor)
      .history({ ...asked, ...(before === undefined ? {} : { before }) })
    if (versions.length === 0 && before === undefined) {
      throw notFound(`there is no such ${asked.type}`, { code: 'record-explorer.not-found' })
    }
    const rows = await rowsOf(kernel, actor, versions)
    return next === undefined ? { versions: rows } : { versions: rows, next }
  })
}

async function rowsOf(
  { identity, traffic }: Kernel,
  actor: Actor,
  versions: readonly Version[],
): Promise<readonly VersionRow[]> {
  const maySeeMessages = identity.decide(actor, { kind: 'permission', permission: readMessages }).isAllowed
  const [authors, makers] = await Promise.all([
    identity.auditTrail.authors(actor.tenant, versions),
    maySeeMessages ? traffic.makers(actor.tenant, versions.map(madeVersion)) : [],
  ])
  return versions.map((version) => {
    const author = authors.find((each) => each.version === version.version)
    const { reference } = madeVersion(version)
    const message = makers.find(({ made }) => made.includes(reference))
    return {
      version: version.version,
      at: version.updated,
      interaction: version.interaction,
      ...(author ? { actor: author.actor, actorDisplay: author.actorDisplay } : {}),
      ...(message ? { message: messageRow(message) } : {}),
    }
  })
}

function messageRow({ id, door, sender, subject }: Message): NonNullable<VersionRow['message']> {
  return { id, door, sender, subject }
}

function madeVersion({ type, id, version, updated }: Version) {
  return { reference: `${type}/${id}/_history/${version}`, at: updated }
}
