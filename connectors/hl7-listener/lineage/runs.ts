/**
 * Runs of a map without a record: the first remembers what the record answered, the others get the same answers, so
 * whatever differs between two runs comes from the message alone.
 */
import type { ResourceType } from '@xinglin/fhir'
import type { Draft, Known } from '../knowledge.ts'
import type { MapMessage } from '../map-message.ts'

type Answers = readonly Known<ResourceType>[]
export type Log = ReadonlyMap<string, readonly Answers[]>
/** What a run put, by type and id, in the order in which each was put first. */
export type Put = ReadonlyMap<string, Known<ResourceType>>

/** A draft that remembers its answers beside what it puts. */
export function remembering(draft: Draft): { draft: Draft; log: Log; put: Put } {
  const log = new Map<string, Answers[]>()
  const put = new Map<string, Known<ResourceType>>()
  const remember = <T extends Answers>(name: string, answers: T): T => {
    log.set(name, [...(log.get(name) ?? []), answers])
    return answers
  }
  return {
    log,
    put,
    draft: {
      ...draft,
      find: async (type, identifiers) => remember(`find ${type}`, await draft.find(type, identifiers)),
      read: async (type, ids) => remember(`read ${type}`, await draft.read(type, ids)),
      ofPatient: async (type, patient) => remember(`of ${type}`, await draft.ofPatient(type, patient)),
      put(resource) {
        put.set(`${resource.resourceType}/${resource.id}`, resource)
        return draft.put(resource)
      },
    },
  }
}

/** Runs a map on remembered answers: the nth question about a type gets the nth answer. Undefined where the map refuses. */
export async function rerun(map: MapMessage, log: Log): Promise<Put | undefined> {
  const put = new Map<string, Known<ResourceType>>()
  const asked = new Map<string, number>()
  let ids = 0
  const answer = (name: string): Answers => {
    const nth = asked.get(name) ?? 0
    asked.set(name, nth + 1)
    const found = log.get(name)?.[nth] ?? []
    // As this run has left them.
    return found.map((each) => put.get(`${each.resourceType}/${each.id}`) ?? each)
  }
  const draft: Draft = {
    newId: () => newIdOf(ids++),
    seen: new Set(),
    changes: new Map(),
    // The log holds answers of the same type under this name.
    find: async <T extends ResourceType>(type: T) => answer(`find ${type}`) as Known<T>[],
    read: async <T extends ResourceType>(type: T) => answer(`read ${type}`) as Known<T>[],
    ofPatient: async (type) => answer(`of ${type}`),
    prepare: async () => undefined,
    put(resource) {
      put.set(`${resource.resourceType}/${resource.id}`, resource)
      return resource
    },
  }
  try {
    await map(draft)
    return put
  } catch {
    // Altered values are refused as they would be at the door; such a run shows nothing.
    return undefined
  }
}

/** The nth new id of any run. */
export function newIdOf(nth: number): string {
  return `new-${nth}`
}
