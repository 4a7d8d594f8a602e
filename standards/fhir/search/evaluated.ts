/**
 * R4 searchparameter.html: expressions that are more than paths (`name.given.first().upper()`) are evaluated over the resource
 * when it is indexed, some µs each, where R4's own are walked by the compiled tree.
 */

import type { Found } from '../fhirpath/found.ts'
import { NotSelected } from '../fhirpath/not-selected.ts'
import { resultTypes } from '../fhirpath/result-types.ts'
import { pathTree, selectTree } from '../fhirpath/select.ts'
import type { SearchParameterDefinition } from './definitions.ts'
import { type Add, asObject } from './hot/collector.ts'
import { readerOf } from './hot/extract.ts'
import { systemOf } from './resolve.ts'

/** How the parameter reads a resource of the type; the reason where it cannot. */
export function evaluatedReader(
  type: string,
  { name, kind, expression }: Pick<SearchParameterDefinition, 'name' | 'kind' | 'expression'>,
): Add | string {
  try {
    const tree = pathTree(expression)
    const types = resultTypes(tree, type)
    if (!types.some((each) => readerOf(kind, name, { type: each, system: undefined })))
      return `its expression finds nothing that is a ${kind}`
    const readers = new Map<string, Add | undefined>()
    const read = (found: Found): Add | undefined => {
      const system = found.place && systemOf(found.place.row)
      const known = `${found.type} ${system ?? ''}`
      if (!readers.has(known)) readers.set(known, readerOf(kind, name, { type: found.type, system }))
      return readers.get(known)
    }
    return (element, into) => {
      for (const found of foundIn(element, tree)) read(found)?.(found.value, into)
    }
  } catch (error) {
    if (error instanceof NotSelected) return `its expression cannot be evaluated: ${error.message}`
    throw error
  }
}

/** An expression that has no answer for a resource (`single()` of two) finds nothing in it. */
function foundIn(element: unknown, tree: ReturnType<typeof pathTree>): readonly Found[] {
  const resource = asObject(element)
  if (typeof resource?.resourceType !== 'string') return []
  try {
    return selectTree({ ...resource, resourceType: resource.resourceType }, tree)
  } catch (error) {
    if (error instanceof NotSelected) return []
    throw error
  }
}
