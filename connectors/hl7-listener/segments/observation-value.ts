/** OBX-5 by OBX-2 (HL7 table 0125) → Observation.value[x], OBX-7 → referenceRange. */
import type { Attachment, Observation, ObservationReferenceRange, Quantity } from '@xinglin/fhir'
import { fhirDateTime, fhirTime, isDeletion, part, type Repetition, type Segment } from '@xinglin/hl7v2'
import { malformed, type Place, type Reading, text, unknownCode } from '../reading.ts'
import { codeSystem } from '../values/systems.ts'
import { codeableConcept } from '../values/values.ts'

type Value = Pick<
  Observation,
  | 'valueQuantity'
  | 'valueCodeableConcept'
  | 'valueString'
  | 'valueBoolean'
  | 'valueInteger'
  | 'valueRange'
  | 'valueRatio'
  | 'valueTime'
  | 'valueDateTime'
  | 'valuePeriod'
  | 'extension'
>

/** An element of R5 that R4 carries as an extension, for values that are documents. */
const attachmentUrl = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value'

/** The value of one repetition of OBX-5; refused where it is not of the type that OBX-2 says. */
export function readValue(obx: Segment, repetition: Repetition, reading: Reading): Value {
  const place: Place = { segment: obx, field: 5 }
  const first = part(repetition).trim()
  switch (text(obx, 2).toUpperCase()) {
    case 'NM':
      return { valueQuantity: { ...number(first, place), ...unitOf(obx, reading) } }
    case 'SN':
      return structured(obx, repetition, reading)
    case 'CE':
    case 'CWE':
    case 'CNE':
    case 'CF':
    case 'IS':
    case 'ID':
      return { valueCodeableConcept: codeableConcept(repetition, reading) }
    case 'DT':
    case 'DTM':
    case 'TS':
      return { valueDateTime: required(fhirDateTime(first, reading.offset), place, 'date and time (DTM)') }
    case 'TM':
      return { valueTime: required(fhirTime(first), place, 'time (TM)') }
    case 'DR':
      return period(repetition, reading, place)
    case 'NR':
      return {
        valueRange: {
          ...(first === '' ? {} : { low: { ...number(first, place), ...unitOf(obx, reading) } }),
          ...(part(repetition, 2) === ''
            ? {}
            : { high: { ...number(part(repetition, 2), place), ...unitOf(obx, reading) } }),
        },
      }
    case 'ED':
      return { extension: [{ url: attachmentUrl, valueAttachment: encapsulated(repetition, place) }] }
    case 'RP':
      return {
        extension: [
          {
            url: attachmentUrl,
            valueAttachment: { url: first, ...contentType(part(repetition, 3), part(repetition, 4)) },
          },
        ],
      }
    // Senders leave OBX-2 out; as text nothing of the value is lost.
    case '':
    case 'ST':
    case 'TX':
    case 'FT':
    case 'SI':
    case 'VR':
      return { valueString: lines(repetition) }
    default:
      throw unknownCode({ segment: obx, field: 2 }, '0125 that can be kept')
  }
}

/** OBX-7: low, high and text; the text alone where it is in words. */
export function referenceRangeOf(obx: Segment, reading: Reading): ObservationReferenceRange[] {
  const words = lines(obx.field(7)[0] ?? []).trim()
  if (words === '') return []
  const unit = unitOf(obx, reading)
  const quantity = (value: string): Quantity => ({ value: Number(value), ...unit })
  const between = /^(-?\d+(?:\.\d+)?)\s*(?:-|–|—|~|～|--)\s*(-?\d+(?:\.\d+)?)$/.exec(words)
  if (between?.[1] && between[2])
    return [{ low: quantity(between[1]), high: quantity(between[2]), text: words }]
  const limit = /^(<|>|≤|≥|<=|>=)\s*(-?\d+(?:\.\d+)?)$/.exec(words)
  if (!limit?.[1] || !limit[2]) return [{ text: words }]
  return [
    /^[<≤]/.test(limit[1])
      ? { high: quantity(limit[2]), text: words }
      : { low: quantity(limit[2]), text: words },
  ]
}

/** OBX-6 as unit, with its UCUM code where it says that it is one. */
export function unitOf(obx: Segment, reading: Reading): Pick<Quantity, 'unit' | 'system' | 'code'> {
  const code = text(obx, 6).trim()
  const system = codeSystem(text(obx, 6, 3).trim(), reading)
  const unit = text(obx, 6, 2).trim() || code
  if (unit === '') return {}
  return { unit, ...(system && code ? { system, code } : {}) }
}

