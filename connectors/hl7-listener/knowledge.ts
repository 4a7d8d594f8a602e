/**
 * What the messages of one transaction know of the record, and what each of them changes. Messages are mapped side by
 * side; what they ask for at the same time is searched together. A message that has seen what an earlier one of the
 * same transaction changes is told apart by `sees`, and goes into the next transaction.
 */
import { isDeepStrictEqual } from 'node:util'
import { fault, type Identifier, type Resource, type ResourceOf, type ResourceType } from '@xinglin/fhir'
import type { Unit, Version } from '@xinglin/records'

/** One resource of these that a search must never answer more of, in one transaction. */
const mostFound = 500

export type Known<T extends ResourceType> = ResourceOf<T> & { readonly id: string }

/** The record as one message sees and changes it. */
export interface Draft {
  readonly newId: () => string
  /** Resources that carry any of these identifiers, as this message has left them. */
  find<T extends ResourceType>(type: T, identifiers: readonly Identifier[]): Promise<readonly Known<T>[]>
  /** The resources with these ids that exist, as this message has left them. */
  read<T extends ResourceType>(type: T, ids: readonly string[]): Promise<readonly Known<T>[]>
  /** Resources of a patient; for moving them to another. */
  ofPatient(type: ResourceType, patient: string): Promise<readonly Known<ResourceType>[]>
  /** Creates or replaces; answers it back. What equals the record changes nothing. */
  put<T extends ResourceType>(resource: Known<T>): Known<T>
  /** Adds tokens that this message has read (`find`) or ids (`read`), to tell what it has seen. */
  readonly seen: ReadonlySet<string>
  readonly changes: ReadonlyMap<string, DraftChange>
}
export type DraftChange = { readonly resource: Known<ResourceType>; readonly ifVersion: number | undefined }

export interface Knowledge {
  draft(): Draft
  /** Runs mappings side by side; each settles on its own. */
  run<T>(mappings: readonly (() => Promise<T>)[]): Promise<readonly PromiseSettledResult<T>[]>
}

type Stored = { readonly resource: Known<ResourceType>; readonly version: number }
type Lookup = { readonly type: ResourceType; readonly parameter: string; readonly value: string }
type Waiting = {
  readonly lookups: readonly Lookup[]
  readonly go: () => void
  readonly fail: (cause: unknown) => void
}

const keyOf = (type: string, parameter: string, value: string) => `${type}?${parameter}=${value}`

