/** Medicines (v2.5.1 chapter 4A): RDE orders, RDS dispenses, RAS administrations; RXE, RXD, RXA → their FHIR resources. */
import type {
  CodeableConcept,
  Dosage,
  MedicationAdministration,
  MedicationRequest,
  Quantity,
} from '@xinglin/fhir'
import type { Segment } from '@xinglin/hl7v2'
import { outOfSequence } from '../groups.ts'
import type { Draft, Known } from '../knowledge.ts'
import { orderControl, orderStatus } from '../maps/codes.ts'
import { missing, type Reading, text, unknownCode } from '../reading.ts'
import { union } from '../segments/patient.ts'
import { practitionersOf } from '../segments/people-and-places.ts'
import { allOf, firstOf, type Sequence, sequencesOf } from '../sequences.ts'
import { stableId } from '../stable-id.ts'
import { amountOf, numberOf } from '../values/amounts.ts'
import { codeableConcept, dateTime } from '../values/values.ts'
import {
  elementOf,
  numbersOf,
  type Owner,
  onlyOwnerOf,
  refuseAnother,
  subjectOf,
  visitReference,
} from './owner.ts'

type Ordered = {
  readonly order: Sequence
  readonly owner: Owner
  readonly reading: Reading
  readonly draft: Draft
}

/** RDE: the orders that the pharmacy encoded. */
export async function mapMedicineOrders(reading: Reading, draft: Draft): Promise<void> {
  for (const ordered of await ordersOf(reading, draft)) await requestOf(ordered)
}

/** RDS: what was handed out. */
export async function mapDispenses(reading: Reading, draft: Draft): Promise<void> {
  for (const ordered of await ordersOf(reading, draft)) {
    const rxd = firstOf(ordered.order, 'RXD')
    if (!rxd) throw outOfSequence('RXD', 'an ORC is not followed by its RXD')
    await putDispense(rxd, ordered)
  }
}

/** RAS: what was given. */
export async function mapAdministrations(reading: Reading, draft: Draft): Promise<void> {
  for (const ordered of await ordersOf(reading, draft)) {
    const given = allOf(ordered.order, 'RXA')
    if (given.length === 0) throw outOfSequence('RXA', 'an ORC is not followed by its RXA')
    for (const rxa of given) await putAdministration(rxa, ordered)
  }
}

async function ordersOf(reading: Reading, draft: Draft): Promise<readonly Ordered[]> {
  const owner = await onlyOwnerOf(reading, draft)
  const orders = sequencesOf(reading.message, 'ORC')
  if (orders.length === 0) throw outOfSequence('ORC', 'the message holds no order')
  return orders.map((order) => ({ order, owner, reading, draft }))
}

/** FHIR calls a revoked order of medicines cancelled. */
function statusOf(orc: Segment, before: MedicationRequest['status']): MedicationRequest['status'] {
  const told = orderStatus[text(orc, 5).toUpperCase()] ?? orderControl[text(orc, 1).toUpperCase()]
  if (told === undefined) return before
  return (told === 'revoked' ? 'cancelled' : told) as MedicationRequest['status']
}

/** The request of an ORC with its RXE; a dispense or administration may tell of one that is known by number alone. */
async function requestOf({
  order,
  owner,
  reading,
  draft,
}: Ordered): Promise<Known<'MedicationRequest'> | undefined> {
  const orc = order.first
  const numbers = numbersOf(orc, reading)
  if (numbers.length === 0) throw missing({ segment: orc, field: 2 })
  const [present] = await draft.find('MedicationRequest', numbers)
  refuseAnother(present?.subject, owner, { segment: orc, field: 2 })
  const rxe = firstOf(order, 'RXE')
  if (!rxe) {
    if (present || firstOf(order, 'RXD') || firstOf(order, 'RXA')) return present
    throw outOfSequence('RXE', 'an ORC is not followed by its RXE')
  }
  const medication = concept(rxe, 2, reading)
  if (!medication) throw missing({ segment: rxe, field: 2 })
  const requesters = [
    ...(await practitionersOf(orc, 12, reading, draft)),
    ...(await practitionersOf(rxe, 13, reading, draft)),
  ]
  const encounter = visitReference(owner)
  const at = elementOf<string>(orc, 9, dateTime, reading)
  return draft.put<'MedicationRequest'>({
    ...present,
    resourceType: 'MedicationRequest',
    id: present?.id ?? draft.newId(),
    identifier: union(present?.identifier ?? [], numbers),
    status: statusOf(orc, present?.status ?? 'active'),
    intent: present?.intent ?? 'order',
    medicationCodeableConcept: medication,
    subject: subjectOf(owner),
    ...(encounter ? { encounter } : {}),
    ...(present || !at ? {} : { authoredOn: at }),
    ...(requesters[0] ? { requester: requesters[0] } : {}),
    dosageInstruction: [dosageOf(rxe, order, reading)],
    ...dispenseRequestOf(rxe, reading),
  })
}

