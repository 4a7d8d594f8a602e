/**
 * Backport notification for R4: a Bundle of type history whose first entry is the status. bdl-3 and bdl-4 of R4 want a
 * request and a response in every entry; the status' request is one of `$status`.
 */
import { xmlOfJson } from '@xinglin/fhir/xml'
import { notificationProfile } from '../canonicals.ts'
import type { ShownEvent, ShownResource } from './content.ts'
import { type StatusOptions, statusOf, type Told } from './status.ts'

/** The notification in the media type that was asked for. */
export function notificationBody(told: Told, options: StatusOptions, contentType: string): string {
  const text = notificationText(told, options)
  return /^application\/(?:fhir\+)?xml\b/i.test(contentType) ? xmlOfJson(text) : text
}

/** The notification as JSON; stored resources are joined as they are, each once. */
export function notificationText(told: Told, options: StatusOptions): string {
  const { baseUrl, newId, at } = options
  const status = JSON.stringify(statusOf(told, options))
  const statusUrl = `${baseUrl}/Subscription/${told.id}/$status`
  const first = `{"fullUrl":"urn:uuid:${newId()}","resource":${status},"request":{"method":"GET","url":${JSON.stringify(statusUrl)}},"response":{"status":"200"}}`
  const entries = [first, ...distinct(told.events ?? []).map((resource) => entryText(resource, baseUrl))]
  const meta = JSON.stringify({ lastUpdated: at, profile: [notificationProfile] })
  return `{"resourceType":"Bundle","id":"${newId()}","meta":${meta},"type":"history","timestamp":"${at}","entry":[${entries.join(',')}]}`
}

/** Foci in the order of the events, then context; a version that several events name stands once. */
function distinct(events: readonly ShownEvent[]): readonly ShownResource[] {
  const known = new Map<string, ShownResource>()
  const add = (each: ShownResource) => known.set(`${each.type}/${each.id}/${each.version}`, each)
  for (const { shown } of events) if (shown) add(shown.focus)
  for (const { shown } of events) for (const each of shown?.context ?? []) add(each)
  return [...known.values()]
}

const requests = {
  create: { method: 'POST', status: '201' },
  update: { method: 'PUT', status: '200' },
  delete: { method: 'DELETE', status: '204' },
} as const

function entryText({ type, id, interaction, json }: ShownResource, baseUrl: string): string {
  const { method, status } = requests[interaction]
  const url = interaction === 'create' ? type : `${type}/${id}`
  const resource = json === '' ? '' : `"resource":${json},`
  return `{"fullUrl":${JSON.stringify(`${baseUrl}/${type}/${id}`)},${resource}"request":{"method":"${method}","url":"${url}"},"response":{"status":"${status}"}}`
}