/** Whether OBX-5 holds a value at all. */
export function hasValue(obx: Segment): boolean {
  return obx
    .field(5)
    .some((repetition) =>
      repetition.some((component) => component.some((each) => each !== '' && !isDeletion(each))),
    )
}

/** Words of a repetition: what a sender did not escape (`^`, `&`) was meant as text. */
export function lines(repetition: Repetition): string {
  return repetition
    .map((component) => component.join('&'))
    .join('^')
    .replace(/\r\n?/g, '\n')
}

/** NM, and the `<0.01` that laboratories write in it. */
function number(written: string, place: Place): Quantity {
  const match = /^(<=|>=|<|>|≤|≥)?\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))$/.exec(written)
  if (!match?.[2] || match[2].length > 18) throw malformed(place, 'number (NM)')
  const comparator = ({ '≤': '<=', '≥': '>=' }[match[1] ?? ''] ?? match[1]) as Quantity['comparator']
  return { value: Number(match[2]), ...(comparator ? { comparator } : {}) }
}

/** SN: comparator ^ number ^ separator ^ number; a quantity, a range (-) or a ratio (: or /). */
function structured(obx: Segment, repetition: Repetition, reading: Reading): Value {
  const [comparator = '', low = '', separator = '', high = ''] = [1, 2, 3, 4].map((component) =>
    part(repetition, component).trim(),
  )
  const place: Place = { segment: obx, field: 5 }
  const unit = unitOf(obx, reading)
  const quantity = (value: string, component: number): Quantity => ({
    ...number(value, { ...place, component }),
    ...unit,
  })
  if (comparator === '<>' || (low === '' && high === ''))
    return { valueString: [comparator, low, separator, high, unit.unit ?? ''].filter(Boolean).join(' ') }
  if (high !== '' && separator === '-')
    return { valueRange: { low: quantity(low, 2), high: quantity(high, 4) } }
  if (high !== '' && (separator === ':' || separator === '/')) {
    return { valueRatio: { numerator: quantity(low, 2), denominator: quantity(high, 4) } }
  }
  if (separator === '+') return { valueString: `${comparator}${low}+` }
  if (high !== '' || low === '') throw malformed(place, 'structured number (SN)')
  return { valueQuantity: quantity(`${comparator === '=' ? '' : comparator}${low}`, 2) }
}

function period(repetition: Repetition, reading: Reading, place: Place): Value {
  const end = (component: number) => {
    const written = part(repetition, component)
    return written === ''
      ? undefined
      : required(fhirDateTime(written, reading.offset), { ...place, component }, 'date and time (DTM)')
  }
  const [from, to] = [end(1), end(2)]
  return { valuePeriod: { ...(from ? { start: from } : {}), ...(to ? { end: to } : {}) } }
}

/** ED: source ^ type ^ subtype ^ encoding ^ data. */
function encapsulated(repetition: Repetition, place: Place): Attachment {
  const data = part(repetition, 5)
  const type = contentType(part(repetition, 3), part(repetition, 2))
  switch (part(repetition, 4).toUpperCase()) {
    case 'BASE64': {
      const compact = data.replaceAll(/\s/g, '')
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) {
        throw malformed({ ...place, component: 5 }, 'text in Base64')
      }
      return { ...type, data: compact }
    }
    case 'HEX':
      if (!/^(?:[0-9A-Fa-f]{2})*$/.test(data))
        throw malformed({ ...place, component: 5 }, 'text in hexadecimal')
      return { ...type, data: Buffer.from(data, 'hex').toString('base64') }
    case 'A':
    case '':
      return { ...type, data: Buffer.from(data, 'utf8').toString('base64') }
    default:
      throw unknownCode({ ...place, component: 4 }, '0299')
  }
}

/** Tables 0291 and 0834 as a media type; absent where they name none. */
function contentType(subtype: string, type: string): Pick<Attachment, 'contentType'> {
  const known: Readonly<Record<string, string>> = {
    PDF: 'application/pdf',
    JPEG: 'image/jpeg',
    PNG: 'image/png',
    TIFF: 'image/tiff',
    GIF: 'image/gif',
    DICOM: 'application/dicom',
    HTML: 'text/html',
    XML: 'text/xml',
    RTF: 'text/rtf',
    PLAIN: 'text/plain',
    'X-HL7-CDA-LEVEL-ONE': 'text/xml',
    'OCTET-STREAM': 'application/octet-stream',
  }
  const found = known[subtype.toUpperCase()] ?? known[type.toUpperCase()]
  return found ? { contentType: found } : {}
}

function required(value: string | undefined, place: Place, dataType: string): string {
  if (value === undefined) throw malformed(place, dataType)
  return value
}
