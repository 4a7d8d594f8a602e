/** R4 codesystem.html §4.8.7 supplements: further designations and properties of the codes of another code system. */
import type { CodeSource, Concept, Selection } from './concept.ts'

/** Codes that are found by their further designations alone, of one question. */
const mostFoundBySupplement = 1_000

/** The source with what its supplements add to each concept, found by it too. */
export function supplemented(source: CodeSource, supplements: readonly CodeSource[]): CodeSource {
  if (supplements.length === 0) return source
  const enriched = async (concepts: readonly Concept[]): Promise<readonly Concept[]> => {
    const codes = concepts.map(({ code }) => code)
    const further = await Promise.all(supplements.map((supplement) => supplement.find(codes)))
    return concepts.map((concept) =>
      further.reduce((sum, found) => merged(sum, found.get(concept.code)), concept),
    )
  }
  return {
    ...source,
    async find(codes) {
      const found = [...(await source.find(codes))]
      const concepts = await enriched(found.map(([, concept]) => concept))
      return new Map(found.map(([code, concept], at) => [code, concepts[at] ?? concept]))
    },
    async select(selection) {
      const found = await source.select(await withFound(supplements, selection))
      return { ...found, concepts: await enriched(found.concepts) }
    },
  }
}

function merged(concept: Concept, further: Concept | undefined): Concept {
  if (!further) return concept
  const display = further.display === undefined ? [] : [{ value: further.display }]
  return {
    ...concept,
    // Whoever supplements a system wants his own names to be shown.
    designations: [
      ...further.designations,
      ...display.filter(({ value }) => value !== concept.display),
      ...concept.designations,
    ],
    properties: [...concept.properties, ...further.properties],
  }
}

/** With the codes whose further designations answer the text. */
async function withFound(supplements: readonly CodeSource[], selection: Selection): Promise<Selection> {
  const { text } = selection
  if (text === undefined) return selection
  const found = await Promise.all(
    supplements.map((supplement) =>
      supplement.select({ rule: { kind: 'all' }, text, offset: 0, count: mostFoundBySupplement }),
    ),
  )
  const codes = found.flatMap(({ concepts }) => concepts.map(({ code }) => code))
  return codes.length === 0 ? selection : { ...selection, alsoCodes: [...new Set(codes)] }
}
