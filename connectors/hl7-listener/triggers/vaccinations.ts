/** VXU^V04 (v2.5.1 §4.17): what was vaccinated, or was refused; RXA and RXR → Immunization. */
import type { CodeableConcept, Immunization } from '@xinglin/fhir'
import type { Segment } from '@xinglin/hl7v2'
import { outOfSequence } from '../groups.ts'
import type { Draft } from '../knowledge.ts'
import { missing, type Reading, text, unknownCode } from '../reading.ts'
import { notesOf } from '../segments/notes.ts'
import { union } from '../segments/patient.ts'
import { practitionersOf } from '../segments/people-and-places.ts'
import { allOf, firstOf, type Sequence, sequencesOf } from '../sequences.ts'
import { stableId } from '../stable-id.ts'
import { amountOf } from '../values/amounts.ts'
import { codeableConcept, date, dateTime } from '../values/values.ts'
import {
  elementOf,
  numbersOf,
  type Owner,
  onlyOwnerOf,
  refuseAnother,
  subjectOf,
  visitReference,
} from './owner.ts'

/** Table 0322 of RXA-20. */
const statuses: Readonly<Record<string, Immunization['status']>> = {
  '': 'completed',
  CP: 'completed',
  PA: 'completed',
  RE: 'not-done',
  NA: 'not-done',
}
/** NIP001 of RXA-9: recorded by who vaccinated; everything else is told by others. */
const ownRecord = '00'
/** RXA-6 that the guide of CDC writes for an amount that nobody knows. */
const unknownAmount = '999'

/** Writes the immunizations of a message. */
export async function mapVaccinations(reading: Reading, draft: Draft): Promise<void> {
  const owner = await onlyOwnerOf(reading, draft)
  const orders = sequencesOf(reading.message, 'ORC')
  if (orders.length === 0) throw outOfSequence('ORC', 'the message holds no vaccination')
  for (const order of orders) await putImmunization(order, owner, reading, draft)
}

async function putImmunization(order: Sequence, owner: Owner, reading: Reading, draft: Draft): Promise<void> {
  const rxa = firstOf(order, 'RXA')
  if (!rxa) throw outOfSequence('RXA', 'an ORC is not followed by its RXA')
  const rxr = firstOf(order, 'RXR')
  const concept = (field: number, segment = rxa) =>
    elementOf<CodeableConcept>(segment, field, codeableConcept, reading)
  const vaccineCode = concept(5)
  if (!vaccineCode) throw missing({ segment: rxa, field: 5 })
  const occurrence = elementOf<string>(rxa, 3, dateTime, reading)
  if (!occurrence) throw missing({ segment: rxa, field: 3 })
  const numbers = numbersOf(order.first, reading)
  const unnumbered = stableId('Immunization', owner.patient.id, text(rxa, 5, 3), text(rxa, 5), occurrence)
  const [present] =
    numbers.length > 0
      ? await draft.find('Immunization', numbers)
      : await draft.read('Immunization', [unnumbered])
  refuseAnother(present?.patient, owner, { segment: order.first, field: 3 })
  const id = present?.id ?? (numbers.length > 0 ? draft.newId() : unnumbered)
  const performers = await practitionersOf(rxa, 10, reading, draft)
  const note = notesOf(allOf(order, 'NTE'), reading)
  const status = statusOf(rxa)
  const encounter = visitReference(owner)
  draft.put<'Immunization'>({
    resourceType: 'Immunization',
    id,
    ...(numbers.length > 0 ? { identifier: union(present?.identifier ?? [], numbers) } : {}),
    status,
    ...given('statusReason', concept(18)),
    vaccineCode,
    patient: subjectOf(owner),
    ...given('encounter', encounter),
    occurrenceDateTime: occurrence,
    ...given(
      'recorded',
      elementOf<string>(rxa, 22, dateTime, reading) ?? elementOf<string>(order.first, 9, dateTime, reading),
    ),
    ...(text(rxa, 9) === '' ? {} : { primarySource: text(rxa, 9) === ownRecord }),
    ...given('manufacturer', manufacturerOf(text(rxa, 17, 2) || text(rxa, 17))),
    ...given('lotNumber', text(rxa, 15) || undefined),
    ...given('expirationDate', elementOf<string>(rxa, 16, date, reading)),
    ...given('site', rxr && concept(2, rxr)),
    ...given('route', rxr && concept(1, rxr)),
    ...given('doseQuantity', text(rxa, 6) === unknownAmount ? undefined : amountOf(rxa, 6, 7, reading)),
    ...(performers.length > 0
      ? { performer: performers.map((actor) => ({ function: administering, actor })) }
      : {}),
    ...(note.length > 0 ? { note } : {}),
    ...given('reasonCode', asList(concept(19))),
  })
}

function statusOf(rxa: Segment): Immunization['status'] {
  if (text(rxa, 21).toUpperCase() === 'D') return 'entered-in-error'
  const status = statuses[text(rxa, 20).toUpperCase()]
  if (!status) throw unknownCode({ segment: rxa, field: 20 }, '0322')
  return status
}

const administering: CodeableConcept = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0443', code: 'AP' }],
}

function manufacturerOf(display: string) {
  return display === '' ? undefined : { display }
}

function asList<T>(value: T | undefined): T[] | undefined {
  return value === undefined ? undefined : [value]
}

/** An element that is there only with a value. */
function given<Name extends string, T>(name: Name, value: T | undefined): { readonly [key in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: T }
}
