/** Profiles of all institutions on PostgreSQL (schema `profiles`); any number of processes may share one database. */
import type { Database, Migrations } from '@xinglin/database'
import type { EventLog } from '@xinglin/events'
import { notFound, unprocessable } from '@xinglin/fhir'
import type { Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { addRequirement, dropRequirement, readDemands, storeUnknown } from './demands.ts'
import { guidesOf } from './guide-rows.ts'
import { addGuide, removeGuide } from './guides.ts'
import { createJudge } from './judge.ts'
import type { Author, CodePort, Profiles } from './profiles.ts'

/** Tables of the schema `profiles`. */
export const profilesMigrations: Migrations = {
  name: 'profiles',
  folder: new URL('./migrations/', import.meta.url),
}

export type ProfilesNeeds = {
  readonly database: Database
  readonly records: Records
  readonly events: EventLog
  readonly runtime: Runtime
  /** Absent, value sets that cannot be listed from the record are not judged. */
  readonly codes?: CodePort
}

/** Every write of the record is judged from here on. */
export function createProfiles(needs: ProfilesNeeds): Profiles {
  const { database, records, events, runtime, codes } = needs
  const judge = createJudge({
    events,
    codes,
    readDemands: (tenant, from) => readDemands(from ?? database, tenant),
  })
  records.judgeBy(judge.write)

  /** The writer itself must not wait for the log to tell. */
  async function demand(author: Author, change: Parameters<typeof records.commit<void>>[1]): Promise<void> {
    await records.commit(author, async (unit) => {
      await change(unit)
      unit.state({ kind: 'profiles.demands-changed' })
    })
    judge.forget(author.tenant)
  }

  const definitionsOf = (tenant: Author['tenant']) => ({
    tenant,
    search: (type: Parameters<Records['search']>[1], query: Parameters<Records['search']>[2]) =>
      records.search(tenant, type, query),
  })

  return {
    async add(author, archive) {
      const guide = await addGuide(needs, author, archive)
      judge.forget(author.tenant)
      return guide
    },
    guides: (tenant) => guidesOf(database, tenant, runtime.timeZone),
    async remove(author, guide) {
      await removeGuide(needs, author, guide)
      judge.forget(author.tenant)
    },
    demands: (tenant) => readDemands(database, tenant),
    async require(author, profile) {
      const type = await judge.typeOf(definitionsOf(author.tenant), profile)
      if (type === undefined) throw unknownProfile()
      await demand(author, ({ transaction }) => addRequirement(transaction, author.tenant, { type, profile }))
      return { type, profile }
    },
    release: (author, profile) =>
      demand(author, async ({ transaction }) => {
        if (!(await dropRequirement(transaction, author.tenant, profile))) throw notRequired()
      }),
    setUnknown: (author, unknown) =>
      demand(author, ({ transaction }) => storeUnknown(transaction, author.tenant, unknown)),
    prepare: (tenant, resources) => judge.prepare(definitionsOf(tenant), resources),
    judge: (definitions, resource, options = {}) => judge.resource(definitions, resource, options),
    isKnown: (definitions, profile) => judge.isKnown(definitions, profile),
  }
}

function unknownProfile() {
  return unprocessable('no profile of this address is known here; add the guide that defines it', {
    code: 'profiles.unknown',
    at: 'profile',
  })
}

function notRequired() {
  return notFound('this profile was not required', { code: 'profiles.not-required', at: 'profile' })
}
