/** R4 §2.24.0.6 CodeableConcept, §2.3 Reference: the words in them. */
import type { CodeableConcept, Coding, Period, Reference } from '@xinglin/fhir'

/** The words of a concept: its text, else a display, else a code; undefined where it is empty. */
export function wordsOf(concept: CodeableConcept | undefined): string | undefined {
  if (!concept) return undefined
  const displayed = concept.coding?.find(({ display }) => display)?.display
  return concept.text || displayed || concept.coding?.[0]?.code
}

/** The words of a concept where it has some; a bare code says nothing to a reader. */
export function namedWordsOf(concept: CodeableConcept | undefined): string | undefined {
  return concept?.text || concept?.coding?.find(({ display }) => display)?.display
}

/** The first code of a concept. */
export function codeOf(concept: CodeableConcept | undefined): string | undefined {
  return concept?.coding?.find(({ code }) => code)?.code
}

/** Whether a concept carries one of the codes, whatever the system. */
export function hasCode(concept: CodeableConcept | undefined, codes: ReadonlySet<string>): boolean {
  return concept?.coding?.some(({ code }) => code !== undefined && codes.has(code)) === true
}

/** `system|code` of a coding, the same test whoever sent it. */
export function tokenOf({ system = '', code = '' }: Coding): string {
  return `${system}|${code}`
}

/** The name in a reference; a bare address is no name. */
export function nameIn(reference: Reference | undefined): string | undefined {
  return reference?.display ?? reference?.identifier?.value
}

/** When a period is over, else when it began. */
export function startOf(period: Period | undefined): string | undefined {
  return period?.start ?? period?.end
}

/** Newest first by a moment; what has none stands last. */
export function newestFirst<T>(items: readonly T[], momentOf: (item: T) => string | undefined): readonly T[] {
  const atMs = (item: T) => {
    const moment = momentOf(item)
    return moment ? Date.parse(moment) : Number.NEGATIVE_INFINITY
  }
  return [...items].sort((left, right) => {
    const [leftMs, rightMs] = [atMs(left), atMs(right)]
    return leftMs === rightMs ? 0 : rightMs - leftMs
  })
}
