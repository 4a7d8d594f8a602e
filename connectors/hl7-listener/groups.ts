/** The segments of a message as the groups that its structure makes of them (v2.5.1 chapters 3, 4 and 7), walked in order. */
import { invalid } from '@xinglin/fhir'
import type { Message, Segment } from '@xinglin/hl7v2'

export type OrderGroup = {
  readonly orc: Segment | undefined
  readonly obr: Segment
  readonly notes: readonly Segment[]
  readonly results: readonly { readonly obx: Segment; readonly notes: readonly Segment[] }[]
  readonly specimens: readonly Segment[]
  /** Of an imaging order (OMI). */
  readonly ipc: Segment | undefined
}
export type PatientGroup = {
  readonly pid: Segment
  readonly mrg: Segment | undefined
  readonly pv1: Segment | undefined
  readonly contacts: readonly Segment[]
  readonly allergies: readonly Segment[]
  readonly diagnoses: readonly Segment[]
  readonly orders: readonly OrderGroup[]
}

type OpenOrder = {
  orc: Segment | undefined
  obr: Segment | undefined
  notes: Segment[]
  results: { obx: Segment; notes: Segment[] }[]
  specimens: Segment[]
  ipc: Segment | undefined
}
type OpenPatient = {
  pid: Segment
  mrg: Segment | undefined
  pv1: Segment | undefined
  contacts: Segment[]
  allergies: Segment[]
  diagnoses: Segment[]
  orders: OpenOrder[]
}

/** The patients of a message with what belongs to each; refused where there is none or an order has no OBR. */
export function patientGroups(message: Message): readonly PatientGroup[] {
  return openGroups(message).map((patient) => ({ ...patient, orders: patient.orders.map(closed) }))
}

/** The patients of a message whose ORC begin other things than tests, with their visits; refused where there is none. */
export function personGroups(message: Message): readonly PatientGroup[] {
  return openGroups(message).map((patient) => ({ ...patient, orders: [] }))
}

function openGroups(message: Message): readonly OpenPatient[] {
  const patients: OpenPatient[] = []
  // OUL^R22 (v2.5.1 §7.3.8) puts the specimen before its orders, and ORC behind OBR.
  const isBySpecimen = /^OUL$/i.test(message.segments[0]?.field(9)[0]?.[0]?.[0] ?? '')
  if (isBySpecimen) placeBySpecimen(message, patients)
  else for (const segment of message.segments) place(segment, patients)
  if (patients.length === 0) throw outOfSequence('PID', 'the message names no patient')
  return patients
}

/** Orders of a specimen belong to it until the next one; results that stand before any order are of the specimen and stay in the raw message. */
function placeBySpecimen({ segments }: Message, patients: OpenPatient[]): void {
  let specimen: Segment | undefined
  let isOrdered = false
  for (const segment of segments) {
    const order = patients.at(-1)?.orders.at(-1)
    if (segment.name === 'SPM') {
      specimen = segment
      isOrdered = false
    } else if (segment.name === 'ORC' && order && isOrdered) order.orc ??= segment
    else if (segment.name === 'OBR') {
      patients.at(-1)?.orders.push({ ...openOrder({ obr: segment }), specimens: specimen ? [specimen] : [] })
      isOrdered = true
    } else if (isOrdered || !/^(?:OBX|NTE|ORC)$/.test(segment.name)) place(segment, patients)
  }
}

/** Puts a segment where it belongs; own (Z) segments and those that this door does not map stay in the raw message. */
function place(segment: Segment, patients: OpenPatient[]): void {
  if (segment.name === 'PID') {
    patients.push({
      pid: segment,
      mrg: undefined,
      pv1: undefined,
      contacts: [],
      allergies: [],
      diagnoses: [],
      orders: [],
    })
    return
  }
  const patient = patients.at(-1)
  if (!patient) {
    if (segment.name === 'OBR' || segment.name === 'OBX' || segment.name === 'PV1') {
      throw outOfSequence('PID', `${segment.name} stands before any PID`)
    }
    return
  }
  const order = patient.orders.at(-1)
  switch (segment.name) {
    case 'MRG':
      patient.mrg ??= segment
      return
    case 'PV1':
      patient.pv1 ??= segment
      return
    case 'NK1':
      patient.contacts.push(segment)
      return
    case 'AL1':
      patient.allergies.push(segment)
      return
    case 'DG1':
      // Under an order it is a reason of the order, not a diagnosis of the visit.
      if (!order) patient.diagnoses.push(segment)
      return
    case 'ORC':
      patient.orders.push(openOrder({ orc: segment }))
      return
    case 'OBR':
      if (order && !order.obr) order.obr = segment
      else patient.orders.push(openOrder({ obr: segment }))
      return
    case 'OBX':
      order?.results.push({ obx: segment, notes: [] })
      return
    case 'IPC':
      if (order) order.ipc ??= segment
      return
    case 'SPM':
      order?.specimens.push(segment)
      return
    case 'NTE':
      if (order) (order.results.at(-1)?.notes ?? order.notes).push(segment)
      return
    default:
  }
}

function openOrder(begun: { readonly orc?: Segment; readonly obr?: Segment }): OpenOrder {
  return { orc: begun.orc, obr: begun.obr, notes: [], results: [], specimens: [], ipc: undefined }
}

function closed(order: OpenOrder): OrderGroup {
  if (!order.obr) throw outOfSequence('OBR', 'an ORC is not followed by its OBR')
  return { ...order, obr: order.obr }
}

/** Refuses a message whose segments are not there or stand in the wrong place. */
export function outOfSequence(segment: string, reason: string) {
  return invalid(`${reason}; ${segment} is required there`, { code: 'hl7.segment-sequence', at: segment })
}
