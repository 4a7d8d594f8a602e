/** Guides in the record: their definitions stored by parts that can be repeated, and deleted again. */
import { createHash } from 'node:crypto'
import type { Database } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, notFound, type Resource, type ResourceType } from '@xinglin/fhir'
import { validate } from '@xinglin/fhir/validate'
import type { Records, Unit } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { readDemands } from './demands.ts'
import {
  beginGuide,
  dropGuide,
  finishGuide,
  type GuideName,
  guidesOf,
  type Member,
  noteStored,
  ownMembers,
  type Refused,
} from './guide-rows.ts'
import { type PackagedDefinition, readPackage } from './package/read-package.ts'
import { noPackage } from './package/read-tar.ts'
import type { Author, Guide } from './profiles.ts'

export type GuideNeeds = { readonly database: Database; readonly records: Records; readonly runtime: Runtime }

/** Definitions of one commit: some 100 ms, so that nobody waits long for a lock and progress is seen. */
const perCommit = 50
/** Diagnostics kept of a refused definition. */
const longestReason = 300

export async function addGuide(
  needs: GuideNeeds,
  author: Author,
  archive: AsyncIterable<Uint8Array>,
): Promise<Guide> {
  const { records, runtime } = needs
  const { manifest, definitions } = await readPackage(archive)
  const judged = definitions.map((definition) => ({ definition, reason: reasonAgainst(definition.resource) }))
  const sound = judged.flatMap(({ definition, reason }) => (reason === undefined ? [definition] : []))
  const refused = judged.flatMap(({ definition: { file }, reason }) =>
    reason === undefined ? [] : [{ file, reason }],
  )
  const at = runtime.now()
  await records.commit(author, ({ transaction }) =>
    beginGuide(transaction, author, { manifest, definitions: definitions.length, at }),
  )
  for (let from = 0; from < sound.length; from += perCommit) {
    const part = sound.slice(from, from + perCommit)
    await records.commit(author, async (unit) => {
      const members = await storeDefinitions(unit, part)
      await noteStored(unit.transaction, author.tenant, manifest, members)
    })
  }
  await finish(needs, author, manifest, refused)
  const guides = await guidesOf(needs.database, author.tenant, runtime.timeZone)
  const added = guides.find(({ name, version }) => name === manifest.name && version === manifest.version)
  if (!added) throw noPackage('it was removed while it was added')
  return added
}

function finish({ records }: GuideNeeds, author: Author, guide: GuideName, refused: Refused): Promise<void> {
  return records.commit(author, async (unit) => {
    await finishGuide(unit.transaction, author.tenant, guide, refused)
    unit.state({ kind: 'profiles.guide-added', data: { name: guide.name, version: guide.version } })
  })
}

/** Some guides have definitions that break R4; they are left out, and told. */
function reasonAgainst(resource: Resource): string | undefined {
  return validate(resource)[0]?.diagnostics?.slice(0, longestReason)
}

async function storeDefinitions(unit: Unit, part: readonly PackagedDefinition[]): Promise<readonly Member[]> {
  const wanted = part.map(({ resource }) => ({ type: resource.resourceType, id: ownId(resource) }))
  const present = new Map(
    (await unit.find(wanted)).map(({ type, id, json }) => [`${type}/${id}`, identityOf(JSON.parse(json))]),
  )
  const members = part.map(({ resource }): Member & { resource: Resource } => {
    const own = ownId(resource)
    const taken = present.get(`${resource.resourceType}/${own}`)
    const id = taken === undefined || taken === identityOf(resource) ? own : otherId(own, resource)
    const { url, version } = resource
    return { type: resource.resourceType, id, url, version, resource: { ...resource, id } }
  })
  await unit.write(members.map(({ resource }) => ({ kind: 'update', resource })))
  return members.map(({ type, id, url, version }) => ({ type, id, url, version }))
}

type Named = { readonly id?: string; readonly url?: string; readonly version?: string }

function identityOf({ url, version }: Named): string {
  return `${url ?? ''}|${version ?? ''}`
}

/** The id that the guide gave it, so that others find it under the same address. */
function ownId(resource: Named): string {
  return resource.id ?? digest(identityOf(resource))
}

/** Another version of a definition, or one of another guide, has the id already. */
function otherId(id: string, resource: Named): string {
  return `${id.slice(0, 47)}-${digest(identityOf(resource))}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

export async function removeGuide(needs: GuideNeeds, author: Author, guide: GuideName): Promise<void> {
  const { database, records } = needs
  const { tenant } = author
  const guides = await guidesOf(database, tenant, needs.runtime.timeZone)
  if (!guides.some(({ name, version }) => name === guide.name && version === guide.version)) throw noGuide()
  const members = await ownMembers(database, tenant, guide)
  await refuseRequired(needs, tenant, members)
  for (let from = 0; from < members.length; from += perCommit) {
    const part = members.slice(from, from + perCommit)
    await records.commit(author, async (unit) => {
      const there = await unit.find(part.map(({ type, id }) => ({ type, id })))
      await unit.write(there.map(({ type, id }) => ({ kind: 'delete', type: type as ResourceType, id })))
    })
  }
  await records.commit(author, async (unit) => {
    await dropGuide(unit.transaction, tenant, guide)
    unit.state({ kind: 'profiles.guide-removed', data: { name: guide.name, version: guide.version } })
  })
}

async function refuseRequired(
  { database }: GuideNeeds,
  tenant: TenantId,
  members: readonly Member[],
): Promise<void> {
  const { required } = await readDemands(database, tenant)
  const urls = new Set(members.map(({ url }) => url))
  const still = required.find(({ profile }) => urls.has(profile.split('|')[0]))
  if (!still) return
  throw conflict(`the profile ${still.profile} of this guide is required; release it first`, {
    code: 'profiles.still-required',
  })
}

function noGuide() {
  return notFound('this institution has no guide of that name and version', {
    code: 'profiles.unknown-guide',
  })
}
