/** What stands where in R4 JSON: the type and cardinality of one property. */
import { type ElementRow, elements } from '../generated/elements.js'
import { choiceProperty, typeOfRow } from './resolve.ts'

/** `type` is a data type, a primitive in lower case, the path of a backbone, or `Resource`. */
export type Property = { readonly type: string; readonly isList: boolean }

const known = new Map<string, ReadonlyMap<string, Property>>()

/** The property of a resource type, data type or backbone path; undefined where R4 has none of that name. */
export function propertyOf(type: string, name: string): Property | undefined {
  let own = known.get(type)
  if (!own) {
    own = new Map((elements[type] ?? []).flatMap(propertiesOf))
    known.set(type, own)
  }
  return own.get(name)
}

function propertiesOf([name, , max, types]: ElementRow): readonly (readonly [string, Property])[] {
  const isList = max !== 1
  if (!name.endsWith('[x]')) return [[name, { type: typeOfRow(types[0] ?? ''), isList }]]
  return types.map(typeOfRow).map((type) => [choiceProperty(name.slice(0, -3), type), { type, isList }])
}
