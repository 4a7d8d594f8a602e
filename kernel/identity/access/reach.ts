/** The same decisions for what is no statement of the record: notifications, live updates, tables derived from it. */
import { type Sql, sql } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import { isSeenInChart, type Named, type Records, type RowFilter, type Version } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Actor } from '../identity.ts'
import type { Access } from './create-access.ts'
import { judgedHiding, rightsOf, shownBy } from './view.ts'

/** A condition in SQL that a resource of a patient's chart may be seen; `id` may be left out for the Patient himself. */
export type SeenSql = (row: { readonly patient: Sql; readonly id?: Sql }) => Sql

export type Reach = {
  /** Those of the resources that the actor may read now; all where nothing narrows what he sees. */
  reached(actor: Actor, wanted: readonly Named[]): Promise<readonly Named[]>
  /** Whether a resource is hidden from the actor by a source that does not say so: to him it is not there. */
  isSecret(actor: Actor, named: Named): Promise<boolean>
  /** Versions that the actor may read, without the elements that are hidden from him. */
  shown(actor: Actor, versions: readonly Version[]): Promise<readonly Version[]>
  /** For the conditions of a search among derived rows of a type; undefined where the actor sees all of it. */
  seenSql(actor: Actor, type: ResourceType): Promise<SeenSql | undefined>
  /** Whether rows or elements of the record are taken from the actor at all. */
  isNarrowed(actor: Actor): Promise<boolean>
}

type Needs = { readonly access: Access; readonly records: Records; readonly runtime: Runtime }

const mayWalk = () => true

/** What an actor reaches, decided at each call. */
export function createReach({ access, records, runtime }: Needs): Reach {
  return {
    async reached(actor, wanted) {
      const sight = await access.sightOf(actor)
      if (!sight || wanted.length === 0) return wanted
      const isOpen = ({ type }: Named) => sight.within({ interaction: 'read', type }) === undefined
      const open = wanted.filter(isOpen)
      const narrowed = wanted.filter((named) => !isOpen(named))
      if (narrowed.length === 0) return open
      const seen = await records.seenBy(rightsOf(sight, 'read', mayWalk)).reached(actor.tenant, narrowed)
      return [...open, ...seen]
    },
    async isSecret(actor, named) {
      const sight = await access.sightOf(actor)
      if (!sight) return false
      const judge = (row: Named, filters: readonly RowFilter[]) => records.judged(actor.tenant, row, filters)
      const { hiding, areTelling } = await judgedHiding(judge, { sight, ...named, interaction: 'read' })
      return hiding.length > 0 && !areTelling
    },
    async shown(actor, versions) {
      const sight = await access.sightOf(actor)
      return sight ? versions.map(shownBy(sight)) : versions
    },
    async seenSql(actor, type) {
      const sight = await access.sightOf(actor)
      if (!sight?.within({ interaction: 'search', type })) return undefined
      const { tenant } = actor
      const seeing = { tenant, timeZone: runtime.timeZone, by: rightsOf(sight, 'search', mayWalk) }
      return ({ patient, id = patient }) => sql`${isSeenInChart(seeing, { type, patient, id })}`
    },
    isNarrowed: async (actor) => (await access.sightOf(actor)) !== undefined,
  }
}
