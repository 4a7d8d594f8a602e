/**
 * Why somebody sees a resource or not, step by step: his rights on the type, then each source with its parts, judged by the
 * same conditions in SQL that his own looks carry, so that the answer cannot differ from what happens.
 */
import { sql } from '@xinglin/database'
import { invalid, notFound, type ResourceType } from '@xinglin/fhir'
import type { Records } from '@xinglin/records'
import { type Administration, inspect } from '../administer.ts'
import type { Actor, Interaction } from '../identity.ts'
import type { RowFilter } from './access.ts'
import { refuseBroken } from './check-policy.ts'
import type { Access } from './create-access.ts'
import type { Policy } from './policy.ts'
import { withPolicy } from './policy-trial.ts'
import { effectiveOf, type Named, type Sight, wholeOf } from './sight.ts'

export type ExplainQuestion = {
  /** `user/<id>` or `client/<id>`. */
  readonly actor: string
  readonly type: ResourceType
  readonly id: string
  readonly interaction: Interaction
  /** Code of v3-PurposeOfUse; absent: treatment. */
  readonly purpose?: string
  /** A policy that is not saved: the answer as it would be with it. */
  readonly draft?: Policy
}

export type Verdict = 'passes' | 'refuses'

/** One source's answer with the parts that lead to it. */
export type Step = {
  /** `right`, `policy`, `label`, `scope`, `consent`, `break-glass`, `sight`. */
  readonly source: string
  readonly verdict: Verdict
  /** The source refused, but another gives back what it took. */
  readonly isLifted: boolean
  /** What the source says of itself, where it tells. */
  readonly sentence?: string
  readonly parts: readonly {
    readonly effect: 'allow' | 'deny'
    readonly reason: readonly string[]
    /** Whether its condition holds for the resource. */
    readonly holds: boolean
  }[]
}

export type Explanation = {
  readonly verdict: Verdict
  readonly isThere: boolean
  readonly steps: readonly Step[]
  /** Relations of the patient in whose chart it stands with who asks. */
  readonly relations: readonly { readonly holder: string; readonly source: string; readonly until?: string }[]
  /** Elements that are hidden, by path below the type. */
  readonly hidden: readonly string[]
}

type Needs = Administration & {
  readonly records: Records
  readonly access: Access
  readonly actorOf: (reference: string) => Promise<Actor | undefined>
}

/** Explains one decision; a look at access itself, decided and audited. */
export function createExplain(needs: Needs): (by: Actor, asked: ExplainQuestion) => Promise<Explanation> {
  return (by, asked) =>
    inspect(needs, by, {
      permission: 'access.decisions.explain',
      detail: `${asked.actor.slice(0, 80)} · ${asked.interaction} ${asked.type}`,
      get: () => explain(needs, by, asked),
    })
}

async function explain(needs: Needs, by: Actor, asked: ExplainQuestion): Promise<Explanation> {
  const found = await needs.actorOf(asked.actor)
  if (!found || found.tenant !== by.tenant)
    throw notFound(`there is nobody ${asked.actor.slice(0, 80)} here who can act`, {
      code: 'access.no-actor',
      at: 'actor',
    })
  if (asked.interaction === 'create' || asked.interaction === 'search')
    throw invalid('ask of read, update or delete: a search finds what may be read', {
      code: 'access.question',
      at: 'interaction',
    })
  const actor: Actor = asked.purpose === undefined ? found : { ...found, purpose: asked.purpose }
  const right = rightStep(needs, actor, asked)
  const sight = await (await accessWith(needs, by, asked)).sightOf(actor)
  const isThere = (await needs.records.judged(actor.tenant, asked, [])) !== undefined
  const steps = sight ? await stepsOf(needs, actor, { asked, sight }) : []
  const all = [right, ...steps]
  return {
    verdict: all.every(({ verdict, isLifted }) => verdict === 'passes' || isLifted) ? 'passes' : 'refuses',
    isThere,
    steps: all,
    relations: await relationsOf(needs, actor, asked),
    hidden: sight?.hidden(asked.type) ?? [],
  }
}

async function accessWith({ access }: Needs, by: Actor, { draft }: ExplainQuestion) {
  if (!draft) return access
  refuseBroken(draft)
  return access.under(await withPolicy(access, by, draft))
}

function rightStep({ decide }: Needs, actor: Actor, { interaction, type, id }: ExplainQuestion): Step {
  const decision = decide(actor, { kind: 'record', interaction, type, id })
  return {
    source: 'right',
    verdict: decision.isAllowed ? 'passes' : 'refuses',
    isLifted: false,
    parts: [
      { effect: 'allow', reason: ['right', ...actor.roles, ...actor.scopes], holds: decision.isAllowed },
    ],
  }
}

type Judged = { readonly asked: ExplainQuestion; readonly sight: Sight }

async function stepsOf(needs: Needs, actor: Actor, { asked, sight }: Judged): Promise<readonly Step[]> {
  const steps: Step[] = []
  for (const stance of sight.stances) {
    const step = await stepOf(needs, actor, { asked, sight, stance })
    if (step) steps.push(step)
  }
  return steps
}

async function stepOf(
  { records }: Needs,
  actor: Actor,
  { asked, sight, stance }: Judged & { readonly stance: Named },
): Promise<Step | undefined> {
  const look = { interaction: asked.interaction, type: asked.type }
  const part = effectiveOf(sight.stances, stance, look)
  if (!part) return undefined
  const parts = stance.parts?.(look) ?? []
  const filters: readonly RowFilter[] = [part.filter, wholeOf(part), ...parts.map(({ rows }) => rows)]
  const [own = false, whole = false, ...each] = (await records.judged(actor.tenant, asked, filters)) ?? []
  const sentence = own ? undefined : (await stance.tells?.(asked))?.sentence
  return {
    source: stance.name,
    verdict: own ? 'passes' : 'refuses',
    isLifted: whole && !own,
    ...(sentence === undefined ? {} : { sentence }),
    parts: parts.map(({ effect, reason }, place) => ({ effect, reason, holds: each[place] ?? false })),
  }
}

/** What the record says of the two, also what a policy does not ask for. */
async function relationsOf({ access, database }: Needs, actor: Actor, { type, id }: ExplainQuestion) {
  const { own, departments } = await access.holdersOf(actor)
  return database.query(sql<{ holder: string; source: string; until?: string }>`
    select relation.holder, relation.source, relation.until
    from records.current
    join access.relation on relation.tenant = current.tenant and relation.patient = current.patient
    where current.tenant = ${actor.tenant} and current.type = ${type}::records.resource_type and current.id = ${id}
      and relation.holder = any (${[...own, ...departments]}::text[])
    order by relation.holder, relation.source
    limit 20`)
}
