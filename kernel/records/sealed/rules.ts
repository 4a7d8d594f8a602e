/** Which parts of a resource are sealed: identifiers of chosen systems wherever they stand, and chosen elements of persons. */
import { invalid } from '@xinglin/fhir'

/** What an institution chose; both lists empty: nothing is sealed. */
export type SealedFields = {
  /** Identifier.system: the values of these identifiers. */
  readonly systems: readonly string[]
  /** `Type.element`, of `sealableElements`. */
  readonly elements: readonly string[]
}

/** Names are not among them: they stand in displays of references, in orders and in images too. */
export const sealableElements: readonly string[] = [
  ...['Patient.telecom', 'Patient.address', 'Patient.contact', 'Patient.photo'],
  ...['RelatedPerson.telecom', 'RelatedPerson.address', 'RelatedPerson.photo'],
  ...['Person.telecom', 'Person.address', 'Person.photo'],
  ...['Practitioner.telecom', 'Practitioner.address', 'Practitioner.photo'],
]

/** Chosen where nothing else is said: the citizen's identity number (GB 11643), how a person is reached, and where they live. */
export const usualSealedFields: SealedFields = {
  systems: ['urn:oid:2.16.156.10011.1.3'],
  elements: [
    ...['Patient.telecom', 'Patient.address', 'Patient.contact'],
    ...['RelatedPerson.telecom', 'RelatedPerson.address'],
  ],
}

export type SealingRules = {
  readonly systems: ReadonlySet<string>
  /** Names of sealed elements by resource type, the narrative among them: it repeats them. */
  readonly elements: ReadonlyMap<string, ReadonlySet<string>>
  /** A text that has none of these has nothing to seal. */
  readonly signs: readonly string[]
}

/** More systems than an institution has kinds of numbers for people are a mistake. */
const mostSystems = 20
const longestSystem = 200

/** Throws `invalid` (`records.sealed-fields`) naming what cannot be sealed. */
export function rulesOf({ systems, elements }: SealedFields): SealingRules {
  const unknown = elements.find((element) => !sealableElements.includes(element))
  if (unknown !== undefined)
    throw invalid(`${unknown.slice(0, 100)} cannot be sealed; choose among ${sealableElements.join(', ')}`, {
      code: 'records.sealed-fields',
    })
  if (systems.length > mostSystems || systems.some((system) => !isSystem(system)))
    throw invalid(`identifiers are sealed by at most ${mostSystems} systems, each a URI`, {
      code: 'records.sealed-fields',
    })
  const byType = new Map<string, ReadonlySet<string>>()
  for (const element of elements) {
    const [type = '', name = ''] = element.split('.')
    byType.set(type, new Set(['text', ...(byType.get(type) ?? []), name]))
  }
  return {
    systems: new Set(systems),
    elements: byType,
    signs: [
      ...systems.map((system) => JSON.stringify(system)),
      ...[...byType.keys()].map((type) => `"resourceType":"${type}"`),
    ],
  }
}

function isSystem(system: string): boolean {
  return system.length <= longestSystem && /^[a-z][a-z0-9+.-]*:[^\s"\\%_]+$/i.test(system)
}

/** Whether a JSON text may have something to seal; some µs. */
export function isConcerned(json: string, { signs }: SealingRules): boolean {
  return signs.some((sign) => json.includes(sign))
}

/** Which members of an object are sealed; undefined where none is. */
export function hiddenIn(
  object: Readonly<Record<string, unknown>>,
  { systems, elements }: SealingRules,
): ((name: string) => boolean) | undefined {
  const { resourceType, system, value } = object
  if (typeof resourceType === 'string') {
    const names = elements.get(resourceType)
    return names && ((name) => names.has(name.startsWith('_') ? name.slice(1) : name))
  }
  const isIdentifier = typeof system === 'string' && typeof value === 'string' && systems.has(system)
  return isIdentifier ? (name) => name === 'value' || name === '_value' : undefined
}