/** Knowledge for one transaction; `unit` answers its searches. */
export function createKnowledge(unit: Pick<Unit, 'search'>, newId: () => string): Knowledge {
  const stored = new Map<string, Stored>()
  const answers = new Map<string, readonly string[]>()
  let waiting: Waiting[] = []
  let running = 0

  /** Settles when all lookups are answered: at once, or when every running mapping waits. */
  function load(lookups: readonly Lookup[]): Promise<void> {
    const open = lookups.filter(({ type, parameter, value }) => !answers.has(keyOf(type, parameter, value)))
    if (open.length === 0) return Promise.resolve()
    return new Promise((go, fail) => {
      waiting.push({ lookups: open, go, fail })
      if (waiting.length === running) void search()
    })
  }

  async function search(): Promise<void> {
    const asking = waiting
    waiting = []
    try {
      const lookups = asking.flatMap((each) => each.lookups)
      for (const [key, group] of Map.groupBy(lookups, ({ type, parameter }) => `${type} ${parameter}`)) {
        const [type, parameter] = key.split(' ') as [ResourceType, string]
        await answer(type, parameter, [...new Set(group.map(({ value }) => value))])
      }
      for (const each of asking) each.go()
    } catch (cause) {
      for (const each of asking) each.fail(cause)
    }
  }

  async function answer(type: ResourceType, parameter: string, values: readonly string[]): Promise<void> {
    const page = await unit.search(type, [
      [parameter, values.map(escapeValue).join(',')],
      ['_count', String(mostFound)],
    ])
    if (page.next !== undefined) {
      throw fault(`more than ${mostFound} ${type} answer to the numbers of a few messages`, {
        code: 'hl7.too-many-found',
      })
    }
    const found = new Map<string, string[]>(values.map((value) => [value, []]))
    for (const version of page.matches) {
      const resource = keep(version)
      for (const value of valuesOf(resource, parameter)) found.get(value)?.push(resource.id)
    }
    for (const [value, ids] of found) answers.set(keyOf(type, parameter, value), ids)
  }

  function keep(version: Version): Known<ResourceType> {
    const resource: Known<ResourceType> = JSON.parse(version.json)
    stored.set(`${version.type}/${version.id}`, { resource, version: version.version })
    return resource
  }

  function draft(): Draft {
    const seen = new Set<string>()
    const changes = new Map<string, DraftChange>()
    const present = (type: ResourceType, id: string) =>
      changes.get(`${type}/${id}`)?.resource ?? stored.get(`${type}/${id}`)?.resource

    async function ask(type: ResourceType, parameter: string, values: readonly string[]) {
      await load(values.map((value) => ({ type, parameter, value })))
      for (const value of values) seen.add(keyOf(type, parameter, value))
      const ids = new Set(values.flatMap((value) => answers.get(keyOf(type, parameter, value)) ?? []))
      for (const { resource } of changes.values()) {
        if (resource.resourceType !== type) continue
        if (valuesOf(resource, parameter).some((value) => values.includes(value))) ids.add(resource.id)
      }
      const found = [...ids].flatMap((id) => present(type, id) ?? [])
      for (const { id } of found) seen.add(keyOf(type, '_id', id))
      return found
    }

    return {
      newId,
      seen,
      changes,
      async find<T extends ResourceType>(type: T, identifiers: readonly Identifier[]) {
        return (await ask(type, 'identifier', identifiers.map(tokenOf))) as Known<T>[]
      },
      async read<T extends ResourceType>(type: T, ids: readonly string[]) {
        return (await ask(type, '_id', ids)) as Known<T>[]
      },
      async ofPatient(type, patient) {
        seen.add(keyOf(type, 'patient', patient))
        const found: Known<ResourceType>[] = []
        let query: Parameters<Unit['search']>[1] | undefined = [
          ['patient', `Patient/${patient}`],
          ['_count', String(mostFound)],
        ]
        while (query) {
          const page = await unit.search(type, query)
          found.push(...page.matches.map(keep))
          query = page.next === undefined ? undefined : [...new URLSearchParams(page.next)]
        }
        return found
      },
      put(resource) {
        const key = `${resource.resourceType}/${resource.id}`
        const before = stored.get(key)
        if (before && isSame(before.resource, resource)) changes.delete(key)
        else changes.set(key, { resource, ifVersion: before?.version })
        return resource
      },
    }
  }

  return {
    draft,
    async run<T>(mappings: readonly (() => Promise<T>)[]) {
      running = mappings.length
      return Promise.allSettled(
        mappings.map(async (mapping) => {
          try {
            return await mapping()
          } finally {
            running -= 1
            if (running > 0 && waiting.length === running) void search()
          }
        }),
      )
    },
  }
}

/** Whether `draft` has looked at something that `changes` makes or changes. */
export function sees(draft: Draft, changes: ReadonlyMap<string, DraftChange>): boolean {
  for (const { resource } of changes.values()) {
    const { resourceType: type, id } = resource
    if (draft.changes.has(`${type}/${id}`) || draft.seen.has(keyOf(type, '_id', id))) return true
    if (valuesOf(resource, 'identifier').some((value) => draft.seen.has(keyOf(type, 'identifier', value))))
      return true
    const patient = patientOf(resource)
    if (patient !== undefined && draft.seen.has(keyOf(type, 'patient', patient))) return true
  }
  return false
}

/** `system|value`, as a token parameter and our own index compare it. */
export function tokenOf(identifier: Identifier): string {
  return `${identifier.system ?? ''}|${identifier.value ?? ''}`
}

/** R4 §3.1.1.4.0.1: what separates values and parts is escaped in a value; the first `|` separates. */
function escapeValue(value: string): string {
  const [system, ...rest] = value.split('|')
  const escaped = (text: string) => text.replaceAll(/[\\,$|]/g, '\\$&')
  return rest.length === 0 ? escaped(value) : `${escaped(system ?? '')}|${escaped(rest.join('|'))}`
}

function valuesOf(resource: Known<ResourceType>, parameter: string): readonly string[] {
  if (parameter === '_id') return [resource.id]
  if (!('identifier' in resource)) return []
  const { identifier } = resource
  const all = Array.isArray(identifier) ? identifier : identifier ? [identifier] : []
  return all.map(tokenOf)
}

function patientOf(resource: Known<ResourceType>): string | undefined {
  const subject =
    'subject' in resource ? resource.subject : 'patient' in resource ? resource.patient : undefined
  const reference =
    subject && !Array.isArray(subject) && 'reference' in subject ? subject.reference : undefined
  return reference?.replace(/^Patient\//, '')
}

function isSame(left: Resource, right: Resource): boolean {
  const { meta: _left, ...before } = left
  const { meta: _right, ...after } = right
  return isDeepStrictEqual(before, after)
}