/** RXE-3 to 5 with RXE-7 in words, how often by TQ1, by which way by RXR. */
function dosageOf(rxe: Segment, order: Sequence, reading: Reading): Dosage {
  const words = [text(rxe, 7, 2) || text(rxe, 7)].filter((each) => each !== '').join(' ')
  const low = amountOf(rxe, 3, 5, reading)
  const high = amountOf(rxe, 4, 5, reading)
  const repeat = text(firstOf(order, 'TQ1'), 3)
  const route = concept(firstOf(order, 'RXR'), 1, reading)
  const dose = high && low ? { doseRange: { low, high } } : low ? { doseQuantity: low } : undefined
  return {
    ...(words === '' ? {} : { text: words }),
    ...(repeat === '' ? {} : { timing: { code: { text: repeat } } }),
    ...(route ? { route } : {}),
    ...(dose ? { doseAndRate: [dose] } : {}),
  }
}

function dispenseRequestOf(rxe: Segment, reading: Reading): Pick<MedicationRequest, 'dispenseRequest'> {
  const quantity = amountOf(rxe, 10, 11, reading)
  const repeats = numberOf(rxe, 12)
  if (!quantity && repeats === undefined) return {}
  return {
    dispenseRequest: {
      ...(quantity ? { quantity } : {}),
      ...(repeats === undefined ? {} : { numberOfRepeatsAllowed: repeats }),
    },
  }
}

async function putDispense(rxd: Segment, ordered: Ordered): Promise<void> {
  const { order, owner, reading, draft } = ordered
  const medication = concept(rxd, 2, reading)
  if (!medication) throw missing({ segment: rxd, field: 2 })
  const handedOver = elementOf<string>(rxd, 3, dateTime, reading)
  if (!handedOver) throw missing({ segment: rxd, field: 3 })
  const request = await requestOf(ordered)
  const people = await practitionersOf(rxd, 10, reading, draft)
  const quantity = amountOf(rxd, 4, 5, reading)
  const encounter = visitReference(owner)
  // RXD-1 counts the dispenses of an order.
  const id = stableId('MedicationDispense', request?.id ?? orderKey(order), text(rxd, 1), handedOver)
  await draft.read('MedicationDispense', [id])
  draft.put<'MedicationDispense'>({
    resourceType: 'MedicationDispense',
    id,
    status: 'completed',
    medicationCodeableConcept: medication,
    subject: subjectOf(owner),
    ...(encounter ? { context: encounter } : {}),
    ...(people.length > 0 ? { performer: people.map((actor) => ({ actor })) } : {}),
    ...(request ? { authorizingPrescription: [{ reference: `MedicationRequest/${request.id}` }] } : {}),
    ...(quantity ? { quantity } : {}),
    whenHandedOver: handedOver,
  })
}

/** Table 0322 of RXA-20. */
const given: Readonly<Record<string, MedicationAdministration['status']>> = {
  '': 'completed',
  CP: 'completed',
  PA: 'stopped',
  RE: 'not-done',
  NA: 'not-done',
}

function administered(rxa: Segment): MedicationAdministration['status'] {
  const status = given[text(rxa, 20).toUpperCase()]
  if (!status) throw unknownCode({ segment: rxa, field: 20 }, '0322')
  return status
}

async function putAdministration(rxa: Segment, ordered: Ordered): Promise<void> {
  const { order, owner, reading, draft } = ordered
  const medication = concept(rxa, 5, reading)
  if (!medication) throw missing({ segment: rxa, field: 5 })
  const start = elementOf<string>(rxa, 3, dateTime, reading)
  if (!start) throw missing({ segment: rxa, field: 3 })
  const end = elementOf<string>(rxa, 4, dateTime, reading)
  const request = await requestOf(ordered)
  const people = await practitionersOf(rxa, 10, reading, draft)
  const encounter = visitReference(owner)
  const dosage = doseOf(amountOf(rxa, 6, 7, reading), concept(firstOf(order, 'RXR'), 1, reading))
  const reason = concept(rxa, 18, reading)
  // RXA-2 counts the administrations of an order.
  const id = stableId('MedicationAdministration', request?.id ?? orderKey(order), text(rxa, 2), start)
  await draft.read('MedicationAdministration', [id])
  draft.put<'MedicationAdministration'>({
    resourceType: 'MedicationAdministration',
    id,
    status: text(rxa, 21).toUpperCase() === 'D' ? 'entered-in-error' : administered(rxa),
    ...(reason ? { statusReason: [reason] } : {}),
    medicationCodeableConcept: medication,
    subject: subjectOf(owner),
    ...(encounter ? { context: encounter } : {}),
    ...(end && end !== start ? { effectivePeriod: { start, end } } : { effectiveDateTime: start }),
    ...(people.length > 0 ? { performer: people.map((actor) => ({ actor })) } : {}),
    ...(request ? { request: { reference: `MedicationRequest/${request.id}` } } : {}),
    ...(dosage ? { dosage } : {}),
  })
}

function doseOf(
  dose: Quantity | undefined,
  route: CodeableConcept | undefined,
): MedicationAdministration['dosage'] {
  // mad-1 of R4: a dosage has a dose or a rate.
  return dose && { ...(route ? { route } : {}), dose }
}

function concept(segment: Segment | undefined, field: number, reading: Reading): CodeableConcept | undefined {
  return elementOf<CodeableConcept>(segment, field, codeableConcept, reading)
}

/** Where the order itself is not known: its numbers as they are written. */
function orderKey({ first }: Sequence): string {
  return `${first.raw(2)}|${first.raw(3)}`
}
