/**
 * R4 fhirpatch.html §3.1.5: what the value of an operation means for the element that it is to become. Written by
 * `diff/patch-value.ts`: `value[x]` for a data type, `resource`, or one part for each element of what has no such form.
 */
import { capital } from '../diff/elements-of.ts'
import { rowOf, type Way, ways } from '../fhirpath/found.ts'
import type { ElementRow } from '../generated/elements.js'

/** A value that does not fit; the message says why. */
export class NotFitting extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotFitting'
  }
}

/** A value for one JSON property; `companion` holds id and extensions of a primitive. */
export type Given = { readonly property: string; readonly value: unknown; readonly companion: unknown }

/** Part of a Parameters resource as JSON. */
export type Part = { readonly [name: string]: unknown }

/** What the part gives for an element. Throws `NotFitting` where the element cannot be of its type. */
export function givenValue(ownerType: string, row: ElementRow, part: Part): Given {
  const name = `${ownerType}.${row[0].replace('[x]', '')}`
  if (part.resource !== undefined) {
    const way = ways(row).find(({ type }) => type === 'Resource')
    if (!way) throw new NotFitting(`${name} is no resource`)
    return { property: way.property, value: part.resource, companion: undefined }
  }
  if (Array.isArray(part.part)) return fromParts(name, row, part.part)
  const key = Object.keys(part)
    .find((each) => /^_?value[A-Z]/.test(each))
    ?.replace(/^_/, '')
  if (key === undefined) throw new NotFitting('the value has neither value[x], resource nor part')
  const way =
    ways(row).find((each) => isExactly(each, key.slice(5))) ??
    ways(row).find((each) => isWrittenAs(each, key.slice(5), part[key]))
  if (!way)
    throw new NotFitting(
      `${name} is ${ways(row)
        .map(({ type }) => type)
        .join(' or ')}, not ${key}`,
    )
  return { property: way.property, value: part[key], companion: part[`_${key}`] }
}

function fromParts(name: string, row: ElementRow, parts: readonly Part[]): Given {
  const [way, ...others] = ways(row)
  if (!way || others.length > 0 || /^[a-z]/.test(way.type))
    throw new NotFitting(`${name} has no parts; give it as value[x]`)
  const value: Record<string, unknown> = {}
  for (const part of parts) {
    const inner = rowOf(way.type, String(part.name))
    if (!inner) throw new NotFitting(`${way.type} has no element ${shown(part.name)}`)
    put(value, inner, givenValue(way.type, inner, part))
  }
  return { property: way.property, value, companion: undefined }
}

function isExactly({ type }: Way, suffix: string): boolean {
  return capital(type) === suffix
}

/** A primitive that JSON writes alike: a code or a uri is often sent as `valueString`. */
function isWrittenAs({ type }: Way, suffix: string, value: unknown): boolean {
  const sent = jsonKind[`${suffix.charAt(0).toLowerCase()}${suffix.slice(1)}`]
  // Only id and extensions are given: the value has no kind of its own.
  return sent !== undefined && jsonKind[type] === sent && (value === undefined || typeof value === sent)
}

const jsonKind: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'string code uri url canonical id oid uuid markdown base64Binary date dateTime instant time xhtml'
      .split(' ')
      .map((type) => [type, 'string']),
  ),
  ...Object.fromEntries('decimal integer positiveInt unsignedInt'.split(' ').map((type) => [type, 'number'])),
}

/** Puts a value into an object: at the end of a list, or where nothing stands yet. Throws `NotFitting` otherwise. */
export function put(
  object: Record<string, unknown>,
  row: ElementRow,
  { property, value, companion }: Given,
): void {
  if (row[2] === 1) {
    const present = ways(row).find((way) => object[way.property] !== undefined || object[`_${way.property}`])
    if (present) throw new NotFitting(`${present.property} is there already; replace it`)
    if (value !== undefined) object[property] = value
    if (companion !== undefined) object[`_${property}`] = companion
    return
  }
  changeLists(object, property, (values, companions) => {
    values.push(value ?? null)
    companions.push(companion ?? null)
  })
}

/** Both lists of an element at equal length; what says nothing after the change is taken away. */
export function changeLists(
  object: Record<string, unknown>,
  property: string,
  change: (values: unknown[], companions: unknown[]) => void,
): void {
  const values = listOf(object[property])
  const companions = listOf(object[`_${property}`])
  while (values.length < companions.length) values.push(null)
  while (companions.length < values.length) companions.push(null)
  change(values, companions)
  const sides: readonly (readonly [string, readonly unknown[]])[] = [
    [property, values],
    [`_${property}`, companions],
  ]
  for (const [name, list] of sides) {
    if (list.every((each) => each === null)) delete object[name]
    else object[name] = list
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? [...(value as readonly unknown[])] : []
}

/** A name from outside is shown only where it looks like one. */
function shown(name: unknown): string {
  return typeof name === 'string' && /^\w{1,64}$/.test(name) ? name : 'of that name'
}
