/** The sources of access put together: what one actor sees, in the order in which the sources are listed. */
import type { Database, Migrations } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import type { Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Decide } from '../decide.ts'
import type { Actor } from '../identity.ts'
import { allowsRecord } from '../rights.ts'
import type { RoleBook } from '../roles.ts'
import type { AccessSource, Look } from './access.ts'
import { keepRelations } from './derive.ts'
import { createHolders, type HeldBy } from './holders.ts'
import { createLabelSource } from './labels.ts'
import type { Policy } from './policy.ts'
import { createPolicyBook, type PolicyBook } from './policy-book.ts'
import { createPolicySource } from './policy-source.ts'
import { createScopeSource } from './scope-source.ts'
import { type Sight, sightOf } from './sight.ts'

/** Tables of the schema `access`. */
export const accessMigrations: Migrations = {
  name: 'access',
  folder: new URL('./migrations/', import.meta.url),
}

export type Access = {
  /** What of the record the actor sees beyond his rights on types; undefined, and not a promise of it, where that is all. */
  sightOf(actor: Actor): Sight | undefined | Promise<Sight | undefined>
  /** The same under other policies than those that stand: what an edited one would do. */
  under(policies: readonly Policy[]): Pick<Access, 'sightOf'>
  readonly book: PolicyBook
  /** By which names relations know him. */
  holdersOf(actor: Actor): HeldBy | Promise<HeldBy>
}

type Needs = {
  readonly database: Database
  readonly records: Records
  readonly events: EventLog
  readonly runtime: Runtime
  readonly roles: RoleBook
  readonly decide: Decide
  /** Beside policies, labels and scopes: consents, broken glass. */
  readonly sources: readonly AccessSource[]
}

/** Why somebody looks who does not say it (v3-PurposeOfUse). */
export const usualPurpose = 'TREAT'

/** Access over migrated tables; from now on relations are kept with what is written. */
export function createAccess(needs: Needs): Access {
  const { runtime, roles } = needs
  const book = createPolicyBook(needs)
  keepRelations(needs)
  const holders = createHolders(needs)
  const others = [createLabelSource(needs), createScopeSource(), ...needs.sources]
  const sightBy = (policies: Pick<PolicyBook, 'of'>): Access['sightOf'] => {
    const mayRole = (tenant: TenantId, role: string, look: Look) =>
      allowsRecord(roles.rightsOf(tenant, [role]), look)
    const sources = [createPolicySource({ book: policies, holders, mayRole }), ...others]
    return (actor) => {
      if (actor.kind === 'system') return undefined
      const { tenant, purpose = usualPurpose } = actor
      return sightOf(sources, { tenant, actor, purpose, at: runtime.now() })
    }
  }
  return {
    book,
    holdersOf: (actor) => holders.of(actor),
    sightOf: sightBy(book),
    under: (policies) => ({ sightOf: sightBy({ of: () => policies }) }),
  }
}
