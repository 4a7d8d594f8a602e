/** Observation → OBX (v2.5.1 §7.4.2): value by its type, several of a name told apart in OBX-4, components beside one another. */
import type { Attachment, DiagnosticReport, Observation, ObservationComponent, Quantity } from '@xinglin/fhir'
import { type FieldValue, type Repetition, writeSegment } from '@xinglin/hl7v2'
import { resultStatusOf } from './codes.ts'
import type { Facts } from './facts.ts'
import { ntes } from './order-segments.ts'
import { xcn } from './people-and-places.ts'
import { cwe, field, nm, time, unit } from './values.ts'

const attachmentUrl = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value'
/** ST ends at 199 characters (v2.5.1 §2.A.74). */
const longestString = 199

type Written = { readonly type: string; readonly value: FieldValue; readonly unit?: Repetition | undefined }
type Valued = Pick<Observation & ObservationComponent, ValueName | 'extension'>
type ValueName = Extract<keyof Observation & keyof ObservationComponent, `value${string}`>

/** OBX and NTE of the results of a report, in its order, then what the report says in words and files of its own. */
export function results(
  report: DiagnosticReport,
  observations: readonly Observation[],
  facts: Facts,
): readonly string[] {
  const names = new Map<string, number>()
  const written = observations.flatMap((observation) => {
    const name = JSON.stringify(observation.code)
    const count = (names.get(name) ?? 0) + 1
    names.set(name, count)
    return lines(observation, count === 1 ? '' : String(count), facts)
  })
  const numbered = [...written, ...ownWords(report)]
  let place = 0
  return numbered.map((line) =>
    typeof line === 'string' ? line : writeSegment('OBX', { ...line, 1: String(++place) }),
  )
}

type Line = Readonly<Record<number, FieldValue>> | string

function lines(observation: Observation, occurrence: string, facts: Facts): readonly Line[] {
  const { component = [] } = observation
  const own = valuesOf(observation)
  // Several values of one measurement are repetitions of its OBX; parts with names of their own are OBX of their own.
  const isRepeated = component.length > 0 && component.every(({ code }) => sameName(code, observation.code))
  const parts = isRepeated ? [] : component
  const value = isRepeated ? joined(component.map(written)) : own
  const isHeld = value === undefined && parts.length > 0
  const subId = occurrence || (parts.length > 0 ? '1' : '')
  return [
    ...(isHeld ? [] : [line(observation, observation, { value, subId, facts })]),
    ...parts.map((part) => line(observation, part, { value: written(part), subId, facts })),
    ...ntes(observation.note),
  ]
}

function line(
  observation: Observation,
  part: Observation | ObservationComponent,
  { value, subId, facts }: { value: Written | undefined; subId: string; facts: Facts },
): Line {
  const [range] = part.referenceRange ?? []
  return {
    2: value?.type ?? '',
    3: field(cwe(part.code)),
    4: subId,
    5: value?.value ?? '',
    6: field(value?.unit),
    7: rangeOf(range),
    8: field(...(part.interpretation ?? []).map(flag)),
    11: resultStatusOf[observation.status] ?? 'P',
    14: time(
      observation.effectiveDateTime ?? observation.effectivePeriod?.start ?? observation.effectiveInstant,
    ),
    16: field(...(observation.performer ?? []).map((each) => xcn(each, facts))),
    17: field(cwe(observation.method)),
    20: field(cwe(observation.bodySite)),
  }
}

function sameName(left: Observation['code'], right: Observation['code']): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

/** Table 0078 has the same codes; what it does not have is said in words. */
function flag(concept: NonNullable<Observation['interpretation']>[number]): Repetition | undefined {
  const code = concept.coding?.[0]?.code ?? concept.text
  return code === undefined ? undefined : [[code]]
}

function rangeOf(range: NonNullable<Observation['referenceRange']>[number] | undefined): string {
  if (!range) return ''
  if (range.text !== undefined) return range.text
  const [low, high] = [nm(range.low?.value), nm(range.high?.value)]
  if (low !== '' && high !== '') return `${low}-${high}`
  if (high !== '') return `<=${high}`
  return low === '' ? '' : `>=${low}`
}

