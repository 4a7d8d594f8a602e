/** Applies the operations that `diffResources` writes, on JSON: the other side of its tests. Paths are those of a difference only. */
import type { Parameters, ParametersParameter } from 'fhir/r4'
import type { Resource } from '../model.ts'

type Json = Record<string, unknown>
type Step = { readonly name: string; readonly at?: number }

export function applyPatch(resource: Resource, patch: Parameters): Resource {
  const root = structuredClone(resource) as unknown as Json
  for (const { part = [] } of patch.parameter ?? []) apply(root, part)
  return root as unknown as Resource
}

function apply(root: Json, parts: readonly ParametersParameter[]): void {
  const of = (name: string) => parts.find((part) => part.name === name)
  const value = of('value')
  const steps = stepsOf(of('path')?.valueString ?? '')
  switch (of('type')?.valueCode) {
    case 'add':
      return put(walk(root, steps), of('name')?.valueString ?? '', value)
    case 'insert':
      return edit(root, steps, (list) => list.splice(of('index')?.valueInteger ?? 0, 0, item(value)))
    case 'replace':
      return replace(root, steps, value)
    default:
      return remove(root, steps)
  }
}
