/** ServiceRequest and DiagnosticReport → ORC and OBR (v2.5.1 §4.5), Specimen → SPM (§7.4.3), notes → NTE: the published segment maps read the other way round. */
import type {
  CodeableConcept,
  DiagnosticReport,
  Identifier,
  Reference,
  ServiceRequest,
  Specimen,
} from '@xinglin/fhir'
import { type FieldValue, type Repetition, writeSegment } from '@xinglin/hl7v2'
import { ownNumberSystem } from '../values/systems.ts'
import { orderStatusOf, priorityOf, reportStatusOf } from './codes.ts'
import type { Facts } from './facts.ts'
import { xcn } from './people-and-places.ts'
import { authority, cwe, cx, ei, field, nm, time, unit, words } from './values.ts'

/** What an order is called by who placed it and by who fills it. */
export type Numbers = { readonly placer: Identifier | undefined; readonly filler: Identifier | undefined }

/** The numbers of a request; one that has none is called by its id in the record, which our door knows again. */
export function numbersOf({ id, identifier = [] }: Pick<ServiceRequest, 'id' | 'identifier'>): Numbers {
  const [placer, filler] = ['PLAC', 'FILL'].map((type) => typed(identifier, type))
  const untyped = identifier.find(({ type, value }) => type === undefined && value !== undefined)
  const own = { system: ownNumberSystem, value: id ?? '' }
  return { placer: placer ?? untyped ?? (filler ? undefined : own), filler }
}

function typed(identifiers: readonly Identifier[], code: string): Identifier | undefined {
  return identifiers.find(
    ({ type, use }) => use !== 'old' && type?.coding?.some((each) => each.code === code),
  )
}

/** ORC of a request; `control` is of table 0119. */
export function orc(request: ServiceRequest, control: string, facts: Facts): string {
  const { placer, filler } = numbersOf(request)
  return writeSegment('ORC', {
    1: control,
    2: field(ei(placer)),
    3: field(ei(filler)),
    5: control === 'NW' ? '' : (orderStatusOf[request.status] ?? ''),
    9: time(request.authoredOn),
    12: field(xcn(request.requester, facts)),
  })
}

/** ORC of a result. */
export function orcOfReport({ placer, filler }: Numbers, requester: Repetition | undefined): string {
  return writeSegment('ORC', { 1: 'RE', 2: field(ei(placer)), 3: field(ei(filler)), 12: field(requester) })
}

/** TQ1 of a request (§4.5.4): when and how urgently; undefined where it says neither. */
export function tq1({ priority, occurrenceDateTime }: ServiceRequest): string | undefined {
  if (priority === undefined && occurrenceDateTime === undefined) return undefined
  return writeSegment('TQ1', { 1: '1', 7: time(occurrenceDateTime), 9: priorityOf[priority ?? ''] ?? '' })
}

/** OBR of a request. */
export function obrOfRequest(request: ServiceRequest, facts: Facts): string {
  const { placer, filler } = numbersOf(request)
  return writeSegment('OBR', {
    ...asked(request, facts),
    1: '1',
    2: field(ei(placer)),
    3: field(ei(filler)),
    4: field(cwe(request.code)),
    11: request.intent === 'reflex-order' ? 'G' : '',
    24: section(request.category),
  })
}

/** OBR of a report, with what its request says. */
export function obrOfReport(
  report: DiagnosticReport,
  request: ServiceRequest | undefined,
  { placer, filler, facts }: Numbers & { readonly facts: Facts },
): string {
  const period = report.effectivePeriod
  return writeSegment('OBR', {
    ...(request ? asked(request, facts) : {}),
    1: '1',
    2: field(ei(placer)),
    3: field(ei(filler)),
    4: field(cwe(report.code)),
    7: time(report.effectiveDateTime ?? period?.start),
    8: time(period?.end),
    11: request?.intent === 'reflex-order' ? 'G' : '',
    22: time(report.issued),
    24: section(report.category),
    25: reportStatusOf[report.status] ?? 'P',
    32: field(...(report.resultsInterpreter ?? []).map((each) => interpreter(each, facts))),
  })
}

function asked(request: ServiceRequest, facts: Facts): Readonly<Record<number, FieldValue>> {
  const accession = typed(request.identifier ?? [], 'ACSN')
  return {
    5: priorityOf[request.priority ?? ''] ?? '',
    6: time(request.occurrenceDateTime),
    16: field(xcn(request.requester, facts)),
    18: accession?.value ?? '',
    31: field(...(request.reasonCode ?? []).map(cwe)),
  }
}

/** Table 0074: the section's own code, or that of laboratory or imaging. */
function section(categories: readonly CodeableConcept[] | undefined): string {
  const codings = (categories ?? []).flatMap(({ coding = [] }) => coding)
  const own = codings.find(({ system }) => system?.endsWith('v2-0074'))?.code
  if (own !== undefined) return own
  const known = codings.map(({ code = '' }) => sections[code]).find((each) => each !== undefined)
  return known ?? ''
}

/** Categories of SNOMED CT (servicerequest-category) and of observations. */
const sections: Readonly<Record<string, string>> = {
  ...{ '108252007': 'LAB', laboratory: 'LAB', '363679005': 'RAD', imaging: 'RAD' },
}

/** NDL: a CNN in sub-components. */
function interpreter(reference: Reference, facts: Facts): Repetition | undefined {
  const person = xcn(reference, facts)
  return person && [person.slice(0, 3).map(([value = '']) => value)]
}

/** NTE of each note. */
export function ntes(notes: Parameters<typeof words>[0]): readonly string[] {
  return words(notes).map((text, index) =>
    writeSegment('NTE', { 1: String(index + 1), 3: field(...text.split('\n').map((line) => [[line]])) }),
  )
}

/** SPM of a specimen. */
export function spm(specimen: Specimen, place: number): string {
  const { collection = {}, container = [], identifier = [] } = specimen
  const period = collection.collectedPeriod
  const others = identifier.filter(({ type }) => !/^(?:PLAC|FILL)$/.test(type?.coding?.[0]?.code ?? ''))
  const { quantity } = collection
  return writeSegment('SPM', {
    1: String(place),
    2: field(pair(typed(identifier, 'PLAC'), typed(identifier, 'FILL'))),
    4: field(cwe(specimen.type)),
    6: field(cwe(container[0]?.additiveCodeableConcept)),
    7: field(cwe(collection.method)),
    8: field(cwe(collection.bodySite)),
    12: field(quantity && [[nm(quantity.value)], (unit(quantity) ?? []).map(([value = '']) => value)]),
    14: field(...words(specimen.note).map((text) => [[text]])),
    17: field([[time(collection.collectedDateTime ?? period?.start)], [time(period?.end)]]),
    18: time(specimen.receivedTime),
    20: availability[specimen.status ?? ''] ?? '',
    24: field(...(specimen.condition ?? []).map(cwe)),
    27: field(cwe(container[0]?.type)),
    30: field(specimen.accessionIdentifier && cx(specimen.accessionIdentifier)),
    31: field(...others.map(cx)),
  })
}

/** Table 0136 of SPM-20. */
const availability: Readonly<Record<string, string>> = { available: 'Y', unavailable: 'N' }

/** EIP: two EI in sub-components. */
function pair(placer: Identifier | undefined, filler: Identifier | undefined): Repetition | undefined {
  if (!placer && !filler) return undefined
  return [placer, filler].map((each) => (each ? [each.value ?? '', ...authority(each.system)] : []))
}
