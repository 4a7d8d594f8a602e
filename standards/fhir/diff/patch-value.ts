/**
 * R4 fhirpatch.html: the value of an operation. A data type that Parameters can hold stands as `value[x]`, a resource as
 * `resource`, and what has no such form (backbone elements, narratives, extensions) as one part for each of its elements.
 */
import type { ParametersParameter } from 'fhir/r4'
import { capital, elementsOf, type Item, type Json, resourceTypeOf } from './elements-of.ts'

/** Parameters.parameter.value[x] of R4 besides the primitives (datatypes.html, open types). */
const openTypes: ReadonlySet<string> = new Set([
  'Address',
  'Age',
  'Annotation',
  'Attachment',
  'CodeableConcept',
  'Coding',
  'ContactDetail',
  'ContactPoint',
  'Contributor',
  'Count',
  'DataRequirement',
  'Distance',
  'Dosage',
  'Duration',
  'Expression',
  'HumanName',
  'Identifier',
  'Meta',
  'Money',
  'ParameterDefinition',
  'Period',
  'Quantity',
  'Range',
  'Ratio',
  'Reference',
  'RelatedArtifact',
  'SampledData',
  'Signature',
  'Timing',
  'TriggerDefinition',
  'UsageContext',
])

/** A part of that name that holds the item. */
export function valuePart(name: string, type: string, { value, companion }: Item): ParametersParameter {
  if (resourceTypeOf(value) !== undefined) return { name, resource: value } as ParametersParameter
  if (isPrimitive(type)) {
    const key = `value${capital(type === 'xhtml' ? 'string' : type)}`
    return {
      name,
      ...(value === undefined ? {} : { [key]: value }),
      ...(companion === undefined ? {} : { [`_${key}`]: companion }),
    }
  }
  if (openTypes.has(type)) return { name, [`value${type}`]: value }
  const part = elementsOf(type, value as Json).flatMap((element) =>
    element.items.map((item) => valuePart(element.name, element.type, item)),
  )
  return { name, part }
}

/** R4 names primitive types in lower case, all others with a capital. */
export function isPrimitive(type: string): boolean {
  return /^[a-z]/.test(type)
}
