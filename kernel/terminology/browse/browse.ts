/** Going through a code system: its tops, what stands below a code, what answers a text, and a code among its neighbours. */
import type { CodeSystem } from '@xinglin/fhir'
import { type AskNeeds, systemOf } from '../ask.ts'
import type { CodeSource, Concept, Header } from '../concepts/concept.ts'
import type { Rule } from '../concepts/rules.ts'
import { unknownCode } from '../failures.ts'
import type { Named } from '../terminology.ts'

export type BrowseQuestion = {
  /** `all` codes in the order of the system, those above which `top` nothing stands, or those right below a code. */
  readonly among: 'all' | 'top' | { readonly below: string }
  /** As for an expansion: words, pinyin, initials. */
  readonly text?: string
  readonly offset: number
  readonly count: number
}
export type BrowsedConcept = Concept & { readonly hasChildren: boolean }
export type Browsed = {
  readonly header: Header
  readonly concepts: readonly BrowsedConcept[]
  /** Absent where counting on would cost too much. */
  readonly total?: number
  /** Whether any code stands below another. */
  readonly isHierarchical: boolean
}
export type ConceptPlace = {
  readonly header: Header
  readonly concept: Concept
  /** From the top down to the code, by the first parent of each; without itself. */
  readonly path: readonly Concept[]
  readonly parents: readonly Concept[]
  /** At most `mostNeighbours`. */
  readonly children: readonly Concept[]
}

/** Concepts of one page: a tree opens as many at once. */
const mostOfPage = 500
/** More children are gone through by `browse`. */
const mostNeighbours = 200
const hasParent: Rule = { kind: 'present', property: 'parent' }

/** Throws `unprocessable` for an unknown system. */
export async function browse(
  needs: AskNeeds,
  named: Named<CodeSystem>,
  { among, text, offset, count }: BrowseQuestion,
): Promise<Browsed> {
  const source = await systemOf(needs, named)
  const [{ concepts, ...told }, nested] = await Promise.all([
    source.select({ rule: ruleOf(among), text, offset, count: Math.min(count, mostOfPage) }),
    source.select({ rule: hasParent, offset: 0, count: 1 }),
  ])
  const isHierarchical = nested.concepts.length > 0
  const codes = concepts.map(({ code }) => code)
  const withChildren: ReadonlySet<string> = isHierarchical
    ? await source.meeting(codes, { kind: 'present', property: 'child' })
    : new Set()
  return {
    header: source.header,
    concepts: concepts.map((concept) => ({ ...concept, hasChildren: withChildren.has(concept.code) })),
    ...told,
    isHierarchical,
  }
}

function ruleOf(among: BrowseQuestion['among']): Rule {
  if (among === 'all') return { kind: 'all' }
  if (among === 'top') return { kind: 'not', rule: hasParent }
  return { kind: 'value', property: 'parent', values: [among.below] }
}

/** Throws `unprocessable` for an unknown system and `notFound` for an unknown code. */
export async function placeOf(
  needs: AskNeeds,
  named: Named<CodeSystem>,
  code: string,
): Promise<ConceptPlace> {
  const source = await systemOf(needs, named)
  const concept = (await source.find([code])).get(code)
  if (!concept) throw unknownCode(code, source.header.url ?? '')
  const [above, below] = await Promise.all([
    source.above(concept.code),
    source.children(concept.code, mostNeighbours),
  ])
  const known = await source.find([...above, ...concept.parents, ...below])
  return {
    header: source.header,
    concept,
    path: pathTo(concept, known),
    parents: conceptsOf(concept.parents, known),
    children: conceptsOf(below, known),
  }
}

type Known = Awaited<ReturnType<CodeSource['find']>>

function conceptsOf(codes: readonly string[], known: Known): readonly Concept[] {
  return codes.flatMap((code) => known.get(code) ?? [])
}

/** A circle ends where it began. */
function pathTo(concept: Concept, known: Known): readonly Concept[] {
  const path: Concept[] = []
  const next = ({ parents }: Concept) => parents.map((code) => known.get(code)).find((each) => each)
  for (let at = next(concept); at && !path.includes(at) && at !== concept; at = next(at)) path.unshift(at)
  return path
}
