/** Settings of MLLP sources and destinations, checked field by field. */
import { invalid } from '@xinglin/fhir'
import type { EndpointSettings } from '@xinglin/interfaces'

export type MllpAddress = { readonly host: string; readonly port: number }

/** Throws `invalid` (`hl7.endpoint`) naming the setting; port 0 is any free one, for sources alone. */
export function mllpAddress(
  settings: EndpointSettings,
  { name, isSource }: { readonly name: 'bind' | 'host'; readonly isSource: boolean },
): MllpAddress {
  const host = settings[name] ?? (isSource ? '127.0.0.1' : undefined)
  if (typeof host !== 'string' || !/^[\w.:-]{1,253}$/.test(host))
    throw wrong(name, 'the name or address of a host')
  const { port } = settings
  if (typeof port !== 'number' || !Number.isInteger(port) || port < (isSource ? 0 : 1) || port > 65_535)
    throw wrong('port', 'a port from 1 to 65535')
  const unknown = Object.keys(settings).find((each) => !['kind', name, 'port'].includes(each))
  if (unknown !== undefined) throw wrong(unknown, `nothing: an mllp endpoint has kind, ${name} and port`)
  return { host, port }
}

function wrong(at: string, allowed: string) {
  return invalid(`${at} of an mllp endpoint must be ${allowed}`, { code: 'hl7.endpoint', at })
}
