/** Every element of a resource together with its type and path in the tables: where invariants are asked. */
import { type Invariant, invariantsAt } from '../validate/invariant-table.ts'
import { type ElementPlan, planOf } from '../validate/plan.ts'
import { isObject } from '../validate/rules.ts'

/** An element and an invariant that is about it; `root` is the container of a contained resource. */
export type Question = {
  readonly invariant: Invariant
  readonly element: unknown
  readonly resource: unknown
  readonly root: unknown
}

type Around = { readonly resource: unknown; readonly root: unknown }

/** All questions of a resource that is structurally valid. */
export function questionsOf(resource: unknown, root: unknown = resource): readonly Question[] {
  if (!isObject(resource)) return []
  const type = String(resource.resourceType)
  return objectQuestions(resource, type, { resource, root })
}

function objectQuestions(object: unknown, type: string, around: Around): readonly Question[] {
  if (!isObject(object)) return []
  const own = invariantsAt(type, type).map((invariant) => ({ invariant, element: object, ...around }))
  const below = Object.entries(object).flatMap(([property, value]) => {
    const isSibling = property.startsWith('_')
    const element = planOf(type)?.elements.get(isSibling ? property.slice(1) : property)
    if (!element) return []
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (isSibling) return values.flatMap((each) => objectQuestions(each, 'Element', around))
    return values.flatMap((each) => elementQuestions(element, each, { type, around }))
  })
  return [...own, ...below]
}

function elementQuestions(
  element: ElementPlan,
  value: unknown,
  { type, around }: { readonly type: string; readonly around: Around },
): readonly Question[] {
  if (element.kind === 'resource')
    return questionsOf(value, element.name === 'contained' ? around.root : value)
  const paths = [`${type}.${element.name}`, `${type}.${element.name}[x]`].filter(
    (path) => path !== element.type,
  )
  const own = paths
    .flatMap((path) => invariantsAt(path, element.type))
    .map((invariant) => ({ invariant, element: value, ...around }))
  return element.kind === 'complex' ? [...own, ...objectQuestions(value, element.type, around)] : own
}
