/** FHIR data types as CDA's: codes with OIDs, quantities, identifiers, names. */
import type { Coded, Identifier, PersonName, Quantity } from '@xinglin/cda'
import type {
  CodeableConcept,
  Identifier as FhirIdentifier,
  Quantity as FhirQuantity,
  HumanName,
} from '@xinglin/fhir'
import { oidOf } from '../codes/systems.ts'

/** The first coding whose system has an OID, the others as translations; words alone where none has. */
export function codedOf(concept: CodeableConcept | undefined): Coded | undefined {
  if (!concept) return undefined
  const words = wordsOf(concept)
  const [first, ...others] = (concept.coding ?? []).flatMap(({ system, code, display }): readonly Coded[] => {
    const codeSystem = oidOf(system)
    return codeSystem && code ? [{ code, codeSystem, ...(display ? { displayName: display } : {}) }] : []
  })
  if (!first) return words === '' ? undefined : { nullFlavor: 'OTH', originalText: words }
  return {
    ...first,
    ...(words === '' ? {} : { originalText: words }),
    ...(others.length > 0 ? { translations: others } : {}),
  }
}

/** What people read of a concept; empty where it has no word. */
export function wordsOf(concept: CodeableConcept | undefined): string {
  return (
    concept?.text ??
    concept?.coding?.find(({ display }) => display)?.display ??
    concept?.coding?.[0]?.code ??
    ''
  )
}

export function quantityOf(quantity: FhirQuantity | undefined): Quantity | undefined {
  if (quantity?.value === undefined) return undefined
  const unit = quantity.code ?? quantity.unit
  return { value: String(quantity.value), ...(unit ? { unit } : {}) }
}

/** Value and unit as people read them; empty where there is none. */
export function quantityWords(quantity: FhirQuantity | undefined): string {
  if (quantity?.value === undefined) return ''
  return [`${quantity.comparator ?? ''}${quantity.value}`, quantity.unit ?? quantity.code]
    .filter(Boolean)
    .join(' ')
}

/** Numbers of a person or thing; those whose system has no OID stand under `localRoot`. */
export function identifiersOf(
  identifiers: readonly FhirIdentifier[] | undefined,
  localRoot: string,
): readonly Identifier[] {
  return (identifiers ?? []).flatMap(({ system, value }) =>
    value ? [{ root: oidOf(system) ?? localRoot, extension: value }] : [],
  )
}

export function personNameOf({ text, family, given, prefix }: HumanName): PersonName {
  if (text) return { text }
  return {
    ...(prefix?.[0] ? { prefix: prefix[0] } : {}),
    ...(given && given.length > 0 ? { given: [...given] } : {}),
    ...(family ? { family } : {}),
  }
}
