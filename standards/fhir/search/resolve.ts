/** Resolves a search path against the element tables: which JSON properties to walk and which data type lies at the end. */
import { type ElementRow, elements } from '../generated/elements.js'
import { valueSets } from '../generated/value-sets.js'
import type { Path, Step } from './expression.ts'

/** A condition on an element on the way. */
export type Filter =
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | { readonly kind: 'resolvesTo'; readonly type: string }
  | { readonly kind: 'index'; readonly index: number }

export type Segment = { readonly property: string; readonly filter: Filter | undefined }

export type ResolvedPath = {
  readonly segments: readonly Segment[]
  /** Data type at the end, for example `CodeableConcept`. */
  readonly type: string
  /** Code system that a `code` takes from its required value set. */
  readonly system: string | undefined
}

/** Every way in which the path can be present in JSON (a choice has one per data type); empty where R4 has no such element. */
export function resolvePath(path: Path, type: string): readonly ResolvedPath[] {
  let ways: readonly ResolvedPath[] = [
    {
      segments: [],
      type: path.root === undefined || path.root === 'Resource' ? type : path.root,
      system: undefined,
    },
  ]
  for (const step of path.steps) ways = ways.flatMap((way) => take(step, way))
  return ways
}

function take(step: Step, way: ResolvedPath): readonly ResolvedPath[] {
  switch (step.kind) {
    case 'child':
      return children(step.name, way)
    case 'ofType':
      return way.type === step.type ? [way] : []
    default:
      return [{ ...way, segments: withFilter(way.segments, step) }]
  }
}

function withFilter(segments: readonly Segment[], filter: Filter): readonly Segment[] {
  return segments.map((segment, at) => (at === segments.length - 1 ? { ...segment, filter } : segment))
}

function children(name: string, way: ResolvedPath): readonly ResolvedPath[] {
  const rows = elements[way.type] ?? []
  const row = rows.find((each) => each[0] === name || each[0] === `${name}[x]`)
  if (!row) return []
  const isChoice = row[0] !== name
  return row[3].map((written) => {
    const type = typeOfRow(written)
    const property = isChoice ? choiceProperty(name, type) : name
    return { segments: [...way.segments, { property, filter: undefined }], type, system: systemOf(row) }
  })
}

/** `Reference(Patient|Group)` → `Reference`. */
export function typeOfRow(written: string): string {
  const cut = written.indexOf('(')
  return cut < 0 ? written : written.slice(0, cut)
}

/** `value` and `dateTime` → `valueDateTime` (R4 §2.6.3). */
export function choiceProperty(name: string, type: string): string {
  return name + type.charAt(0).toUpperCase() + type.slice(1)
}

/** The one code system of a required binding; undefined where there are several or none. */
export function systemOf(row: ElementRow): string | undefined {
  const systems = row[4] === undefined ? [] : Object.keys(valueSets[row[4]] ?? {})
  return systems.length === 1 ? systems[0] : undefined
}
