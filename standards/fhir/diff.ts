/**
 * The difference of two versions of a resource as a FHIRPath Patch (R4 fhirpatch.html): applied to the first it gives the
 * second. Operations stand in the order of the elements and go as deep as a single value. Lists are compared from both
 * ends; what lies between is compared in place, so that one item that moved shows as several changes. Does not compare
 * `meta.versionId` and `meta.lastUpdated`, which the store writes, nor ids of resources.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Parameters, ParametersParameter } from 'fhir/r4'
import { type ElementItems, elementsOf, type Item, type Json, resourceTypeOf } from './diff/elements-of.ts'
import { isPrimitive, valuePart } from './diff/patch-value.ts'
import type { Resource } from './model.ts'

/** The patch that makes `after` of `before`, which are of one type; without operations where they are equal. */
export function diffResources(before: Resource, after: Resource): Parameters {
  const type = after.resourceType
  const parameter = diffObjects({ path: type, type }, compared(before), compared(after)).map((part) => ({
    name: 'operation',
    part: [...part],
  }))
  return { resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) }
}

/** The parts of one operation. */
type Operation = readonly ParametersParameter[]
type Place = { readonly path: string; readonly type: string }

function compared(resource: Resource): Json {
  const { id: _, meta, ...rest } = resource
  const { versionId: __, lastUpdated: ___, ...kept } = meta ?? {}
  return Object.keys(kept).length > 0 ? { ...rest, meta: kept } : { ...rest }
}

function diffObjects(at: Place, before: Json, after: Json): readonly Operation[] {
  const old = new Map(elementsOf(at.type, before).map((element) => [element.name, element]))
  const made = new Map(elementsOf(at.type, after).map((element) => [element.name, element]))
  const names = new Set([...made.keys(), ...old.keys()])
  return [...names].flatMap((name) => diffElement(at.path, old.get(name), made.get(name)))
}

function diffElement(
  parent: string,
  old: ElementItems | undefined,
  made: ElementItems | undefined,
): readonly Operation[] {
  if (!made) return old ? removals(old, `${parent}.${old.name}`) : []
  const path = `${parent}.${made.name}`
  if (!old) return made.items.map((item) => add(parent, made, item))
  if (made.isList) return diffList(path, old, made)
  const [oldItem, item] = [old.items[0] ?? {}, made.items[0] ?? {}]
  return old.type === made.type
    ? diffItem({ path, type: made.type }, oldItem, item)
    : [replace({ path, type: made.type }, item)]
}

function removals({ isList, items }: ElementItems, path: string): readonly Operation[] {
  return isList ? items.map((_, at) => remove(`${path}[${at}]`)).reverse() : [remove(path)]
}

/** Common ends stay; the rest is compared in place, then deleted from the end or inserted in order. */
function diffList(path: string, old: ElementItems, made: ElementItems): readonly Operation[] {
  const shortest = Math.min(old.items.length, made.items.length)
  let start = 0
  while (start < shortest && isDeepStrictEqual(old.items[start], made.items[start])) start++
  let end = 0
  while (
    end < shortest - start &&
    isDeepStrictEqual(old.items[old.items.length - 1 - end], made.items[made.items.length - 1 - end])
  ) {
    end++
  }
  const olds = old.items.slice(start, old.items.length - end)
  const mades = made.items.slice(start, made.items.length - end)
  const changed = mades
    .slice(0, olds.length)
    .flatMap((item, at) =>
      diffItem({ path: `${path}[${start + at}]`, type: made.type }, olds[at] ?? {}, item),
    )
  const removed = olds.slice(mades.length).map((_, at) => remove(`${path}[${start + mades.length + at}]`))
  const inserted = mades
    .slice(olds.length)
    .map((item, at) => insert(path, { index: start + olds.length + at, type: made.type, item }))
  return [...changed, ...removed.reverse(), ...inserted]
}

function diffItem(at: Place, old: Item, made: Item): readonly Operation[] {
  if (isDeepStrictEqual(old, made)) return []
  const [oldType, type] = [resourceTypeOf(old.value), resourceTypeOf(made.value)]
  if (type !== undefined) {
    const isSame = type === oldType && isSameId(old.value, made.value)
    return isSame
      ? diffObjects({ path: at.path, type }, old.value as Json, made.value as Json)
      : [replace(at, made)]
  }
  if (isPrimitive(at.type)) return [replace(at, made)]
  return diffObjects(at, old.value as Json, made.value as Json)
}

function isSameId(old: unknown, made: unknown): boolean {
  return (old as Json).id === (made as Json).id
}

function named(type: string, path: string): ParametersParameter[] {
  return [
    { name: 'type', valueCode: type },
    { name: 'path', valueString: path },
  ]
}

function add(path: string, { name, type }: ElementItems, item: Item): Operation {
  return [...named('add', path), { name: 'name', valueString: name }, valuePart('value', type, item)]
}

function insert(
  path: string,
  { index, type, item }: { readonly index: number; readonly type: string; readonly item: Item },
): Operation {
  return [...named('insert', path), { name: 'index', valueInteger: index }, valuePart('value', type, item)]
}

function replace({ path, type }: Place, item: Item): Operation {
  return [...named('replace', path), valuePart('value', type, item)]
}

function remove(path: string): Operation {
  return named('delete', path)
}
