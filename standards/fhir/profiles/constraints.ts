/**
 * FHIR R4 §5.1.0.8: the constraints that a profile adds. Compiled from FHIRPath where the compiler reads them, else asked
 * of HL7's FHIRPath library. Met is only what is true: an empty answer is a constraint that is not met, as for the
 * reference validator of HL7.
 */
import { emitTruth } from '../fhirpath/emit.ts'
import * as runtime from '../fhirpath/hot/runtime.ts'
import { NotCompiled } from '../fhirpath/tree.ts'
import { objectView, type View } from '../fhirpath/views.ts'
import { resourceTypes } from '../generated/elements.js'
import type { DefinedConstraint } from './definition.ts'
import { typesOfTarget } from './targets.ts'

/** Whether an element meets a constraint; undefined where it cannot be evaluated. */
export type MetCheck = (element: unknown, resource: unknown, root: unknown) => boolean | undefined

/** Evaluates any FHIRPath expression on an element of a type. */
export type Library = (
  expression: string,
  type: string,
) => (element: unknown, resource: unknown, root: unknown) => readonly unknown[]

const resources: ReadonlySet<string> = new Set(resourceTypes)

/** HL7's FHIRPath, loaded only where a profile adds constraints: 100 ms and 8 MB that base validation never needs. */
export async function loadLibrary(): Promise<Library> {
  const [{ default: fhirpath }, { default: r4 }] = await Promise.all([
    import('fhirpath'),
    import('fhirpath/fhir-context/r4/index.js'),
  ])
  return (expression, type) => {
    const written = expression.replaceAll(resolvedIs, "refersTo('$1')")
    if (written.includes('resolve()')) throw new NotCompiled('what a reference resolves to')
    let container: unknown
    const refersTo = (references: readonly unknown[], named: string) =>
      references.map((each) => typesOfTarget(each, container).includes(named))
    const compiled = fhirpath.compile({ base: pathOf(type), expression: written }, r4, {
      async: false,
      traceFn: () => undefined,
      userInvocationTable: { refersTo: { fn: refersTo, arity: { 1: ['String'] } } },
    })
    return (element, resource, root) => {
      container = root
      const found: unknown = compiled(element, {
        resource,
        rootResource: root,
        ucum: 'http://unitsofmeasure.org',
      })
      return Array.isArray(found) ? found : []
    }
  }
}

/** A reference tells its type without being resolved. */
const resolvedIs = /\bresolve\(\)\s+is\s+(?:FHIR\.)?(\w+)/g

/** The library knows primitives by a path at which they stand. */
function pathOf(type: string): string {
  return /^[a-z]/.test(type) ? `Extension.value${type.charAt(0).toUpperCase()}${type.slice(1)}` : type
}

/** Constraints that are published wrong, by their expression, as they are meant. */
const mended: Readonly<Record<string, string>> = {
  // vs-1 of R4's vital signs speaks of a dateTime, and is empty for the Period that they allow as well.
  '($this as dateTime).toString().length() >= 8':
    '$this is dateTime implies ($this as dateTime).toString().length() >= 8',
}

/** The expression that is asked. */
function askedOf({ expression }: DefinedConstraint): string {
  return mended[expression] ?? expression
}

/** JavaScript that is true where the constraint is met; undefined where the compiler does not read it. */
export function emitMet(
  constraint: DefinedConstraint,
  self: View,
  patterns: RegExp[],
  resourceType: string,
): string | undefined {
  const already = patterns.length
  try {
    const known = resources.has(resourceType) ? resourceType : undefined
    return emitTruth(askedOf(constraint), { self, resourceType: known, patterns }).isTrue
  } catch (error) {
    if (!(error instanceof NotCompiled)) throw error
    patterns.length = already
    return undefined
  }
}

/** The same as a function, by the library where it has to be. */
export function metCheck(constraint: DefinedConstraint, type: string, library: Library): MetCheck {
  const patterns: RegExp[] = []
  const text = emitMet(constraint, objectView('o', [type]), patterns, type)
  if (text === undefined) return libraryCheck(constraint, type, library)
  const names = Object.keys(runtime).join(', ')
  const make = new Function(
    'scope',
    'patterns',
    `'use strict'\nconst { ${names} } = scope\nreturn (o, resource, root) => ${text}`,
  )
  return make(runtime, patterns)
}

/** Singleton evaluation (FHIRPath §4.5): one item that is no boolean is true. What the library cannot read is not judged. */
function libraryCheck(constraint: DefinedConstraint, type: string, library: Library): MetCheck {
  let evaluate: ReturnType<Library> | undefined
  try {
    evaluate = library(askedOf(constraint), type)
  } catch {
    // A profile with an expression that nobody can read must not refuse every write: the caller says that it is not judged.
    return () => undefined
  }
  const asked = evaluate
  return (element, resource, root) => {
    try {
      const answer = asked(element, resource, root)
      return answer.length > 0 && answer.every((each) => each !== false)
    } catch {
      // The library throws for what FHIRPath calls an error, such as two items where one belongs: not judged either.
      return undefined
    }
  }
}
