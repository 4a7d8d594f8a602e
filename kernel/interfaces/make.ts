/** What an interface makes of one message: read, filtered, mapped, written for each destination. No I/O. */
import { createHash } from 'node:crypto'
import { OutcomeError } from '@xinglin/fhir'
import { Hl7Error, locationText } from '@xinglin/hl7v2'
import type { AnyInterface } from './interfaces.ts'

export type Made =
  | {
      readonly kind: 'made'
      /** `keyOf` of the message's key. */
      readonly key: string
      /** Each content with the destinations that get it; empty where the filter let nothing through. */
      readonly contents: readonly { readonly content: Uint8Array; readonly destinations: readonly string[] }[]
    }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string; readonly at?: string }

/** Never throws for what is in the message, nor for mistakes of the interface's own code. */
export function makeOf(definition: AnyInterface, raw: Uint8Array): Made {
  let step = 'read'
  try {
    const { format, destinations } = definition
    const parsed: unknown = format.read(raw)
    step = 'key'
    const key = keyOf(definition.key?.(parsed) ?? '')
    step = 'filter'
    if (definition.filter && !definition.filter(parsed)) return { kind: 'made', key, contents: [] }
    step = 'map'
    const mapped: unknown = definition.map ? definition.map(parsed) : parsed
    const contents: { content: Uint8Array; destinations: string[] }[] = []
    let shared: { content: Uint8Array; destinations: string[] } | undefined
    for (const { id, filter, map } of destinations) {
      step = `destinations.${id}`
      if (filter && !filter(mapped)) continue
      if (map) {
        contents.push({ content: format.write(map(mapped)), destinations: [id] })
        continue
      }
      if (!shared) {
        shared = { content: format.write(mapped), destinations: [] }
        contents.push(shared)
      }
      shared.destinations.push(id)
    }
    return { kind: 'made', key, contents }
  } catch (cause) {
    return refusalOf(cause, step)
  }
}

/** A hash of 64 bits as PostgreSQL's bigint: keys that are equal by chance wait for each other, nothing more. */
export function keyOf(key: string): string {
  return createHash('sha256').update(key).digest().readBigInt64BE(0).toString()
}

/** Words of our own failures; of the interface's code the step and the class alone, since a message may quote content. */
function refusalOf(cause: unknown, step: string): Made {
  if (cause instanceof Hl7Error) {
    const { location } = cause
    const at = location ? { at: locationText(location) } : {}
    return { kind: 'refused', code: 'interfaces.unreadable', reason: cause.message, ...at }
  }
  if (cause instanceof OutcomeError) {
    const [issue] = cause.outcome.issue
    const code = issue?.details?.coding?.[0]?.code ?? 'interfaces.unreadable'
    return { kind: 'refused', code, reason: cause.message }
  }
  const name = cause instanceof Error ? cause.name : typeof cause
  return {
    kind: 'refused',
    code: 'interfaces.code',
    reason: `the interface failed at ${step}: ${name}`,
    at: step,
  }
}
