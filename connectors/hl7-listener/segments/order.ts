/** ORC and OBR → ServiceRequest: one for a placer or filler number and what is asked for. */
import type { Identifier, Reference, ServiceRequest } from '@xinglin/fhir'
import { fhirDateTime, type Repetition, type Segment } from '@xinglin/hl7v2'
import type { Draft, Known } from '../knowledge.ts'
import { orderControl, orderStatus, reportStatus } from '../maps/codes.ts'
import { applyTable } from '../maps/table.ts'
import { requestTable } from '../maps/tables.ts'
import { missing, type Reading, repetitions, text } from '../reading.ts'
import { facilitySystem } from '../values/systems.ts'
import { entityIdentifier } from '../values/values.ts'
import { notesOf } from './notes.ts'
import { union } from './patient.ts'
import { practitionerReference } from './people-and-places.ts'

export type Order = {
  readonly orc: Segment | undefined
  readonly obr: Segment
  readonly notes: readonly Segment[]
  readonly ipc?: Segment | undefined
  readonly patient: Known<'Patient'>
  readonly encounter: Known<'Encounter'> | undefined
}

export type OrderNumbers = {
  readonly placer: Identifier | undefined
  readonly filler: Identifier | undefined
}

/** Numbers of an order: OBR-2 and OBR-3, else ORC-2 and ORC-3. Refused where neither is there. */
export function orderNumbers({ orc, obr }: Pick<Order, 'orc' | 'obr'>, reading: Reading): OrderNumbers {
  const number = (field: number, type: 'PLAC' | 'FILL') => {
    const repetition = repetitions(obr, field)[0] ?? repetitions(orc, field)[0]
    return repetition && entityIdentifier(repetition, reading, type)
  }
  const numbers = { placer: number(2, 'PLAC'), filler: number(3, 'FILL') }
  if (!numbers.placer && !numbers.filler) throw missing({ segment: obr, field: 2 })
  return numbers
}

/** Filler first: a placer's number may stand for several requests. */
export function given({ placer, filler }: OrderNumbers): readonly Identifier[] {
  return [filler, placer].filter((each) => each !== undefined)
}

/** The request of an ORC and OBR: known, updated or new. */
export async function requestOf(
  order: Order,
  reading: Reading,
  draft: Draft,
): Promise<Known<'ServiceRequest'>> {
  const { obr, orc, patient, encounter } = order
  const numbers = orderNumbers(order, reading)
  const told = applyTable<Partial<ServiceRequest>>(requestTable, {}, obr, reading)
  const present = sameCode(await draft.find('ServiceRequest', given(numbers)), told)
  const before: ServiceRequest = present ?? {
    resourceType: 'ServiceRequest',
    status: 'active',
    intent: text(obr, 11) === 'G' ? 'reflex-order' : 'order',
    subject: { reference: `Patient/${patient.id}` },
  }
  const requester = await requesterOf(order, reading, draft)
  const note = notesOf(order.notes, reading)
  return draft.put<'ServiceRequest'>({
    ...before,
    ...told,
    id: present?.id ?? draft.newId(),
    identifier: union(before.identifier ?? [], [...given(numbers), ...accessionOf(order, reading)]),
    status: statusOf(order, before),
    ...(encounter ? { encounter: { reference: `Encounter/${encounter.id}` } } : {}),
    ...authoredOn(orc, reading, before),
    ...(requester ? { requester } : {}),
    ...(note.length > 0 ? { note } : {}),
  })
}

/** Of several with the same number the one that asks for the same; the only one where it does not say what it asks for. */
export function sameCode<T extends { readonly code?: ServiceRequest['code'] }>(
  found: readonly T[],
  told: { readonly code?: ServiceRequest['code'] },
): T | undefined {
  const codes = codesOf(told)
  return found.find((each) => {
    const present = codesOf(each)
    return codes.length === 0 || present.length === 0 || present.some((code) => codes.includes(code))
  })
}

function codesOf({ code }: { readonly code?: ServiceRequest['code'] }): readonly string[] {
  const codings = (code?.coding ?? []).map((coding) => `${coding.system ?? ''}|${coding.code ?? ''}`)
  return codings.length > 0 || code?.text === undefined ? codings : [code.text]
}

/** ORC-5, else ORC-1, else what the result says (OBR-25). A result never opens an order again. */
function statusOf({ orc, obr }: Order, before: ServiceRequest): ServiceRequest['status'] {
  const told = orderStatus[text(orc, 5).toUpperCase()] ?? orderControl[text(orc, 1).toUpperCase()]
  if (told) return told as ServiceRequest['status']
  const result = reportStatus[text(obr, 25).toUpperCase()]
  if (result === 'final' || result === 'corrected') return 'completed'
  return result === 'cancelled' ? 'revoked' : before.status
}

/** Who ordered: ORC-12, else OBR-16. */
export function ordererOf({ orc, obr }: Pick<Order, 'orc' | 'obr'>): Repetition | undefined {
  return repetitions(orc, 12)[0] ?? repetitions(obr, 16)[0]
}

async function requesterOf(
  { orc, obr }: Order,
  reading: Reading,
  draft: Draft,
): Promise<Reference | undefined> {
  const orderer = ordererOf({ orc, obr })
  return orderer && practitionerReference(orderer, reading, draft)
}

/** ORC-9 is when the order was written only in the message that places it. */
function authoredOn(orc: Segment | undefined, reading: Reading, before: ServiceRequest) {
  const isNew = text(orc, 1).toUpperCase() === 'NW'
  const at = isNew ? fhirDateTime(text(orc, 9), reading.offset) : before.authoredOn
  return at ? { authoredOn: at } : {}
}

/** IPC-1 (v2.5.1 §4.5.6), else OBR-18 is where departments put the accession number, by which images find their order. */
function accessionOf({ obr, ipc }: Order, reading: Reading): readonly Identifier[] {
  const study = text(ipc, 3).trim()
  const studies = study === '' ? [] : [{ system: 'urn:dicom:uid', value: `urn:oid:${study}` }]
  const value = text(ipc, 1).trim() || text(obr, 18).trim()
  if (value === '') return studies
  const type = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] }
  return [{ type, system: `${facilitySystem(reading, 'order')}:accession`, value }, ...studies]
}
