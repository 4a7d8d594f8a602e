/**
 * FHIR R4 §3.1.1.4.13 composites in the tables. The code takes part in the slot, or in the term, of the value beside it:
 * potassium above 6 is one stretch of an index, however many other results are above 6. A code stands there twice, alone
 * and with its system.
 */
import type { CompositeValue, IndexValues, ReferenceValue, TokenValue } from '@xinglin/fhir/search'
import { isStored } from './sources.ts'
import { compositeTerm, type Space } from './space.ts'

type Coded = Pick<TokenValue, 'system' | 'code'>
type Sized = Pick<IndexValues, 'strings' | 'dates' | 'numbers' | 'quantities'>

/** Terms of the composites whose second part is a code or reference. */
export function compositeTermsOf(space: Space, values: IndexValues): readonly bigint[] {
  return storedIn(space, values).flatMap(({ parameter, components: [first, second] }) => {
    const others = [
      ...(second?.tokens.flatMap(formsOf) ?? []),
      ...(second?.references.flatMap(referenceForms) ?? []),
    ]
    const codes = first?.tokens.flatMap(formsOf) ?? []
    return codes.flatMap((code) => others.map((other) => compositeTerm(space, parameter, code, other)))
  })
}

/** The values beside the codes, each under the parameter that stands for composite, place and code together. */
export function compositeValuesOf(space: Space, values: IndexValues): Sized {
  const rows = storedIn(space, values).flatMap(({ parameter, components: [first, ...others] }) =>
    (first?.tokens.flatMap(formsOf) ?? []).flatMap((code) =>
      others.map((part, place) => ({ part, parameter: codedParameter(parameter, place, code) })),
    ),
  )
  return {
    strings: rows.flatMap(({ part, parameter }) => part.strings.map((each) => ({ ...each, parameter }))),
    dates: rows.flatMap(({ part, parameter }) => part.dates.map((each) => ({ ...each, parameter }))),
    numbers: rows.flatMap(({ part, parameter }) => part.numbers.map((each) => ({ ...each, parameter }))),
    quantities: rows.flatMap(({ part, parameter }) =>
      part.quantities.map((each) => ({ ...each, parameter })),
    ),
  }
}

/** Under which name the value at a place (0 for the first after the code) is stored beside a code. */
export function codedParameter(parameter: string, place: number, form: string): string {
  return `${parameter}$${place}${form}`
}

/** A code in one system, or where `system` is null in none. */
export function systemForm(system: string | null, code: string): string {
  return `${system === null ? '#' : `@${system}`}\n${code}`
}

/** A code in any system. */
export function codeForm(code: string): string {
  return `=${code}`
}

/** A reference to what is stored here, or to an address elsewhere. */
export function referenceForm(target: string): string {
  return `>${target}`
}

function storedIn(space: Space, { composites }: IndexValues): readonly CompositeValue[] {
  return composites.filter(({ parameter }) => isStored(space.type, parameter))
}

function formsOf({ system, code }: Coded): readonly string[] {
  return code === undefined ? [] : [codeForm(code), systemForm(system ?? null, code)]
}

function referenceForms({ type, id, url }: ReferenceValue): readonly string[] {
  const local = type !== undefined && id !== undefined ? [`${type}/${id}`] : []
  return [...local, ...(url === undefined ? [] : [url])].map(referenceForm)
}
