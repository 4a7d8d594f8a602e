/** R4 codesystem.html §4.8: a concept as it is answered, and a code system as something that can be asked. */
import type { CodeSystem, CodeSystemConceptDesignation, CodeSystemConceptProperty } from '@xinglin/fhir'
import type { Rule } from './rules.ts'

export type Designation = CodeSystemConceptDesignation
export type Property = CodeSystemConceptProperty

export type Concept = {
  readonly code: string
  readonly display?: string
  readonly definition?: string
  readonly designations: readonly Designation[]
  /** As they are written; `parent` and `child` stand in `parents`. */
  readonly properties: readonly Property[]
  /** Codes right above. */
  readonly parents: readonly string[]
  /** §4.8.11: may not be used any more. */
  readonly isInactive: boolean
  /** §4.8.11 notSelectable: groups others, is chosen by nobody. */
  readonly isAbstract: boolean
}

export type Selection = {
  readonly rule: Rule
  /** What somebody types: words of display, designation or code, pinyin or its initials; all must begin one. */
  readonly text?: string
  /** Codes that answer the text by what a supplement says of them. */
  readonly alsoCodes?: readonly string[]
  readonly isActiveOnly?: boolean
  readonly offset: number
  readonly count: number
}
export type Selected = {
  readonly concepts: readonly Concept[]
  /** Absent where counting on would cost too much. */
  readonly total?: number
}

/** What is known of a code system itself: all but its concepts. */
export type Header = Omit<CodeSystem, 'concept'>

/** One version of a code system. Codes that it does not have are left out of every answer. */
export interface CodeSource {
  readonly header: Header
  /** False for a fragment, an example or a mere list: what is not in it may still be a code of the system. */
  readonly isComplete: boolean
  find(codes: readonly string[]): Promise<ReadonlyMap<string, Concept>>
  /** In the order of the system; with a text, exact codes first, then beginnings of codes and of displays. */
  select(selection: Selection): Promise<Selected>
  /** The codes of these that meet the rule. */
  meeting(codes: readonly string[], rule: Rule): Promise<ReadonlySet<string>>
  /** Codes above, at any distance; without itself. */
  above(code: string): Promise<readonly string[]>
  /** At most `most` codes below, at any distance; without itself. */
  below(code: string, most: number): Promise<readonly string[]>
  children(code: string, most: number): Promise<readonly string[]>
}
