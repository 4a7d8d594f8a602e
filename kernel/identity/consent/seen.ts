/** What of a resource the rules of consents speak of: its codes, its security labels and when it happened. */
import { type Instant, instantOf, type Resource } from '@xinglin/fhir'
import { indexOf } from '@xinglin/fhir/search'
import type { Coding } from './consent.ts'
import type { Seen } from './evaluate.ts'

/** A stored resource as a rule sees it. */
export function seenOf(resource: Resource & { readonly id: string }, timeZone: string): Seen {
  const { tokens, clinicalMs } = indexOf(resource, { timeZone })
  const codings = (isAsked: (parameter: string) => boolean): readonly Coding[] =>
    tokens.flatMap(({ parameter, system, code }) =>
      code === undefined || !isAsked(parameter) ? [] : [{ ...(system ? { system } : {}), code }],
    )
  const moment: { moment?: Instant } =
    clinicalMs === undefined ? {} : { moment: instantOf(clinicalMs, timeZone) }
  return {
    type: resource.resourceType,
    id: resource.id,
    labels: codings((parameter) => parameter === '_security'),
    codes: codings((parameter) => !parameter.startsWith('_')),
    ...moment,
  }
}
