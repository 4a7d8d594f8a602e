/** What judging a resource by a profile needs to know besides its plan, and where in the resource it stands. */
import type { DefinedConstraint } from './definition.ts'
import type { ProfilePlan } from './plan.ts'
import type { Codes } from './values.ts'

/** Where an element stands: the resource that it is in, and the outermost one around that. */
export type Around = {
  readonly resource: unknown
  readonly root: unknown
  /** Profiles within profiles; a contained resource may refer back to its container. */
  readonly depth: number
}

/** Deeper than this the same profiles follow each other in a circle; what is there is taken as right. */
export const deepestProfile = 8

export type Judging = {
  /** By `url` or `url|version`; undefined for a profile that is not known. */
  planAt(canonical: string): ProfilePlan | undefined
  /** The resource or data type that a profile or base definition is about. */
  typeAt(canonical: string): string | undefined
  /** A value set that could be listed. */
  codesOf(valueSet: string): Codes | undefined
  /** Whether an element of `type` meets a constraint; undefined where it cannot be said. */
  isMet(
    constraint: DefinedConstraint,
    type: string,
  ): (element: unknown, resource: unknown, root: unknown) => boolean | undefined
  /** Whether a value of `type` is as a known profile asks, as far as it can be said. */
  conforms(plan: ProfilePlan, value: unknown, type: string, around: Around): boolean
}
