/**
 * What the journal of doors keeps of a request: its bytes, but for the headers of subscriptions, which are secrets of the
 * receivers and stand nowhere that people read. A request that names some is kept as JSON with their values hidden.
 */
import { hiddenValue } from './definition/endpoint.ts'

type Request = {
  readonly raw: Uint8Array
  readonly body: unknown
  readonly method: string
  readonly path: string
}

/** The bytes to keep; empty where a secret cannot be told from the rest (a patch, a body that cannot be read). */
export function journalBytes({ raw, body, method, path }: Request): Uint8Array {
  if (!mayHoldSecrets(raw, path)) return raw
  const isPatch = method === 'PATCH' && path.startsWith('Subscription')
  if (isPatch || !isObject(body)) return new Uint8Array()
  return Buffer.from(JSON.stringify(hidden(body)))
}

/** 0.1 µs a kilobyte, paid by every write; almost none goes on from here. */
function mayHoldSecrets(raw: Uint8Array, path: string): boolean {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  return bytes.includes('header') && (path.startsWith('Subscription') || bytes.includes('Subscription'))
}

function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden)
  if (!isObject(value)) return value
  if (value.resourceType === 'Subscription' && isObject(value.channel))
    return { ...value, channel: hiddenChannel(value.channel) }
  if (isPatchEntry(value)) return { ...value, resource: undefined }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, hidden(each)]))
}

function hiddenChannel(channel: Readonly<Record<string, unknown>>): unknown {
  const headers = Array.isArray(channel.header) ? channel.header : []
  return headers.length === 0 ? channel : { ...channel, header: headers.map(nameOnly) }
}

function nameOnly(header: unknown): string {
  const name = typeof header === 'string' ? /^[\w-]{1,100}(?=:)/.exec(header)?.[0] : undefined
  return name === undefined ? hiddenValue : `${name}: ${hiddenValue}`
}

/** A patch of a Subscription in a Bundle. */
function isPatchEntry({ request }: Readonly<Record<string, unknown>>): boolean {
  return (
    isObject(request) &&
    request.method === 'PATCH' &&
    typeof request.url === 'string' &&
    request.url.includes('Subscription')
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
