/**
 * Writes of one who does not see all (docs/decisions/0070): what he does not see he neither changes nor learns of. A person is
 * answered as if what is hidden had never been; a service, which names its own ids, learns that an id or a condition is taken.
 */
import { ambiguous, forbidden, notFound, type OutcomeError, type ResourceType } from '@xinglin/fhir'
import { absentFailure, type Change, type Named, type OpenUnit, type Version } from '@xinglin/records'
import { isInCharts } from './access/chart-types.ts'
import type { Sight } from './access/sight.ts'
import { beyondRules, judgedHiding, refuseNothing, rightsOf } from './access/view.ts'
import type { Actor, Interaction } from './identity.ts'

/** A change as it is decided and audited. */
export type WriteRequest = {
  readonly interaction: Interaction
  readonly type: ResourceType | '*'
  readonly id?: string
}
export type Writing = {
  readonly actor: Actor
  readonly sight: Sight
  /** In the order of the changes. */
  readonly requests: readonly WriteRequest[]
}
/** Notes a refusal in the trail. */
type Note = (request: WriteRequest, reason: string) => void

const writeInteractions = ['create', 'update', 'delete'] as const
type WriteInteraction = (typeof writeInteractions)[number]
const everywhere = () => true

/** What somebody does not see he does not change; and who sees a part would write back less than there is. */
export async function refuseUnseen(
  unit: OpenUnit,
  writing: Writing & { readonly changes: readonly Change[]; readonly note: Note },
): Promise<void> {
  const { sight, requests, changes, note } = writing
  for (const request of requests) {
    const { interaction, type } = request
    refuseNothing(sight, request)
    if (interaction !== 'update' || type === '*' || sight.hidden(type).length === 0) continue
    const reason = 'you see a part of it only'
    note(request, reason)
    throw beyondRules(`${type} cannot be written by you: ${reason}`, { sight, look: { interaction, type } })
  }
  for (const interaction of writeInteractions) {
    const named = changes.flatMap((change, place) => {
      const request = requests[place]
      if (request?.interaction !== interaction || request.type === '*' || request.id === undefined) return []
      const { ifVersion } = { ifVersion: undefined, ...change }
      return [{ type: request.type, id: request.id, ifVersion, isSilent: isSilent(writing, change) }]
    })
    await refuseHidden(unit, { ...writing, interaction, named: named.filter((each) => !each.isSilent) })
    await refuseAbsent(unit, { ...writing, interaction, named: named.filter((each) => each.isSilent) })
  }
}

type OfInteraction = Writing & {
  readonly interaction: WriteInteraction
  readonly named: readonly Asked[]
  readonly note: Note
}
type Asked = Named & { readonly ifVersion: number | undefined }

/** That a row is there is itself the secret where it is in a chart and taken away by a source that does not tell. */
function isSecret(sight: Sight, look: { interaction: Interaction; type: ResourceType }): boolean {
  return isInCharts(look.type) && sight.isSilent(look)
}

/** Whether an answer must be the same for what is hidden and for what never was; only a service may name what it creates. */
function isSilent({ actor, sight }: Writing, change: Change): boolean {
  if (change.kind === 'create') return false
  const type = change.kind === 'delete' ? change.type : change.resource.resourceType
  if (!isSecret(sight, { interaction: change.kind, type })) return false
  return change.kind === 'delete' || change.ifVersion !== undefined || actor.kind !== 'client'
}

/** 403 for what is there and hidden: its author names ids himself, and anything else would overwrite it. */
async function refuseHidden(unit: OpenUnit, writing: OfInteraction): Promise<void> {
  const { sight, interaction, named } = writing
  if (named.length === 0) return
  const [hidden] = await unit.seenBy(rightsOf(sight, interaction, everywhere)).hidden(named)
  if (hidden) throw beyondSight(writing, hidden)
}

