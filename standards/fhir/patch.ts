/**
 * R4 fhirpatch.html §3.1.5 FHIRPath Patch: add, insert, delete, replace and move on a resource as JSON, all of them or
 * none. `diff.ts` writes such patches. Does not judge whether the result is a valid resource.
 */
import { cloneWithDecimals } from './decimals.ts'
import { type Found, rowOf, typeNow } from './fhirpath/found.ts'
import { NotSelected } from './fhirpath/not-selected.ts'
import { selectPath } from './fhirpath/select.ts'
import type { ElementRow } from './generated/elements.js'
import type { Resource } from './model.ts'
import { unprocessable } from './outcome.ts'
import { changeLists, givenValue, NotFitting, type Part, put } from './patch/given-value.ts'
import { type PatchOperation, readPatch } from './patch/read-patch.ts'

export { type PatchOperation, readPatch } from './patch/read-patch.ts'

/** The resource that a patch as Parameters makes; the one given stays as it is. See `readPatch` and `applyOperations`. */
export function patchResource(resource: Resource, patch: unknown): Resource {
  return applyOperations(resource, readPatch(patch))
}

/** The resource after all operations. Throws `unprocessable` (`fhir.patch-failed`) with the place of one that cannot be done. */
export function applyOperations(resource: Resource, operations: readonly PatchOperation[]): Resource {
  const result = cloneWithDecimals(resource)
  for (const operation of operations) applyOne(result, operation)
  return result
}

function applyOne(resource: Resource, operation: PatchOperation): void {
  try {
    change(resource, operation)
  } catch (error) {
    if (!(error instanceof NotSelected || error instanceof NotFitting)) throw error
    throw unprocessable(`${operation.kind} cannot be done: ${error.message}`, {
      code: 'fhir.patch-failed',
      at: operation.at,
      cause: error,
    })
  }
}

function change(resource: Resource, operation: PatchOperation): void {
  const { kind, path } = operation
  switch (kind) {
    case 'add':
      add(theOne(selectPath(resource, path)), operation.name, operation.value)
      break
    case 'insert':
      insert(listAt(resource, path), operation.index, operation.value)
      break
    case 'replace':
      replace(theOne(selectPath(resource, path)), operation.value)
      break
    case 'delete':
      remove(selectPath(resource, path))
      break
    case 'move':
      move(listAt(resource, path), operation.source, operation.destination)
      break
  }
}

type Mutable = Record<string, unknown>

function theOne(found: readonly Found[]): Found {
  const [one] = found
  if (one && found.length === 1) return one
  throw new NotSelected(one ? `the path finds ${found.length} elements, not one` : 'the path finds nothing')
}

/** Extensions and ids of a primitive stand beside it (R4 json.html §2.6.2.3). */
function add(found: Found, name: string, part: Part): void {
  const isPrimitive = /^[a-z]/.test(found.type)
  const type = isPrimitive ? 'Element' : typeNow(found)
  const row = rowOf(type, name) ?? rowOfProperty(type, name)
  if (!row) throw new NotFitting(`${type} has no element ${/^\w{1,64}$/.test(name) ? name : 'of that name'}`)
  put(isPrimitive ? companionOf(found) : (found.value as Mutable), row, givenValue(type, row, part))
}

/** A choice may be named with its type, `valueQuantity`: the value says the type anyway. */
function rowOfProperty(type: string, name: string): ElementRow | undefined {
  for (let cut = name.length - 1; cut > 0; cut--) {
    if (!/[A-Z]/.test(name.charAt(cut))) continue
    const row = rowOf(type, name.slice(0, cut))
    if (row?.[0].endsWith('[x]')) return row
  }
  return undefined
}

function companionOf({ place, companion }: Found): Mutable {
  if (typeof companion === 'object' && companion !== null) return companion as Mutable
  if (!place) throw new NotSelected('the path finds a value that stands nowhere')
  const made: Mutable = {}
  const holder = place.holder as Mutable
  if (place.index === undefined) holder[`_${place.property}`] = made
  else {
    const { index, property } = place
    changeLists(holder, property, (_, companions) => {
      companions[index] = made
    })
  }
  return made
}

type List = {
  readonly holder: Mutable
  readonly ownerType: string
  readonly property: string
  readonly row: ElementRow
  readonly length: number
}

/** The whole list that a path names: all its items and nothing else. */
function listAt(resource: Resource, path: string): List {
  const found = selectPath(resource, path)
  const place = found[0]?.place
  if (!place) throw new NotSelected('the path finds no list')
  const { holder, ownerType, property, row } = place
  const isOneList = found.every(
    (each, index) =>
      each.place?.holder === holder && each.place.property === property && each.place.index === index,
  )
  const length = Math.max(lengthOf(holder[property]), lengthOf(holder[`_${property}`]))
  if (!isOneList || found.length !== length) throw new NotSelected('the path finds other than one whole list')
  return { holder: holder as Mutable, ownerType, property, row, length }
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}

function insert({ holder, ownerType, property, row, length }: List, index: number, part: Part): void {
  if (index > length) throw new NotFitting(`${index} is no place in a list of ${length}`)
  const given = givenValue(ownerType, row, part)
  changeLists(holder, property, (values, companions) => {
    values.splice(index, 0, given.value ?? null)
    companions.splice(index, 0, given.companion ?? null)
  })
}

function move({ holder, property, length }: List, source: number, destination: number): void {
  for (const index of [source, destination])
    if (index >= length) throw new NotFitting(`${index} is no place in a list of ${length}`)
  changeLists(holder, property, (values, companions) => {
    values.splice(destination, 0, ...values.splice(source, 1))
    companions.splice(destination, 0, ...companions.splice(source, 1))
  })
}

function replace({ place }: Found, part: Part): void {
  if (!place) throw new NotSelected('the resource itself cannot be replaced')
  const holder = place.holder as Mutable
  const given = givenValue(place.ownerType, place.row, part)
  const { index, property } = place
  if (index === undefined) {
    delete holder[property]
    delete holder[`_${property}`]
    put(holder, place.row, given)
    return
  }
  changeLists(holder, property, (values, companions) => {
    values[index] = given.value ?? null
    companions[index] = given.companion ?? null
  })
}

/** What is not there is deleted already. */
function remove(found: readonly Found[]): void {
  if (found.length === 0) return
  const { place } = theOne(found)
  if (!place) throw new NotSelected('the resource itself cannot be deleted by a patch')
  const holder = place.holder as Mutable
  const { index, property } = place
  if (index === undefined) {
    delete holder[property]
    delete holder[`_${property}`]
    return
  }
  changeLists(holder, property, (values, companions) => {
    values.splice(index, 1)
    companions.splice(index, 1)
  })
}
