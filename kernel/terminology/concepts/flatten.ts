/** R4 codesystem.html §4.8: nested concepts as rows, with their parents by nesting or by the properties `parent` and `child`. */
import type { CodeSystemConcept } from '@xinglin/fhir'
import type { Concept, Property } from './concept.ts'

/** The concepts of a code system in the order in which they are written, each once. */
export function flatten(concepts: readonly CodeSystemConcept[]): readonly Concept[] {
  const found = new Map<string, Concept>()
  const extraParents = new Map<string, string[]>()
  const add = (list: readonly CodeSystemConcept[], parent: string | undefined) => {
    for (const each of list) {
      if (!found.has(each.code)) found.set(each.code, conceptOf(each, parent === undefined ? [] : [parent]))
      for (const child of codesOf(each.property, 'child'))
        extraParents.set(child, [...(extraParents.get(child) ?? []), each.code])
      add(each.concept ?? [], each.code)
    }
  }
  add(concepts, undefined)
  if (extraParents.size === 0) return [...found.values()]
  return [...found.values()].map((concept) => ({
    ...concept,
    parents: [...new Set([...concept.parents, ...(extraParents.get(concept.code) ?? [])])],
  }))
}

/** One concept, without what is nested in it. */
export function conceptOf(written: CodeSystemConcept, nestedBelow: readonly string[]): Concept {
  const { code, display, definition, designation = [], property = [] } = written
  return {
    code,
    ...(display === undefined ? {} : { display }),
    ...(definition === undefined ? {} : { definition }),
    designations: designation,
    properties: property.filter((each) => each.code !== 'parent' && each.code !== 'child'),
    parents: [...new Set([...nestedBelow, ...codesOf(property, 'parent')])],
    isInactive: isInactive(property),
    isAbstract: property.some((each) => each.code === 'notSelectable' && each.valueBoolean === true),
  }
}

const inactiveStates = new Set(['retired', 'withdrawn', 'obsolete', 'inactive'])

function isInactive(properties: readonly Property[]): boolean {
  return properties.some(
    (each) =>
      (each.code === 'inactive' && each.valueBoolean === true) ||
      (each.code === 'status' && inactiveStates.has(textOf(each))),
  )
}

function codesOf(properties: readonly Property[] = [], name: string): readonly string[] {
  return properties.flatMap((each) => (each.code === name && each.valueCode ? [each.valueCode] : []))
}

/** The value of a property as filters compare it; the code of a Coding. */
export function textOf(property: Property): string {
  const { valueCode, valueString, valueBoolean, valueInteger, valueDecimal, valueDateTime, valueCoding } =
    property
  const value = valueCode ?? valueString ?? valueBoolean ?? valueInteger ?? valueDecimal ?? valueDateTime
  return value === undefined ? (valueCoding?.code ?? '') : String(value)
}
