/** FHIR R4 data types → HL7 v2.5.1 chapter 2A: the published data type maps read the other way round, so that our own door reads what it wrote. */
import type {
  Address,
  Annotation,
  CodeableConcept,
  Coding,
  ContactPoint,
  HumanName,
  Identifier,
  Quantity,
} from '@xinglin/fhir'
import { type Component, type FieldValue, hl7DateTime, type Repetition } from '@xinglin/hl7v2'
import { addressTypeOf, equipmentOf, nameTypeOf, systemNames } from './codes.ts'

/** A field of repetitions, those left out that say nothing. */
export function field(...repetitions: readonly (Repetition | undefined)[]): FieldValue {
  return { repetitions: repetitions.filter((each) => each !== undefined) }
}

/** DTM of a FHIR date, dateTime or instant; empty where there is none. */
export function time(value: string | undefined): string {
  return value === undefined ? '' : hl7DateTime(value)
}

/** HD of a system: an OID, a namespace, or any other URI. */
export function authority(system: string | undefined): Component {
  if (system === undefined || system === '') return []
  if (system.startsWith('urn:oid:')) return ['', system.slice('urn:oid:'.length), 'ISO']
  if (system.startsWith('urn:uuid:')) return ['', system.slice('urn:uuid:'.length), 'UUID']
  const namespace = /^urn:xinglin:authority:(.+)$/.exec(system)?.[1]
  return namespace === undefined ? ['', system, 'URI'] : [decodeURIComponent(namespace)]
}

/** CX of an identifier; undefined where it has no value. */
export function cx(identifier: Identifier): Repetition | undefined {
  const { system, value, type } = identifier
  if (value === undefined) return undefined
  return [[value], [], [], authority(system), [type?.coding?.[0]?.code ?? type?.text ?? '']]
}

/** EI of an order's number; undefined where there is none. */
export function ei(identifier: Identifier | undefined): Repetition | undefined {
  if (identifier?.value === undefined) return undefined
  const [namespace = '', id = '', type = ''] = authority(identifier.system)
  return [[identifier.value], [namespace], [id], [type]]
}

/** XPN of a name. */
export function xpn({ family, given = [], prefix = [], suffix = [], text = '', use }: HumanName): Repetition {
  const [first = '', ...others] = given
  const whole = family === undefined && given.length === 0 ? text : (family ?? '')
  return [
    [whole],
    [first],
    [others.join(' ')],
    [suffix.join(' ')],
    [prefix.join(' ')],
    [],
    [nameTypeOf[use ?? ''] ?? ''],
  ]
}

/** XAD of an address; the district is written where Chinese systems look for it. */
export function xad(address: Address): Repetition {
  const { line = [], city = '', district = '', state = '', postalCode = '', country = '', use } = address
  const [street = '', ...others] = line
  const words = [...line, city, district, state].join('') === '' ? (address.text ?? '') : street
  const isSecond = others.length === 0 && /[区县市旗]$/u.test(district)
  return [
    ...[[words], [isSecond ? district : others.join(' ')], [city], [state], [postalCode], [country]],
    [addressTypeOf[use ?? ''] ?? (address.type === 'postal' ? 'M' : '')],
    ...[[], [isSecond ? '' : district]],
  ]
}

/** XTN of a phone, fax or address for mail; a number stands in XTN-1 for older receivers too. */
export function xtn({ system, value = '', use }: ContactPoint): Repetition | undefined {
  if (value === '' || system === 'url') return undefined
  const purpose = use === 'work' ? 'WPN' : 'PRN'
  if (system === 'email') return [[], ['NET'], ['Internet'], [value]]
  const equipment = use === 'mobile' ? 'CP' : (equipmentOf[system ?? 'phone'] ?? 'PH')
  return [[value], [purpose], [equipment], [], [], [], [], [], [], [], [], [value]]
}

/** CWE of a concept: two codings, and the words as they were said where no coding says them; undefined where it is empty. */
export function cwe(concept: CodeableConcept | undefined): Repetition | undefined {
  const codings = (concept?.coding ?? []).filter(({ code }) => code !== undefined).slice(0, 2)
  const text = concept?.text ?? ''
  if (codings.length === 0) return text === '' ? undefined : [[], [text]]
  const [first, second] = codings
  const said = first?.display ?? second?.display ?? ''
  return [...three(first), ...three(second), [], [], [text === said ? '' : text]]
}

function three(coding: Coding | undefined): Repetition {
  return [[coding?.code ?? ''], [coding?.display ?? ''], [systemName(coding?.system)]]
}

/** Name of a code system by table 0396, the local name that a sender gave, or its URI; empty where it has none. */
export function systemName(system: string | undefined): string {
  if (system === undefined) return ''
  const known = systemNames.get(system)
  if (known !== undefined) return known
  const table = /^http:\/\/terminology\.hl7\.org\/CodeSystem\/v2-(\d{4})$/.exec(system)?.[1]
  if (table !== undefined) return `HL7${table}`
  const local = /^urn:xinglin:codes:(.+)$/.exec(system)?.[1]
  return local === undefined ? system : decodeURIComponent(local)
}

/** CWE of the unit of an amount; undefined where it has none. */
export function unit({ unit = '', system, code = '' }: Quantity): Repetition | undefined {
  if (code === '') return unit === '' ? undefined : [[unit]]
  return [[code], [unit], [systemName(system)]]
}

/** Lines of notes, one text each. */
export function words(notes: readonly Annotation[] | undefined): readonly string[] {
  return (notes ?? []).map(({ text }) => text ?? '').filter((text) => text !== '')
}

/** Number as NM writes it: no exponent, no more digits than it has. */
export function nm(value: number | undefined): string {
  if (value === undefined) return ''
  const text = String(value)
  return /e/i.test(text)
    ? value.toFixed(Math.min(18, Math.max(0, -Math.floor(Math.log10(Math.abs(value))) + 6)))
    : text
}