/** The answer to what never was, also for what is hidden, by the same statements and in the same words. */
async function refuseAbsent(unit: OpenUnit, writing: OfInteraction): Promise<void> {
  const { sight, interaction, named, note } = writing
  if (named.length === 0) return
  const [unseen] = await missing(unit, { sight, interaction, named })
  if (!unseen) return
  const [unread] = await missing(unit, { sight, interaction: 'read', named: [unseen] })
  const { hiding, areTelling } = await judgedHiding(unit.judged, { ...unseen, sight, interaction })
  if (!unread || areTelling) throw beyondSight(writing, unseen)
  const reason = hiding.length === 0 ? 'not found' : `hidden by ${hiding.map(({ name }) => name).join(', ')}`
  note({ interaction, type: unseen.type, id: unseen.id }, reason)
  if (interaction === 'delete' || unseen.ifVersion !== undefined)
    throw absentFailure(unseen, unseen.ifVersion)
  throw notFound(`there is no such ${unseen.type} that you could change; what is new is named by POST`, {
    code: 'access.not-found',
    at: unseen.type,
  })
}

type Missing = Pick<OfInteraction, 'sight' | 'named'> & { readonly interaction: Interaction }

async function missing(unit: OpenUnit, { sight, interaction, named }: Missing): Promise<readonly Asked[]> {
  const reached = await unit.seenBy(rightsOf(sight, interaction, everywhere)).reached(named)
  return named.filter((each) => !reached.some(({ type, id }) => type === each.type && id === each.id))
}

function beyondSight({ sight, interaction, note }: OfInteraction, { type, id }: Named): OutcomeError {
  const reason = 'it is beyond what you may see'
  note({ interaction, type, id }, reason)
  return beyondRules(`${type} cannot be written by you: ${reason}`, { sight, look: { interaction, type } })
}

/**
 * A condition that found nothing may match what its author does not see. A person is refused whatever there is: creating would
 * make a second one, and refusing only where there is one would tell of it. A service is told, so that it doubles nothing.
 */
export async function refuseBlindConditions(
  unit: OpenUnit,
  { actor, sight, changes }: Pick<Writing, 'actor' | 'sight'> & { readonly changes: readonly Change[] },
): Promise<void> {
  for (const change of changes) {
    if (change.kind === 'delete' || !change.unless) continue
    const type = change.resource.resourceType
    if (!sight.within({ interaction: 'search', type })) continue
    if (isSecret(sight, { interaction: 'search', type }) && actor.kind !== 'client')
      throw forbidden(`you do not see every ${type}, so it cannot be told that none meets the condition`, {
        code: 'access.blind-condition',
        at: type,
      })
    const { matches } = await unit.search(type, [...change.unless, ['_count', '1']])
    if (matches.length > 0)
      throw ambiguous(`the condition is met by ${type} beyond what you may see; nothing was made`, {
        code: 'access.taken',
        at: type,
      })
  }
}

/** Nothing is written where its author may not write: a new resource stands in a chart that he reaches, and stays in one. */
export async function refuseOutside(
  unit: OpenUnit,
  { actor, sight, requests, versions }: Writing & { readonly versions: readonly Version[] },
): Promise<void> {
  for (const interaction of ['create', 'update'] as const) {
    const written = versions.filter((_, place) => requests[place]?.interaction === interaction)
    const [outside] =
      written.length === 0 ? [] : await unit.seenBy(rightsOf(sight, interaction, everywhere)).hidden(written)
    const [stray] = outside ? [outside] : await strays(unit, { actor, sight, versions: written })
    if (stray)
      throw beyondRules(`this ${stray.type} would stand beyond what you may write`, {
        sight,
        look: { interaction, type: stray.type },
      })
  }
}

/** A chart that is not there is treated as one that is hidden: else a write would try which there are. */
async function strays(
  unit: OpenUnit,
  { actor, sight, versions }: Pick<Writing, 'actor' | 'sight'> & { readonly versions: readonly Version[] },
): Promise<readonly Named[]> {
  const look = { interaction: 'read', type: 'Patient' } as const
  if (versions.length === 0 || actor.kind === 'client' || !isSecret(sight, look)) return []
  const inCharts = versions.filter(({ type }) => type !== 'Patient' && isInCharts(type))
  return inCharts.length === 0 ? [] : unit.seenBy(rightsOf(sight, 'read', everywhere)).strays(inCharts)
}
