/**
 * What a policy would do before it is saved: the last day's looks at single resources, as the trail has them, judged by the policies
 * that stand and by those that would, with the same conditions in SQL that the looks themselves carry.
 */
import { sql } from '@xinglin/database'
import type { Instant, ResourceType } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import type { Records } from '@xinglin/records'
import { type Administration, inspect } from '../administer.ts'
import type { Actor } from '../identity.ts'
import { refuseBroken } from './check-policy.ts'
import type { Access } from './create-access.ts'
import { isOfRole, type Policy } from './policy.ts'
import type { Sight } from './sight.ts'

/** A look of the last day whose answer would be another. */
export type ChangedLook = {
  readonly actor: string
  readonly display: string
  readonly interaction: 'read' | 'update' | 'delete'
  readonly type: ResourceType
  readonly id: string
  readonly becomes: 'refused' | 'allowed'
}
export type Trial = {
  /** Different looks of those whom the policy concerns. */
  readonly looked: number
  /** Whether the day had more than was looked at. */
  readonly isCut: boolean
  readonly refused: number
  readonly allowed: number
  /** At most 50. */
  readonly changed: readonly ChangedLook[]
}

type Needs = Administration & {
  readonly records: Records
  readonly access: Access
  readonly actorOf: (reference: string) => Promise<Actor | undefined>
}

/** Newest entries of the trail that are read. */
const mostEntries = 20_000
/** Different looks that are judged, each by one statement of some 0.3 ms. */
const mostLooks = 1_000
const mostShown = 50

/** Tries a policy that is not saved; a look at access itself, decided and audited. */
export function createPolicyTrial(needs: Needs): (by: Actor, policy: Policy) => Promise<Trial> {
  return (by, policy) =>
    inspect(needs, by, {
      permission: 'access.decisions.explain',
      detail: `trial of ${policy.id.slice(0, 80)}`,
      get: () => {
        refuseBroken(policy)
        return tried(needs, by, policy)
      },
    })
}

/** The policies as they would stand. */
export async function withPolicy(access: Access, by: Actor, policy: Policy): Promise<readonly Policy[]> {
  const others = (await access.book.list(by.tenant)).filter(({ id }) => id !== policy.id)
  return [...others, policy].filter(({ isActive }) => isActive)
}

type Looked = {
  readonly actor: string
  readonly purpose: string | null
  readonly interaction: ChangedLook['interaction']
  readonly type: string
  readonly id: string
}

async function tried(needs: Needs, by: Actor, policy: Policy): Promise<Trial> {
  const looks = await lastDay(needs, by)
  const after = needs.access.under(await withPolicy(needs.access, by, policy))
  const standing = (await needs.access.book.list(by.tenant)).find(({ id }) => id === policy.id)
  const concerned = (actor: Actor) =>
    [policy, ...(standing ? [standing] : [])].some((each) =>
      (actor.kind === 'client' ? [actor.reference] : actor.roles).some((role) => isOfRole(each, role)),
    )
  const changed: ChangedLook[] = []
  let looked = 0
  for (const [reference, own] of Map.groupBy(looks, ({ actor }) => actor)) {
    const actor = await needs.actorOf(reference)
    if (!actor || actor.tenant !== by.tenant || !concerned(actor)) continue
    looked += own.length
    for (const look of own) {
      const becomes = await changeOf(needs, after, { actor, look })
      if (becomes) changed.push({ ...shownOf(look), actor: reference, display: actor.display, becomes })
    }
  }
  const refused = changed.filter(({ becomes }) => becomes === 'refused').length
  return {
    ...{ looked, isCut: looks.length === mostLooks, refused, allowed: changed.length - refused },
    changed: changed.slice(0, mostShown),
  }
}

function shownOf({ interaction, type, id }: Looked & { readonly type: string }) {
  return { interaction, type: type as ResourceType, id }
}

/** Different looks at single resources of the last day, the newest first. */
async function lastDay({ database, runtime }: Needs, { tenant }: Actor): Promise<readonly Looked[]> {
  const at: Instant = runtime.now()
  const rows = await database.query(sql<Looked>`
    select actor, purpose, action as interaction, resource_type as type, resource_id as id
    from (
      select actor, purpose, action, resource_type, resource_id, at, outcome from identity.audit
      where tenant = ${tenant} and at > ${at}::timestamptz - interval '1 day'
      order by at desc, id desc limit ${mostEntries}
    ) as day
    where action in ('read', 'update', 'delete') and resource_type is not null and resource_id is not null
      and outcome <> 'failed'
    group by actor, purpose, action, resource_type, resource_id
    order by max(at) desc limit ${mostLooks}`)
  return rows.filter(({ type }) => isResourceType(type))
}

type One = { readonly actor: Actor; readonly look: Looked }

async function changeOf(
  { records, access }: Needs,
  next: Pick<Access, 'sightOf'>,
  { actor, look }: One,
): Promise<ChangedLook['becomes'] | undefined> {
  const asked = look.purpose === null ? actor : { ...actor, purpose: look.purpose }
  const { interaction, type, id } = shownOf(look)
  const filterOf = (sight: Sight | undefined) => sight?.within({ interaction, type })
  const before = filterOf(await access.sightOf(asked))
  const after = filterOf(await next.sightOf(asked))
  if (!before && !after) return undefined
  const open = { kind: 'and', filters: [] } as const
  const verdicts = await records.judged(actor.tenant, { type, id }, [before ?? open, after ?? open])
  if (!verdicts || verdicts[0] === verdicts[1]) return undefined
  return verdicts[1] ? 'allowed' : 'refused'
}
