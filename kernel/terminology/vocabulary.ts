/** What the record asks when a search says `:in`, `:not-in`, `:below` or `:above` (R4 §3.1.1.4.4). */

import type { ValueSet } from '@xinglin/fhir'
import type { SystemCode, Vocabulary } from '@xinglin/records'
import { composedOf } from './ask.ts'
import { tooManyCodes, unknownSystem } from './failures.ts'
import { canonicalOf } from './find/canonical.ts'
import type { Library } from './find/library.ts'
import type { Sources } from './find/sources.ts'
import type { Named, Terminology } from './terminology.ts'

/** The vocabulary of a terminology that is made after the record which asks it. */
export function lateVocabulary(made: () => Pick<Terminology, 'vocabulary'>): Vocabulary {
  return {
    codesIn: (...asked) => made().vocabulary.codesIn(...asked),
    codesBelow: (...asked) => made().vocabulary.codesBelow(...asked),
    codesAbove: (...asked) => made().vocabulary.codesAbove(...asked),
  }
}

export function createVocabulary(needs: {
  readonly library: Library
  readonly sources: Sources
}): Vocabulary {
  const sourceOf = async (tenant: Parameters<Sources['byUrl']>[0], system: string) => {
    const source = await needs.sources.byUrl(tenant, { url: system })
    if (!source) throw unknownSystem(system)
    return source
  }
  return {
    async codesIn(tenant, valueSet, most) {
      const { parts } = await composedOf({ ...needs, tenant }, namedBy(valueSet))
      const codes: SystemCode[] = []
      for (const { system, source, rule } of parts) {
        const { concepts } = await source.select({ rule, offset: 0, count: most + 1 - codes.length })
        codes.push(...concepts.map(({ code }) => ({ system, code })))
        if (codes.length > most) throw tooManyCodes(most, 'the value set of this search')
      }
      return codes
    },
    async codesBelow(tenant, { system, code }, most) {
      const below = await (await sourceOf(tenant, system)).below(code, most)
      if (below.length >= most) throw tooManyCodes(most, 'the part of the hierarchy below this code')
      return [code, ...below].map((each) => ({ system, code: each }))
    },
    async codesAbove(tenant, { system, code }) {
      const above = await (await sourceOf(tenant, system)).above(code)
      return [code, ...above].map((each) => ({ system, code: each }))
    },
  }
}

function namedBy(valueSet: string): Named<ValueSet> {
  const id = /^ValueSet\/([A-Za-z0-9\-.]{1,64})$/.exec(valueSet)?.[1]
  return id === undefined ? canonicalOf(valueSet) : { id }
}
