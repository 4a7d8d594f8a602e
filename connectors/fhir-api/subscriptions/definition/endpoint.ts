/** What may stand as a rest-hook's address and headers before anybody connects; the connection itself is guarded in `delivery/`. */
import { invalid, unsupported } from '@xinglin/fhir'
import { longestEndpoint, longestHeader, mostHeaders } from '../limits.ts'

/** The address as written; throws where it is no http(s) URL or carries credentials. */
export function readEndpoint(endpoint: string | undefined): string {
  if (endpoint === undefined || endpoint.length > longestEndpoint || !URL.canParse(endpoint))
    throw badEndpoint('must be an absolute URL')
  const { protocol, username, password, hash } = new URL(endpoint)
  if (protocol !== 'https:' && protocol !== 'http:') throw badEndpoint('must begin with https://')
  if (username !== '' || password !== '')
    throw badEndpoint('must not carry a user and password; put them into a header')
  if (hash !== '') throw badEndpoint('must not have a fragment')
  return endpoint
}

export function badEndpoint(what: string) {
  return invalid(`Subscription.channel.endpoint ${what}`, {
    code: 'subscription.endpoint',
    at: 'Subscription.channel.endpoint',
  })
}

/** Those that the platform sets itself, or that would change what the message is (RFC 9110 §7.6.1, RFC 9112). */
const ownHeaders = new Set(
  `accept-encoding connection content-encoding content-length content-type expect host keep-alive proxy-authenticate
  proxy-authorization proxy-connection te trailer transfer-encoding upgrade user-agent`.split(/\s+/),
)
const headerForm = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}):[ \t]*([\x20-\x7e\x80-\xff]*)$/

/** Name and value of `Authorization: Bearer …`; throws for what cannot be a header of a request. */
export function readHeader(written: string): { readonly name: string; readonly value: string } {
  const [, name, value] = written.length > longestHeader ? [] : (headerForm.exec(written) ?? [])
  if (name === undefined || value === undefined)
    throw badHeader('must be written Name: value, on one line, without control characters')
  if (ownHeaders.has(name.toLowerCase())) throw badHeader(`${name} is set by the platform`)
  return { name, value: value.trim() }
}

/** Refuses too many or wrong ones. */
export function refuseBadHeaders(headers: readonly string[]): void {
  if (headers.length > mostHeaders)
    throw unsupported(`a subscription may have ${mostHeaders} headers`, {
      code: 'subscription.header',
      at: 'Subscription.channel.header',
    })
  for (const header of headers) readHeader(header)
}

function badHeader(what: string) {
  return invalid(`Subscription.channel.header: ${what}`, {
    code: 'subscription.header',
    at: 'Subscription.channel.header',
  })
}

/** Stands in the resource instead of a header's value. */
export const hiddenValue = '(hidden)'

/** The header as everybody may see it. */
export function hiddenHeader(written: string): string {
  return `${readHeader(written).name}: ${hiddenValue}`
}
