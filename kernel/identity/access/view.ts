/** The record as one sight lets it be seen: rights of each interaction, and what a look that found nothing says. */
import { type FailureValues, forbidden, type OutcomeError, type ResourceType } from '@xinglin/fhir'
import type { Named, Records, RowFilter, SearchRights, SeenRecords, Version } from '@xinglin/records'
import type { Actor, Interaction } from '../identity.ts'
import { comparesOpenly, withoutElements } from './hidden-elements.ts'
import { effectiveOf, isNothing, type Named as NamedStance, type Sight, wholeOf } from './sight.ts'

type MayWalk = SearchRights['mayWalk']

export type View = {
  readonly records: SeenRecords
  readonly rights: SearchRights
  readonly sight?: Sight
  shown(version: Version): Version
}

/** Rights of one interaction, for statements of the record. */
export function rightsOf(sight: Sight, interaction: Interaction, mayWalk: MayWalk): SearchRights {
  return {
    mayWalk,
    within: (type) => sight.within({ interaction, type }),
    mayCompare: (type, parameter) => comparesOpenly(type, parameter, sight.hidden(type)),
  }
}

/** The record for one interaction; without a sight it is the record itself. */
export function viewOf(
  records: Records,
  sight: Sight | undefined,
  { interaction, mayWalk }: { readonly interaction: Interaction; readonly mayWalk: MayWalk },
): View {
  if (!sight) return { records, rights: { mayWalk }, shown: (version) => version }
  const rights = rightsOf(sight, interaction, mayWalk)
  return { records: records.seenBy(rights), rights, sight, shown: shownBy(sight) }
}

/** Versions without the elements that the sight hides. */
export function shownBy(sight: Sight): (version: Version) => Version {
  return (version) => withoutElements(version, sight.hidden(version.type))
}

/** Throws `forbidden` (`access.not-allowed`) where policies and scopes leave nothing of a type. */
export function refuseNothing(
  sight: Sight | undefined,
  { interaction, type }: { readonly interaction: Interaction; readonly type: ResourceType | '*' },
): void {
  if (!sight || type === '*' || !isNothing(sight.within({ interaction, type }))) return
  const look = { interaction, type }
  throw beyondRules(`no policy or scope lets you ${interaction} any ${type} for this purpose`, {
    sight,
    look,
  })
}

type Bound = {
  readonly sight: Sight
  readonly look: { readonly interaction: Interaction; readonly type: ResourceType }
}

/** A refusal that names the policies and scopes that bind such looks; never a row. */
export function beyondRules(sentence: string, { sight, look }: Bound): OutcomeError {
  const rules = sight.stances.flatMap((stance) => stance.rules?.(look) ?? [])
  const named = rules.map(({ en }) => en).join(', ')
  const rulesSaid: FailureValues = rules.length === 0 ? {} : { rules: rules.map(({ zh }) => zh).join('、') }
  return forbidden(named === '' ? sentence : `${sentence} (${named})`, {
    code: 'access.not-allowed',
    values: { interaction: look.interaction, type: look.type, ...rulesSaid },
  })
}

type Look = Named & { readonly interaction: Interaction }

/**
 * The sources that hide a resource which a look did not find; none where there never was one. Throws `forbidden` with their
 * sentences where all of them tell (the patient's own consent): one that does not, keeps the resource's being there a secret.
 */
export async function hiddenBy(
  records: Pick<Records, 'judged'>,
  actor: Pick<Actor, 'tenant'>,
  { sight, type, id, interaction }: Look & { readonly sight: Sight },
): Promise<readonly string[]> {
  const judge = (row: Named, filters: readonly RowFilter[]) => records.judged(actor.tenant, row, filters)
  const { hiding, areTelling } = await judgedHiding(judge, { sight, type, id, interaction })
  if (!areTelling) return hiding.map(({ name }) => name)
  const told = await Promise.all(hiding.map(async ({ tells }) => tells?.({ type, id })))
  const known = told.filter((each) => each !== undefined)
  if (known.length === hiding.length)
    throw forbidden(known.map(({ sentence }) => sentence).join('; '), {
      code: 'consent.refused',
      values: Object.assign({}, ...known.map(({ values }) => values)),
    })
  return hiding.map(({ name }) => name)
}

type Hiding = {
  /** None where there never was such a resource. */
  readonly hiding: readonly NamedStance[]
  /** That all of them say so to who asks: nobody else is asked why, so that a secret takes no more time than nothing. */
  readonly areTelling: boolean
}

/** The sources that hide one resource. */
export async function judgedHiding(
  judge: (row: Named, filters: readonly RowFilter[]) => ReturnType<Records['judged']>,
  { sight, type, id, interaction }: Look & { readonly sight: Sight },
): Promise<Hiding> {
  const asked = sight.stances.flatMap((stance) => {
    const part = effectiveOf(sight.stances, stance, { interaction, type })
    return part ? [{ stance, filter: wholeOf(part) }] : []
  })
  if (asked.length === 0) return { hiding: [], areTelling: false }
  const verdicts = await judge(
    { type, id },
    asked.map(({ filter }) => filter),
  )
  const hiding = asked.filter((_, place) => verdicts?.[place] === false).map(({ stance }) => stance)
  return { hiding, areTelling: hiding.length > 0 && hiding.every(({ tells }) => tells) }
}
