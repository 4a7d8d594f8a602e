/** What the stances of all sources say together: the rows and elements that one actor sees. */
import type { ResourceType } from '@xinglin/fhir'
import type { AccessSource, Asking, Look, RowFilter, Stance } from './access.ts'

export type Sight = {
  /** Rows that he may reach; undefined: all. The same object for types that are treated alike. */
  within(look: Look): RowFilter | undefined
  /** Elements that he is not shown, by path below the type. */
  hidden(type: ResourceType): readonly string[]
  /** Whether a source that does not tell takes any of these rows away, so that their being there is a secret. */
  isSilent(look: Look): boolean
  readonly stances: readonly Named[]
}
export type Named = Stance & { readonly name: string }

/** Asks each source; undefined, and not a promise of it, where nothing is taken from the actor. */
export function sightOf(
  sources: readonly AccessSource[],
  asking: Asking,
): Sight | undefined | Promise<Sight | undefined> {
  const stances = sources.map((source) => source.stanceOf(asking))
  const known = stances.filter(isTold)
  if (known.length === stances.length) return joined(sources, known)
  return Promise.all(stances.map((stance) => Promise.resolve(stance))).then((told) => joined(sources, told))
}

function isTold(stance: ReturnType<AccessSource['stanceOf']>): stance is Stance | undefined {
  return !(stance instanceof Promise)
}

function joined(sources: readonly AccessSource[], told: readonly (Stance | undefined)[]): Sight | undefined {
  const stances = told.flatMap((stance, place) => {
    const name = sources[place]?.name
    return stance && name !== undefined ? [{ ...stance, name }] : []
  })
  if (!stances.some(({ within, hidden }) => within || hidden)) return undefined
  const join = createJoin()
  return {
    stances,
    within: (look) => join(stances.flatMap((stance) => effectiveOf(stances, stance, look) ?? [])),
    isSilent: (look) => stances.some((stance) => !stance.tells && effectiveOf(stances, stance, look)),
    hidden: (type) => [...new Set(stances.flatMap(({ hidden }) => hidden?.(type) ?? []))],
  }
}

/** What a source lets through, with what others lift of it; undefined where it takes nothing away. */
export function effectiveOf(
  stances: readonly Named[],
  { name, within }: Named,
  look: Look,
): Part | undefined {
  const filter = within?.(look)
  if (!filter) return undefined
  const lifted = stances.flatMap(({ lifts }) => (lifts?.sources.includes(name) ? [lifts.rows] : []))
  return { filter, lifted }
}

type Part = { readonly filter: RowFilter; readonly lifted: readonly RowFilter[] }

/** The whole filter of a source. */
export function wholeOf({ filter, lifted }: Part): RowFilter {
  return lifted.length === 0 ? filter : { kind: 'or', filters: [filter, ...lifted] }
}

/** Parts that are the same give the same object, so that types that are treated alike share their condition. */
function createJoin(): (parts: readonly Part[]) => RowFilter | undefined {
  const known: { readonly parts: readonly RowFilter[]; readonly whole: RowFilter }[] = []
  return (parts) => {
    if (parts.length === 0) return undefined
    const filters = parts.map(({ filter }) => filter)
    const same = known.find(
      (each) =>
        each.parts.length === filters.length && each.parts.every((part, place) => part === filters[place]),
    )
    if (same) return same.whole
    const wholes = parts.map(wholeOf)
    const [only] = wholes
    const whole: RowFilter = wholes.length === 1 && only ? only : { kind: 'and', filters: wholes }
    known.push({ parts: filters, whole })
    return whole
  }
}

/** Whether nothing at all can be reached: such a look is refused as a whole. */
export function isNothing(filter: RowFilter | undefined): boolean {
  if (!filter) return false
  if (filter.kind === 'nothing') return true
  if (filter.kind === 'and') return filter.filters.some(isNothing)
  return filter.kind === 'or' && filter.filters.every(isNothing)
}
