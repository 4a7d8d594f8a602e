/** What the terminology service refuses, each in one place. */
import { invalid, notFound, type OutcomeError, tooCostly, unprocessable } from '@xinglin/fhir'

export function unknownSystem(url: string): OutcomeError {
  return unprocessable(
    `the concepts of the code system ${shown(url)} are not known here; import it or store its CodeSystem`,
    {
      code: 'terminology.unknown-system',
    },
  )
}

export function unknownValueSet(url: string): OutcomeError {
  return notFound(`there is no value set ${shown(url)}`, { code: 'terminology.unknown-value-set' })
}

export function unknownMap(): OutcomeError {
  return notFound('there is no concept map that answers this', { code: 'terminology.unknown-map' })
}

export function unknownCode(code: string, system: string): OutcomeError {
  return notFound(`the code ${shown(code)} does not exist in ${shown(system)}`, {
    code: 'terminology.unknown-code',
  })
}

export function circular(url: string): OutcomeError {
  return invalid(`the value set ${shown(url)} includes itself`, { code: 'terminology.circular' })
}

/** R4 terminology-service.html §4.7.5: an expansion that nobody could use. */
export function tooManyCodes(most: number, what: string): OutcomeError {
  return tooCostly(
    `${what} has more than ${most} codes; narrow it by a filter, or take it by pages with count and offset`,
    {
      code: 'terminology.too-costly',
    },
  )
}

/** Addresses come from requests: a message quotes so much of one and no control characters. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}]/gu, ' ').slice(0, 200)
}

/** A file that cannot be imported; the sentence says what is wrong with it. */
export function refusedImport(message: string, cause?: unknown): OutcomeError {
  return invalid(message, { code: 'terminology.import-file', cause })
}
