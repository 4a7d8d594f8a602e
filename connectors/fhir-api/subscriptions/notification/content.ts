/**
 * What of an event a subscriber is shown. Every resource, its id too, passes the decision of a read by the one by whose
 * rights it is shown; what is refused is told as an event number alone.
 */

import type { TenantId } from '@xinglin/events'
import type { Instant, Resource } from '@xinglin/fhir'
import { indexOf } from '@xinglin/fhir/search'
import type { Version } from '@xinglin/records'
import type { PayloadContent } from '../definition/definition.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import { mostContext, mostNotificationCharacters } from '../limits.ts'
import type { EventRow } from '../store/rows.ts'
import type { Topic } from '../topics/topic.ts'

export type ShownEvent = {
  readonly number: number
  readonly at: Instant
  /** Absent with empty payloads and where the subscriber may not read the resource. */
  readonly shown?: { readonly focus: ShownResource; readonly context: readonly ShownResource[] }
}
export type ShownResource = Pick<Version, 'type' | 'id' | 'interaction'> & {
  readonly version: number
  /** Stored JSON; empty where only the id is told or the change was a deletion. */
  readonly json: string
}

export type Asked = Pick<Version, 'type' | 'id'> & { readonly patient?: string | undefined }
/** Those of the resources that may be read, in one decision of their rows. */
export type Readable = (resources: readonly Asked[]) => Promise<readonly Pick<Version, 'type' | 'id'>[]>

/** Versions as who is told may see them. */
export type Shown = (versions: readonly Version[]) => Promise<readonly Version[]>

export type Wanted = {
  readonly tenant: TenantId
  readonly content: PayloadContent
  readonly topic: Topic | undefined
  readonly readable: Readable
  readonly shown: Shown
}

/**
 * The events with what may be shown of each, in order; fewer than were given where their content fills a notification,
 * but always the first. What is left out comes in the next one.
 */
export async function contentOf(
  kernel: SubscriptionsKernel,
  events: readonly EventRow[],
  wanted: Wanted,
): Promise<readonly ShownEvent[]> {
  if (wanted.content === 'empty') return events.map(({ number, at }) => ({ number, at }))
  const allowed = await allowedOf(events, wanted)
  const versions = await wanted.shown(await kernel.records.readVersions(wanted.tenant, allowed))
  const shown = await Promise.all(
    events.map(async ({ number, at, type, id, version }) => {
      const found = versions.find((each) => each.type === type && each.id === id && each.version === version)
      // Refused, or its content was removed for good since.
      if (!found) return { number, at }
      const context = await contextOf(kernel, found, wanted)
      return {
        number,
        at,
        shown: { focus: part(found, wanted), context: context.map((each) => part(each, wanted)) },
      }
    }),
  )
  return wanted.content === 'full-resource' ? fitting(shown) : shown
}

async function allowedOf(events: readonly EventRow[], { readable }: Wanted): Promise<readonly EventRow[]> {
  const asked = events.map(({ type, id, patient }) => ({ type, id, patient: patient ?? undefined }))
  const names = new Set((await readable(asked)).map(({ type, id }) => `${type}/${id}`))
  return events.filter(({ type, id }) => names.has(`${type}/${id}`))
}

function fitting(events: readonly ShownEvent[]): readonly ShownEvent[] {
  let characters = 0
  const cut = events.findIndex(({ shown }, index) => {
    for (const { json } of shown ? [shown.focus, ...shown.context] : []) characters += json.length
    return index > 0 && characters > mostNotificationCharacters
  })
  return cut < 0 ? events : events.slice(0, cut)
}

function part({ type, id, version, interaction, json }: Version, { content }: Wanted): ShownResource {
  return { type, id, version, interaction, json: content === 'full-resource' ? json : '' }
}

/** What the topic's shape brings along: current resources that the focus refers to by a search parameter. */
async function contextOf(
  { records, runtime }: SubscriptionsKernel,
  focus: Version,
  { tenant, topic, readable, shown }: Wanted,
): Promise<readonly Version[]> {
  const includes = (topic?.shapes ?? [])
    .filter(({ resource }) => resource === focus.type)
    .flatMap((shape) => shape.includes)
  if (includes.length === 0 || focus.interaction === 'delete') return []
  const { references } = indexOf(JSON.parse(focus.json) as Resource, { timeZone: runtime.timeZone })
  const targets = includes.flatMap((include) => {
    const [, parameter, target] = include.split(':')
    return references.filter(
      (each) => each.parameter === parameter && (target === undefined || each.type === target),
    )
  })
  const found: Version[] = []
  for (const { type, id } of distinct(targets).slice(0, mostContext)) {
    const version = await records.read(tenant, type, id)
    if (!version || version.interaction === 'delete') continue
    const [allowed] = await readable([{ type, id, patient: patientOf(version) }])
    if (allowed) found.push(version)
  }
  return shown(found)
}

type Reference = { readonly type: Version['type']; readonly id: string }

function distinct(
  targets: readonly { readonly type: string | undefined; readonly id: string | undefined }[],
): readonly Reference[] {
  const known = new Map<string, Reference>()
  for (const { type, id } of targets)
    if (type !== undefined && id !== undefined)
      known.set(`${type}/${id}`, { type: type as Version['type'], id })
  return [...known.values()]
}

function patientOf({ type, id }: Version): string | undefined {
  return type === 'Patient' ? id : undefined
}
