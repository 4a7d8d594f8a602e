/** The terminology of the platform as what profiles ask of one: value sets as lists where they are short, verdicts where not. */
import { OutcomeError } from '@xinglin/fhir'
import type { Terminology } from '@xinglin/terminology'
import type { CodePort } from './profiles.ts'

/** Codes of a set that is listed into a compiled profile; 1,000 keys take 0.2 MB, and one page of an expansion holds them. */
const mostListed = 1_000

/** Codes by the terminology; what it does not know is undefined. */
export function terminologyCodes(terminology: Pick<Terminology, 'expand' | 'validateCode'>): CodePort {
  return {
    async holds(tenant, { valueSet, codings }) {
      const verdicts = await Promise.all(
        codings.map((coding) => terminology.validateCode(tenant, { valueSet, ...coding })),
      )
      if (verdicts.some((verdict) => verdict?.isMember === true)) return true
      return verdicts.includes(undefined) ? undefined : false
    },
    async list(tenant, valueSet) {
      const [url = valueSet, version] = valueSet.split('|')
      try {
        const named = version === undefined ? { url } : { url, version }
        const { concepts, total } = await terminology.expand(tenant, named, { count: mostListed })
        if (total === undefined || total > concepts.length) return undefined
        return concepts.map(({ system, code }) => `${system}|${code}`)
      } catch (error) {
        // Only what the terminology does not know is undefined here; a failure of the database is one.
        if (error instanceof OutcomeError && error.status < 500) return undefined
        throw error
      }
    },
  }
}
