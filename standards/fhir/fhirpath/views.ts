/**
 * How emitted text reaches a collection: its value, its list, whether it has any, its children. The element tables say
 * which JSON properties an element has (FHIR R4 §2.6: a choice one per type, a primitive `_name` beside its value).
 */
import { elements } from '../generated/elements.js'
import { choiceProperty, typeOfRow } from '../search/resolve.ts'
import { type Literal, NotCompiled } from './tree.ts'

/** Every function gives JavaScript text; FHIRPath's empty is `undefined` as a value and `[]` as a list. */
export type View = {
  /** FHIR types that an item may have; empty where any. */
  readonly types: readonly string[]
  /** Of at most one item; refused where there may be more. */
  readonly value: () => string
  readonly list: () => string
  readonly exists: () => string
  readonly count: () => string
  readonly child: (name: string) => View
  /** `children().name`. */
  readonly grandchild: (name: string) => View
  readonly ofType: (type: string) => View
}

/** How one element stands in JSON: `value[x]` in as many properties as it has types. */
export type Property = {
  readonly property: string
  readonly type: string
  readonly isList: boolean
  readonly isPrimitive: boolean
}

/** The properties of an element by name; those of `Resource` are the common ones of every resource. */
export function propertiesOf(type: string, name: string): readonly Property[] {
  const rows = elements[type === 'Resource' ? 'Basic' : type] ?? []
  const row = rows.find(([written]) => written === name || written === `${name}[x]`)
  if (!row) return []
  const [written, , max, types] = row
  return types.map((writtenType) => {
    const type = typeOfRow(writtenType)
    const property = written === name ? name : choiceProperty(name, type)
    return { property, type, isList: max === '*' || max > 1, isPrimitive: /^[a-z]/.test(type) }
  })
}

/** A literal. */
export function constantView(value: Literal): View {
  const text = JSON.stringify(value)
  const type = typeof value === 'number' ? 'decimal' : typeof value
  return { ...objectView(text, [type]), exists: () => 'true', list: () => `[${text}]` }
}

/** At most one item: the text of an expression that gives it or undefined. */
export function objectView(text: string, types: readonly string[]): View {
  return {
    types,
    value: () => text,
    list: () => `asList(${text})`,
    exists: () => `${text} !== undefined`,
    count: () => `(${text} === undefined ? 0 : 1)`,
    child: (name) => childView(text, types, name),
    grandchild: (name) => grandchildView(types, name, (each) => childView(text, types, each)),
    ofType: (type) => (types.includes(type) ? objectView(text, [type]) : nothing),
  }
}

/** Any number of items: the text of an expression that gives an array. */
export function listView(text: string, types: readonly string[]): View {
  const step = (name: string) => pluckView(text, types, name)
  return {
    types,
    value: () => {
      throw new NotCompiled('a collection where one value belongs')
    },
    list: () => text,
    exists: () => `${text}.length > 0`,
    count: () => `${text}.length`,
    child: step,
    grandchild: (name) => grandchildView(types, name, step),
    ofType: (type) => (types.length === 1 && types[0] === type ? listView(text, types) : refuseType(type)),
  }
}

/** Items of which no type is known: children are found by their name alone. */
export function anyList(text: string): View {
  return { ...listView(text, []), child: (name) => anyList(`pluck(${text}, ["${name}"])`) }
}

/** The element of an object that stands in these properties, each reached by `read` (undefined where absent). */
export function elementView(properties: readonly Property[], read: Read): View {
  const types = [...new Set(properties.map(({ type }) => type))]
  const [first] = properties
  if (!first) return nothing
  if (first.isList) return memberList(first, read)
  const value = `(${properties.map(({ property }) => read.value(property)).join(' ?? ')})`
  const whole = objectView(properties.length === 1 ? read.value(first.property) : value, types)
  const exists = () => read.exists(properties)
  return {
    ...whole,
    exists,
    count: () => `(${exists()} ? 1 : 0)`,
    ofType: (type) =>
      elementView(
        properties.filter((each) => each.type === type),
        { ...read, exists: anyOf(read) },
      ),
  }
}

export type Read = {
  readonly value: (property: string) => string
  /** Whether any of the properties, or its sibling, is present. */
  readonly exists: (properties: readonly Property[]) => string
}

function anyOf({ value }: Read): Read['exists'] {
  return (properties) =>
    `(${properties.map(({ property }) => `${value(property)} !== undefined`).join(' || ')})`
}

function memberList(property: Property, read: Read): View {
  const list = `(${read.value(property.property)} ?? none)`
  return { ...listView(list, [property.type]), exists: () => read.exists([property]) }
}

/** Reads properties of the object that `text` gives. */
export function readerOf(text: string): Read {
  const value = (property: string) => `${text}?.${property}`
  const claims = ({ property, isPrimitive }: Property) =>
    isPrimitive ? [value(property), value(`_${property}`)] : [value(property)]
  return {
    value,
    exists: (properties) =>
      `(${properties
        .flatMap(claims)
        .map((each) => `${each} !== undefined`)
        .join(' || ')})`,
  }
}

function childView(text: string, types: readonly string[], name: string): View {
  return elementView(known(types, name), readerOf(text))
}

function pluckView(text: string, types: readonly string[], name: string): View {
  const properties = known(types, name)
  const found = [...new Set(properties.map(({ type }) => type))]
  return listView(`pluck(${text}, ${JSON.stringify(properties.map(({ property }) => property))})`, found)
}

/** A name that no type of the expression has is a mistake in it, not an empty collection; primitives have no such children. */
function known(types: readonly string[], name: string): readonly Property[] {
  const found = types.flatMap((type) => propertiesOf(type, name))
  if (found.length === 0 && !types.every((type) => /^[a-z]/.test(type)))
    throw new NotCompiled(`${types.join('|')} has no ${name}`)
  return found.filter((each, at) => found.findIndex(({ property }) => property === each.property) === at)
}

function grandchildView(types: readonly string[], name: string, step: (name: string) => View): View {
  const names = types.flatMap((type) => (elements[type] ?? []).map(([written]) => written.replace('[x]', '')))
  const owners = names.filter((each) => step(each).types.some((type) => propertiesOf(type, name).length > 0))
  const views = owners.map((owner) => step(owner).child(name))
  return listView(
    `[${views.map((each) => `...${each.list()}`).join(', ')}]`,
    views.flatMap(({ types }) => types),
  )
}

function refuseType(type: string): never {
  throw new NotCompiled(`ofType(${type}) of a collection`)
}

const nothing: View = {
  types: [],
  value: () => 'undefined',
  list: () => '[]',
  exists: () => 'false',
  count: () => '0',
  child: () => nothing,
  grandchild: () => nothing,
  ofType: () => nothing,
}
