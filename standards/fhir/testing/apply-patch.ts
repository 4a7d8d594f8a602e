/** Applies what `diffResources` writes, on JSON: the other side of its tests. Knows only the paths of a difference. */
import type { Parameters, ParametersParameter } from 'fhir/r4'
import { capital, resourceTypeOf } from '../diff/elements-of.ts'
import { type ElementRow, elements } from '../generated/elements.js'
import type { Resource } from '../model.ts'

type Json = Record<string, unknown>
type Step = { readonly name: string; readonly at: number | undefined }
type Located = { readonly object: Json; readonly type: string }
type Item = { readonly suffix: string; readonly value: unknown; readonly companion: unknown }

export function applyPatch(resource: Resource, patch: Parameters): Resource {
  const root = JSON.parse(JSON.stringify(resource))
  for (const { part = [] } of patch.parameter ?? []) apply(root, part)
  return root
}

function apply(object: Json, parts: readonly ParametersParameter[]): void {
  const of = (name: string) => parts.find((part) => part.name === name) ?? { name }
  const [type = '', ...names] = (of('path').valueString ?? '').split('.')
  const steps = names.map(stepOf)
  const root = { object, type }
  const last = steps.at(-1)
  const kind = of('type').valueCode
  if (kind === 'add') put(walk(root, steps), of('name').valueString ?? '', of('value'))
  if (kind === 'add' || !last) return
  const parent = walk(root, steps.slice(0, -1))
  if (kind === 'insert') put(parent, last.name, of('value'), of('index').valueInteger)
  if (kind === 'delete') remove(parent, last)
  if (kind === 'replace') replace(parent, last, of('value'))
}

function replace(parent: Located, step: Step, part: ParametersParameter): void {
  const { name, at } = step
  if (at === undefined) {
    remove(parent, step)
    put(parent, name, part)
    return
  }
  const { value, companion } = itemOf(rowOf(parent.type, name), part)
  lists(parent.object, name, (values, companions) => {
    values[at] = value
    companions[at] = companion
  })
}

function put({ object, type }: Located, name: string, part: ParametersParameter, index?: number): void {
  const row = rowOf(type, name)
  const { suffix, value, companion } = itemOf(row, part)
  if (row[2] !== 1) {
    lists(object, name, (values, companions) => {
      values.splice(index ?? values.length, 0, value)
      companions.splice(index ?? companions.length, 0, companion)
    })
    return
  }
  const key = row[0].endsWith('[x]') ? `${name}${suffix}` : name
  if (value !== null) object[key] = value
  if (companion !== null) object[`_${key}`] = companion
}

function remove({ object, type }: Located, { name, at }: Step): void {
  if (at !== undefined) {
    lists(object, name, (values, companions) => {
      values.splice(at, 1)
      companions.splice(at, 1)
    })
    return
  }
  const key = keyOf(object, rowOf(type, name))
  delete object[key]
  delete object[`_${key}`]
}

/** Both lists of an element at equal length; those that say nothing are taken away. */
function lists(object: Json, key: string, change: (values: unknown[], companions: unknown[]) => void): void {
  const values = [...((object[key] as unknown[] | undefined) ?? [])]
  const companions = [...((object[`_${key}`] as unknown[] | undefined) ?? [])]
  while (values.length < companions.length) values.push(null)
  while (companions.length < values.length) companions.push(null)
  change(values, companions)
  for (const [name, list] of [
    [key, values],
    [`_${key}`, companions],
  ] as const) {
    if (list.every((each) => each === null)) delete object[name]
    else object[name] = list
  }
}

function walk(root: Located, steps: readonly Step[]): Located {
  return steps.reduce(({ object, type }, { name, at }) => {
    const row = rowOf(type, name)
    const key = keyOf(object, row)
    const found = object[key]
    const next = (at === undefined ? found : (found as readonly unknown[])[at]) as Json
    return { object: next, type: resourceTypeOf(next) ?? typeOfKey(row, key) }
  }, root)
}

function rowOf(type: string, name: string): ElementRow {
  const row = elements[type]?.find(([each]) => each === name || each === `${name}[x]`)
  if (!row) throw new Error(`${type} has no element ${name}`)
  return row
}

function keyOf(object: Json, [name, , , types]: ElementRow): string {
  if (!name.endsWith('[x]')) return name
  const keys = types.map((type) => `${name.slice(0, -3)}${capital(bare(type))}`)
  return keys.find((key) => key in object || `_${key}` in object) ?? ''
}

function typeOfKey([name, , , types]: ElementRow, key: string): string {
  const type = types.find((each) => `${name.slice(0, -3)}${capital(bare(each))}` === key) ?? types[0] ?? ''
  return bare(type)
}

function bare(type: string): string {
  return type.split('(', 1)[0] ?? type
}

function itemOf(row: ElementRow, part: ParametersParameter): Item {
  const { name: _, part: parts, resource, ...values } = part
  if (resource) return { suffix: '', value: resource, companion: null }
  if (parts) {
    const type = bare(row[3][0] ?? '')
    const object: Json = {}
    for (const each of parts) put({ object, type }, each.name, each)
    return { suffix: capital(type), value: object, companion: null }
  }
  const entries = Object.entries(values)
  const found = entries.find(([key]) => key.startsWith('value'))
  const companion = entries.find(([key]) => key.startsWith('_value'))
  const suffix = (found?.[0] ?? companion?.[0].slice(1) ?? '').slice('value'.length)
  return { suffix, value: found?.[1] ?? null, companion: companion?.[1] ?? null }
}

function stepOf(text: string): Step {
  const [, name = '', at] = /^(\w+)(?:\[(\d+)\])?$/.exec(text) ?? []
  return { name, at: at === undefined ? undefined : Number(at) }
}