/** Text of several lines is one OBX with a repetition a line. */
function valuesOf(observation: Observation): Written | undefined {
  const text = observation.valueString
  if (text === undefined || (!text.includes('\n') && text.length <= longestString))
    return written(observation)
  return { type: 'TX', value: field(...text.split('\n').map((each) => [[each]])) }
}

function joined(values: readonly (Written | undefined)[]): Written | undefined {
  const [first] = values
  if (!first) return undefined
  const repetitions = values.flatMap((each) =>
    each && typeof each.value === 'object' && 'repetitions' in each.value ? each.value.repetitions : [],
  )
  return { ...first, value: { repetitions } }
}

function written(valued: Valued): Written | undefined {
  const one = (type: string, ...components: readonly string[]): Written => ({
    type,
    value: field(components.map((each) => [each])),
  })
  const { valueQuantity, valueRange, valueRatio, valuePeriod } = valued
  if (valueQuantity) return quantity(valueQuantity)
  if (valued.valueCodeableConcept) return { type: 'CWE', value: field(cwe(valued.valueCodeableConcept)) }
  if (valued.valueString !== undefined) return one('ST', valued.valueString)
  if (valued.valueInteger !== undefined) return one('NM', nm(valued.valueInteger))
  if (valued.valueBoolean !== undefined) return one('CWE', valued.valueBoolean ? 'Y' : 'N', '', 'HL70136')
  if (valued.valueDateTime !== undefined) return one('TS', time(valued.valueDateTime))
  if (valued.valueTime !== undefined) return one('TM', valued.valueTime.replaceAll(':', ''))
  if (valuePeriod) return one('DR', time(valuePeriod.start), time(valuePeriod.end))
  if (valueRange) {
    const { low, high } = valueRange
    return { ...one('NR', nm(low?.value), nm(high?.value)), unit: unit(low ?? high ?? {}) }
  }
  if (valueRatio) {
    const { numerator, denominator } = valueRatio
    return {
      ...one('SN', '', nm(numerator?.value), ':', nm(denominator?.value)),
      unit: unit(numerator ?? {}),
    }
  }
  const file = valued.extension?.find(({ url }) => url === attachmentUrl)?.valueAttachment
  return file && attachment(file)
}

function quantity(value: Quantity): Written {
  const number = nm(value.value)
  const written = value.comparator ? [[value.comparator], [number]] : [[number]]
  return { type: value.comparator ? 'SN' : 'NM', value: field(written), unit: unit(value) }
}

/** ED with the bytes, RP where only the address is known (tables 0191, 0291). */
function attachment({ contentType = '', data, url }: Attachment): Written | undefined {
  const [type = '', subtype = ''] = contentType.split(';', 1)[0]?.split('/') ?? []
  const kind = type === 'application' ? 'AP' : type === 'image' ? 'IM' : type === 'text' ? 'TEXT' : ''
  if (data !== undefined)
    return { type: 'ED', value: field([[], [kind], [subtype.toUpperCase()], ['Base64'], [data]]) }
  return url === undefined
    ? undefined
    : { type: 'RP', value: field([[url], [], [kind], [subtype.toUpperCase()]]) }
}

/** LOINC of what a reporting physician concludes, and of a report as a whole. */
const conclusionCode = { coding: [{ system: 'http://loinc.org', code: '55110-1', display: 'Conclusions' }] }
const documentCode = {
  coding: [{ system: 'http://loinc.org', code: '11502-2', display: 'Laboratory report' }],
}

function ownWords({ conclusion, presentedForm = [], status }: DiagnosticReport): readonly Line[] {
  const state = status === 'final' ? 'F' : status === 'corrected' || status === 'amended' ? 'C' : 'P'
  const words: readonly Line[] =
    conclusion === undefined
      ? []
      : [
          {
            2: 'TX',
            3: field(cwe(conclusionCode)),
            5: field(...conclusion.split('\n').map((each) => [[each]])),
            11: state,
          },
        ]
  const files = presentedForm.flatMap((each): readonly Line[] => {
    const value = attachment(each)
    return value ? [{ 2: value.type, 3: field(cwe(documentCode)), 5: value.value, 11: state }] : []
  })
  return [...words, ...files]
}
