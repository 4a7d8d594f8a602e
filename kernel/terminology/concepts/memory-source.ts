/** A code system whose concepts stand in its resource: asked in memory. */
import { foldText } from '@xinglin/fhir/search'
import type { CodeSource, Concept, Header, Selected, Selection } from './concept.ts'
import { textOf } from './flatten.ts'
import type { Rule } from './rules.ts'
import { answers, questionOf, wordsOf } from './words.ts'

/** Concepts in the order of the system; a parent that is none of them is left out. */
export function memorySource(
  header: Header,
  concepts: readonly Concept[],
  { isComplete }: { readonly isComplete: boolean },
): CodeSource {
  const isCaseSensitive = header.caseSensitive !== false
  const keyOf = (code: string) => (isCaseSensitive ? code : code.toLowerCase())
  const byCode = new Map(concepts.map((concept) => [keyOf(concept.code), concept]))
  const get = (code: string) => byCode.get(keyOf(code))
  const childrenOf = childTable(concepts)
  const ancestry = createAncestry(get)
  const wordsOfEach = new Map<Concept, ReadonlySet<string>>()
  const words = (concept: Concept) => {
    const known = wordsOfEach.get(concept) ?? wordsOf(concept)
    wordsOfEach.set(concept, known)
    return known
  }
  const meets = (rule: Rule) => testOf(rule, { ancestry, childrenOf, keyOf })
  return {
    header,
    isComplete,
    async find(codes) {
      return new Map(codes.flatMap((code) => pairOf(code, get(code))))
    },
    async select(selection) {
      return selected(concepts, selection, { meets: meets(selection.rule), words })
    },
    async meeting(codes, rule) {
      const test = meets(rule)
      return new Set(
        codes.filter((code) => {
          const concept = get(code)
          return concept !== undefined && test(concept)
        }),
      )
    },
    async above(code) {
      return [...ancestry(get(code)?.code ?? code)].filter((each) => each !== get(code)?.code)
    },
    async below(code, most) {
      const test = meets({ kind: 'below', code, isWithSelf: false })
      return concepts
        .values()
        .filter(test)
        .take(most)
        .map((concept) => concept.code)
        .toArray()
    },
    async children(code, most) {
      return (childrenOf.get(code) ?? []).slice(0, most)
    },
  }
}

function pairOf(code: string, concept: Concept | undefined): readonly (readonly [string, Concept])[] {
  return concept ? [[code, concept]] : []
}

function childTable(concepts: readonly Concept[]): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, string[]>()
  for (const { code, parents } of concepts) {
    for (const parent of parents) {
      const children = table.get(parent)
      if (children) children.push(code)
      else table.set(parent, [code])
    }
  }
  return table
}

type Ancestry = (code: string) => ReadonlySet<string>

/** A code and all above it; a circle ends where it began. */
function createAncestry(get: (code: string) => Concept | undefined): Ancestry {
  const known = new Map<string, ReadonlySet<string>>()
  return (code) => {
    const before = known.get(code)
    if (before) return before
    const found = new Set<string>()
    const waiting = [code]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (found.has(next)) continue
      found.add(next)
      waiting.push(...(get(next)?.parents ?? []))
    }
    known.set(code, found)
    return found
  }
}

type Hierarchy = {
  readonly ancestry: Ancestry
  readonly childrenOf: ReadonlyMap<string, readonly string[]>
  readonly keyOf: (code: string) => string
}

function testOf(rule: Rule, hierarchy: Hierarchy): (concept: Concept) => boolean {
  switch (rule.kind) {
    case 'all':
      return () => true
    case 'none':
      return () => false
    case 'codes': {
      const codes = new Set(rule.codes.map(hierarchy.keyOf))
      return ({ code }) => codes.has(hierarchy.keyOf(code))
    }
    case 'below':
      return ({ code }) => hierarchy.ancestry(code).has(rule.code) && (rule.isWithSelf || code !== rule.code)
    case 'above': {
      const above = hierarchy.ancestry(rule.code)
      return ({ code }) => above.has(code)
    }
    case 'value':
      return (concept) =>
        valuesOf(concept, rule.property, hierarchy).some((value) => rule.values.includes(value))
    case 'pattern': {
      const pattern = new RegExp(`^(?:${rule.pattern})$`, 'u')
      return (concept) => valuesOf(concept, rule.property, hierarchy).some((value) => pattern.test(value))
    }
    case 'present':
      return (concept) => valuesOf(concept, rule.property, hierarchy).length > 0
    case 'not': {
      const test = testOf(rule.rule, hierarchy)
      return (concept) => !test(concept)
    }
    case 'and':
    case 'or': {
      const tests = rule.rules.map((each) => testOf(each, hierarchy))
      return rule.kind === 'and'
        ? (concept) => tests.every((test) => test(concept))
        : (concept) => tests.some((test) => test(concept))
    }
  }
}

function valuesOf(concept: Concept, property: string, { childrenOf }: Hierarchy): readonly string[] {
  switch (property) {
    case 'code':
    case 'concept':
      return [concept.code]
    case 'display':
      return concept.display === undefined ? [] : [concept.display]
    case 'definition':
      return concept.definition === undefined ? [] : [concept.definition]
    case 'parent':
      return concept.parents
    case 'child':
      return childrenOf.get(concept.code) ?? []
    default:
      return concept.properties.flatMap((each) => (each.code === property ? [textOf(each)] : []))
  }
}

function selected(
  concepts: readonly Concept[],
  { rule, text, alsoCodes, isActiveOnly = false, offset, count }: Selection,
  {
    meets,
    words,
  }: { meets: (concept: Concept) => boolean; words: (concept: Concept) => ReadonlySet<string> },
): Selected {
  const question = questionOf(text ?? '')
  const also = new Set(alsoCodes)
  const found = concepts.filter(
    (concept) =>
      !(isActiveOnly && concept.isInactive) &&
      meets(concept) &&
      (question.length === 0 || also.has(concept.code) || answers(words(concept), question)),
  )
  const ordered = inOrder(found, rule, text)
  return { concepts: ordered.slice(offset, offset + count), total: found.length }
}

/** Codes that were listed stand in the order of the list; with a text, what it names exactly comes first. */
function inOrder(found: readonly Concept[], rule: Rule, text: string | undefined): readonly Concept[] {
  const places = new Map(rule.kind === 'codes' ? rule.codes.map((code, at) => [code, at]) : [])
  const listed = places.size === 0 ? found : found.toSorted((a, b) => placeOf(places, a) - placeOf(places, b))
  const folded = foldText(text ?? '')
  if (folded === '') return listed
  return listed.toSorted((a, b) => farness(a, folded) - farness(b, folded))
}

function farness({ code, display = '' }: Concept, folded: string): number {
  const foldedCode = foldText(code)
  if (foldedCode === folded) return 0
  if (foldedCode.startsWith(folded)) return 1
  return foldText(display).startsWith(folded) ? 2 : 3
}

function placeOf(places: ReadonlyMap<string, number>, { code }: Concept): number {
  return places.get(code) ?? places.size
}
