/**
 * FHIR R4 §5.1.0.8 ElementDefinition.constraint: the invariants of the base definitions as code. An invariant is broken
 * only where its expression is false: empty, as for a text that is not there, breaks nothing. Most are compiled from
 * FHIRPath; the few that are written by hand stand here.
 */
import { emitTruth, type Scope } from '../fhirpath/emit.ts'
import * as runtime from '../fhirpath/hot/runtime.ts'
import { objectView, type View } from '../fhirpath/views.ts'
import { resourceTypes } from '../generated/elements.js'
import { hasStray } from './contained.ts'
import type { Invariant } from './invariant-table.ts'
import { hasContent, isBasicHtml } from './narrative.ts'

const resources: ReadonlySet<string> = new Set(resourceTypes)

/** Keys whose rule is not made from the expression, with what is false when they are broken. */
const byHand: Readonly<Record<string, (self: View) => string>> = {
  'dom-3': (self) =>
    `hasStray(${self.child('contained').exists()} ? ${self.child('contained').list()} : undefined, resource)`,
  'txt-1': (self) => `!isBasicHtml(${self.value()})`,
  'txt-2': (self) => `!hasContent(${self.value()})`,
}

/** What the emitted texts of invariants name. */
export const invariantScope: Readonly<Record<string, unknown>> = {
  ...runtime,
  hasStray,
  isBasicHtml,
  hasContent,
}

/** JavaScript that is true where the invariant is broken, in a scope of `invariantScope`, `resource`, `root` and `patterns`. */
export function emitBroken({ key, expression, path }: Invariant, self: View, patterns: RegExp[]): string {
  const hand = byHand[key]
  if (hand) return hand(self)
  const scope: Scope = { self, resourceType: resourceTypeOf(path), patterns }
  return emitTruth(expression, scope).isFalse
}

/** `%resource` has a known type only where the invariant belongs to a resource or its backbone. */
function resourceTypeOf(path: string): string | undefined {
  const type = path.split('.')[0] ?? path
  return resources.has(type) ? type : undefined
}

export type BrokenCheck = (element: unknown, resource: unknown, root: unknown) => boolean

const checks = new Map<string, BrokenCheck>()

/** The same as a function of its own, for whoever wants to name what is broken. */
export function brokenCheck(invariant: Invariant): BrokenCheck {
  const name = `${invariant.path} ${invariant.type} ${invariant.key}`
  const known = checks.get(name)
  if (known) return known
  const patterns: RegExp[] = []
  const text = emitBroken(invariant, objectView('o', [invariant.type]), patterns)
  const make = new Function('scope', 'patterns', `${scopeHead}\nreturn (o, resource, root) => ${text}`)
  const made: BrokenCheck = make(invariantScope, patterns)
  checks.set(name, made)
  return made
}

const scopeHead = `'use strict'\nconst { ${Object.keys(invariantScope).join(', ')} } = scope`
