/** R4 terminology-service.html §4.7.5 and valueset-operation-expand: the codes of a value set, by pages, nested or flat. */
import type { Concept, Designation } from '../concepts/concept.ts'
import { displayIn } from '../concepts/display.ts'
import { and, not } from '../concepts/rules.ts'
import { tooManyCodes } from '../failures.ts'
import type { Composed, Part } from './compose.ts'

/** Codes of an expansion that is not taken by pages: 2 MB; who chooses among more needs a filter. */
export const mostExpanded = 10_000
/** Codes of one page. */
export const mostOfPage = 1_000
/** A nested expansion is drawn as a tree. */
const mostNested = 5_000

export type ExpandRequest = {
  readonly filter?: string
  readonly offset?: number
  readonly count?: number
  readonly isActiveOnly?: boolean
  /** Without the codes that only group others. */
  readonly isSelectableOnly?: boolean
  /** Nested as the code system is; only of a whole expansion without filter. */
  readonly isNested?: boolean
  /** BCP 47. */
  readonly language?: string
  readonly hasDesignations?: boolean
  /** Only those of a use or a language: `system|code`, with `urn:ietf:bcp:47` for languages. All where none is named. */
  readonly designations?: readonly string[]
}

export type ExpandedConcept = {
  readonly system: string
  readonly version?: string
  readonly code: string
  readonly display?: string
  readonly isInactive?: true
  readonly isAbstract?: true
  readonly designations?: readonly Designation[]
  readonly contains?: readonly ExpandedConcept[]
}
export type Expanded = {
  readonly concepts: readonly ExpandedConcept[]
  /** Absent where counting on would cost too much. */
  readonly total?: number
  /** Present where the answer is a page. */
  readonly offset?: number
  readonly isNested: boolean
}

/** Throws `tooCostly` where the whole would hold more codes than anybody could use. */
export async function expand(composed: Composed, request: ExpandRequest): Promise<Expanded> {
  const { offset, count, filter } = request
  const isPaged = offset !== undefined || count !== undefined
  const isActiveOnly = request.isActiveOnly === true || !composed.hasInactive
  const most = isPaged ? Math.min(count ?? mostOfPage, mostOfPage) : mostExpanded + 1
  const parts = request.isSelectableOnly ? composed.parts.map(selectable) : composed.parts
  const page = await pageOf(parts, { text: filter, isActiveOnly, offset: offset ?? 0, count: most })
  if (!isPaged && page.found.length > mostExpanded) throw tooManyCodes(mostExpanded, 'this expansion')
  const isNested = request.isNested === true && !isPaged && !filter && page.found.length <= mostNested
  const concepts = page.found.map(({ part, concept }) => ({
    concept,
    shown: shownOf(part, concept, request),
  }))
  return {
    concepts: isNested ? nested(concepts) : concepts.map(({ shown }) => shown),
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(isPaged ? { offset: offset ?? 0 } : {}),
    isNested,
  }
}

/** §4.8.11: what is not selectable says so by a property. */
function selectable(part: Part): Part {
  return {
    ...part,
    rule: and(part.rule, not({ kind: 'value', property: 'notSelectable', values: ['true'] })),
  }
}

type Found = { readonly part: Part; readonly concept: Concept }
type Wanted = {
  readonly text?: string
  readonly isActiveOnly: boolean
  readonly offset: number
  readonly count: number
}

/** System after system; a page may begin in one and end in the next. */
async function pageOf(
  parts: readonly Part[],
  { offset, count, ...wanted }: Wanted,
): Promise<{ readonly found: readonly Found[]; readonly total?: number }> {
  const found: Found[] = []
  let total: number | undefined = 0
  let skipped = offset
  for (const part of parts) {
    const selection = {
      ...wanted,
      rule: part.rule,
      offset: skipped,
      count: Math.max(count - found.length, 0),
    }
    const selected = await part.source.select(selection)
    found.push(...selected.concepts.map((concept) => ({ part, concept })))
    total = total === undefined || selected.total === undefined ? undefined : total + selected.total
    skipped = selected.total === undefined ? 0 : Math.max(skipped - selected.total, 0)
  }
  return total === undefined ? { found } : { found, total }
}

function shownOf(
  { system, source, listed }: Part,
  concept: Concept,
  request: ExpandRequest,
): ExpandedConcept {
  const own = listed.get(concept.code)
  const designations = [...(own?.designation ?? []), ...concept.designations]
  const display = displayIn({ ...concept, designations }, request.language) ?? own?.display
  const { version } = source.header
  const shown = designations.filter((each) => isWanted(each, request.designations ?? []))
  return {
    system,
    ...(version === undefined ? {} : { version }),
    code: concept.code,
    // §4.9.5: a display that the value set itself gives goes before that of the system.
    ...(request.language === undefined && own?.display
      ? { display: own.display }
      : display === undefined
        ? {}
        : { display }),
    ...(concept.isInactive ? { isInactive: true as const } : {}),
    ...(concept.isAbstract ? { isAbstract: true as const } : {}),
    ...(request.hasDesignations && shown.length > 0 ? { designations: shown } : {}),
  }
}

const languages = 'urn:ietf:bcp:47'

function isWanted({ language, use }: Designation, wanted: readonly string[]): boolean {
  return (
    wanted.length === 0 ||
    wanted.includes(`${languages}|${language ?? ''}`) ||
    wanted.includes(`${use?.system ?? ''}|${use?.code ?? ''}`)
  )
}

/** Under the first parent that is chosen too; a code with several parents stands once. */
function nested(
  all: readonly { readonly concept: Concept; readonly shown: ExpandedConcept }[],
): readonly ExpandedConcept[] {
  const keyOf = (system: string, code: string) => `${system}|${code}`
  const present = new Set(all.map(({ shown }) => keyOf(shown.system, shown.code)))
  const children = Map.groupBy(all, ({ concept, shown }) => {
    const parent = concept.parents.find(
      (each) => each !== concept.code && present.has(keyOf(shown.system, each)),
    )
    return parent === undefined ? '' : keyOf(shown.system, parent)
  })
  const below = (key: string, above: ReadonlySet<string>): readonly ExpandedConcept[] =>
    (children.get(key) ?? []).flatMap(({ shown }) => {
      const own = keyOf(shown.system, shown.code)
      if (above.has(own)) return []
      const contains = below(own, new Set([...above, own]))
      return [contains.length === 0 ? shown : { ...shown, contains }]
    })
  return below('', new Set())
}
