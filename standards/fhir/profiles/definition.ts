/** FHIR R4 §5.3 StructureDefinition and §5.1 ElementDefinition: what of a profile is judged, taken out of its snapshot. */

/** Of a published or stored StructureDefinition. */
export type Definition = {
  readonly url: string
  readonly version: string | undefined
  /** Resource type or data type that is constrained. */
  readonly type: string
  readonly title: string
  /** The profile that this one is made of, where it has no snapshot that repeats it. */
  readonly base: string | undefined
  readonly elements: readonly DefinedElement[]
}

export type DefinedElement = {
  /** `Observation.component:systolic.code`. */
  readonly id: string
  readonly path: string
  readonly min: number
  /** Infinity for `*`. */
  readonly max: number
  readonly types: readonly DefinedType[]
  readonly slicing: Slicing | undefined
  readonly fixed: unknown
  readonly pattern: unknown
  /** Canonical of the value set of a required binding. */
  readonly required: string | undefined
  readonly constraints: readonly DefinedConstraint[]
}

export type DefinedType = {
  readonly code: string
  readonly profiles: readonly string[]
  readonly targetProfiles: readonly string[]
}

export type Slicing = {
  readonly discriminators: readonly { readonly type: string; readonly path: string }[]
  readonly rules: 'open' | 'closed' | 'openAtEnd'
  readonly isOrdered: boolean
}

export type DefinedConstraint = {
  readonly key: string
  readonly severity: 'error' | 'warning'
  /** FHIRPath. */
  readonly expression: string
  readonly source: string | undefined
}

type Json = { readonly [name: string]: unknown }

const core = 'http://hl7.org/fhir/StructureDefinition/'

/**
 * The profile that a StructureDefinition defines; undefined for a base type. Where it has no snapshot its differential is
 * judged, after the profile that it is made of: a snapshot is only both in one.
 */
export function definitionOf(structure: unknown): Definition | undefined {
  if (!isJson(structure) || structure.resourceType !== 'StructureDefinition') return undefined
  const { url, type, version, snapshot, differential, derivation, baseDefinition } = structure
  if (typeof url !== 'string' || typeof type !== 'string' || derivation === 'specialization') return undefined
  const whole = isJson(snapshot) ? listOf(snapshot.element) : []
  const own = isJson(differential) ? listOf(differential.element) : []
  const elements = whole.length > 0 ? whole : own
  if (elements.length === 0) return undefined
  const base = whole.length === 0 ? textOf(baseDefinition) : undefined
  return {
    url,
    version: textOf(version),
    type,
    title: textOf(structure.title) ?? textOf(structure.name) ?? url,
    // `…/Observation` is the base that every resource is judged by; `…/vitalsigns` is a profile.
    base: base === undefined || base === core + type ? undefined : base,
    elements: elements.map(elementOf),
  }
}

function elementOf(element: Json): DefinedElement {
  const id = textOf(element.id) ?? textOf(element.path) ?? ''
  return {
    id,
    path: textOf(element.path) ?? id,
    min: typeof element.min === 'number' ? element.min : 0,
    max: element.max === undefined || element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max),
    types: listOf(element.type).map(typeOf),
    slicing: slicingOf(element.slicing),
    fixed: choiceOf(element, 'fixed'),
    pattern: choiceOf(element, 'pattern'),
    required: requiredOf(element.binding),
    constraints: listOf(element.constraint).flatMap(constraintOf),
  }
}

function typeOf(type: Json): DefinedType {
  const code = textOf(type.code) ?? ''
  return {
    code: code.startsWith('http://hl7.org/fhirpath/System.') ? 'string' : code,
    profiles: textsOf(type.profile),
    targetProfiles: textsOf(type.targetProfile),
  }
}

function slicingOf(slicing: unknown): Slicing | undefined {
  if (!isJson(slicing)) return undefined
  const { rules } = slicing
  return {
    discriminators: listOf(slicing.discriminator).map((each) => ({
      type: textOf(each.type) ?? '',
      path: textOf(each.path) ?? '',
    })),
    rules: rules === 'closed' || rules === 'openAtEnd' ? rules : 'open',
    isOrdered: slicing.ordered === true,
  }
}

/** `fixed[x]` and `pattern[x]` stand under the name of their type. */
function choiceOf(element: Json, name: string): unknown {
  const key = Object.keys(element).find(
    (each) => each.startsWith(name) && /^[A-Z]/.test(each.slice(name.length)),
  )
  return key === undefined ? undefined : element[key]
}

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet'

/** The value set of a required binding, or the largest that an extensible one allows (§4.1.5.2). */
function requiredOf(binding: unknown): string | undefined {
  if (!isJson(binding)) return undefined
  if (binding.strength === 'required') return textOf(binding.valueSet)
  const most = listOf(binding.extension).find(({ url }) => url === maxValueSet)
  return textOf(most?.valueCanonical) ?? textOf(most?.valueUri)
}

function constraintOf(constraint: Json): readonly DefinedConstraint[] {
  const [key, expression] = [textOf(constraint.key), textOf(constraint.expression)]
  if (key === undefined || expression === undefined) return []
  const severity = constraint.severity === 'warning' ? 'warning' : 'error'
  return [{ key, severity, expression, source: textOf(constraint.source) }]
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
