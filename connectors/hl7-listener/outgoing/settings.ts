/** Settings of the source `record-messages`, checked one by one. */
import { invalid } from '@xinglin/fhir'
import type { EndpointSettings } from '@xinglin/interfaces'

export const kind = 'record-messages'

export type MessageType = 'ADT' | 'OML' | 'ORM' | 'ORU'
const types: readonly MessageType[] = ['ADT', 'OML', 'ORM', 'ORU']

export type TellingSettings = {
  /** Of its place in the log. */
  readonly name: string
  readonly tell: ReadonlySet<MessageType>
  readonly application: string
  readonly facility: string
  readonly receivingApplication: string
  readonly receivingFacility: string
  /** Whether what other systems told by HL7 is told on; else only what was done here. */
  readonly isRelayed: boolean
  /** Whether resources with labels of confidentiality (R, V) or sensitivity are told. */
  readonly isRestrictedTold: boolean
}

/** Throws `invalid` (`hl7.endpoint`) naming the setting. */
export function tellingSettings(settings: EndpointSettings): TellingSettings {
  const { name, tell = ['ADT', 'OML', 'ORU'], relay = false, restricted = false } = settings
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(name))
    throw wrong('name', 'lower case words with hyphens')
  if (typeof relay !== 'boolean') throw wrong('relay', 'true or false')
  if (typeof restricted !== 'boolean') throw wrong('restricted', 'true or false')
  const known = ['kind', 'name', 'tell', 'relay', 'restricted', ...texts]
  const unknown = Object.keys(settings).find((each) => !known.includes(each))
  if (unknown !== undefined) throw wrong(unknown, 'nothing: the source has no such setting')
  const [application, facility, receivingApplication, receivingFacility] = texts.map((each) =>
    textOf(settings, each),
  )
  return {
    name,
    tell: typesOf(tell),
    application: application || 'XINGLIN',
    facility: facility ?? '',
    receivingApplication: receivingApplication ?? '',
    receivingFacility: receivingFacility ?? '',
    isRelayed: relay,
    isRestrictedTold: restricted,
  }
}

const texts = ['application', 'facility', 'receivingApplication', 'receivingFacility'] as const

function textOf(settings: EndpointSettings, name: (typeof texts)[number]): string {
  const value = settings[name] ?? ''
  // HD of MSH-3 to MSH-6 has 227 characters (v2.5.1 §2.15.9).
  if (typeof value !== 'string' || value.length > 227) throw wrong(name, 'a short text')
  return value
}

function typesOf(tell: unknown): ReadonlySet<MessageType> {
  const named = Array.isArray(tell) ? types.filter((type) => tell.includes(type)) : []
  const isWhole = Array.isArray(tell) && tell.length > 0 && tell.length === named.length
  if (!isWhole || (named.includes('OML') && named.includes('ORM')))
    throw wrong('tell', 'some of ADT, ORU and one of OML and ORM')
  return new Set(named)
}

function wrong(at: string, allowed: string) {
  return invalid(`${at} of a source ${kind} must be ${allowed}`, { code: 'hl7.endpoint', at })
}
