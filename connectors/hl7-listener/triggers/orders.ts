/** ORM^O01 and OML^O21 (v2.5.1 chapter 4) place orders; ORU^R01 (chapter 7) answers them. */
import { outOfSequence, type PatientGroup, patientGroups } from '../groups.ts'
import type { Draft } from '../knowledge.ts'
import type { Reading } from '../reading.ts'
import { putAllergies } from '../segments/allergy.ts'
import { putConditions } from '../segments/condition.ts'
import { visitIdentifiers } from '../segments/encounter.ts'
import { given, ordererOf, orderNumbers, requestOf } from '../segments/order.ts'
import { patientIdentifiers } from '../segments/patient.ts'
import { staffNumber } from '../segments/people-and-places.ts'
import { putReport } from '../segments/report.ts'
import { putSpecimens, specimenNumbers } from '../segments/specimen.ts'
import { ownerOf } from './owner.ts'

/** Writes the orders of an ORM or OML message; results that an OML carries along are prior ones and stay in the raw message. */
export async function mapOrders(reading: Reading, draft: Draft): Promise<void> {
  for (const group of withOrders(reading)) {
    const owner = await ownerOf(group, reading, draft)
    await putAllergies(group.allergies, owner.patient, reading, draft)
    await putConditions(group.diagnoses, owner, reading, draft)
    for (const order of group.orders) {
      const request = await requestOf({ ...order, ...owner }, reading, draft)
      const specimen = await putSpecimens({ ...order, ...owner, request }, reading, draft)
      if (specimen.length > 0) draft.put<'ServiceRequest'>({ ...request, specimen })
    }
  }
}

/** Writes requests, reports and observations of an ORU message. */
export async function mapResults(reading: Reading, draft: Draft): Promise<void> {
  for (const group of withOrders(reading)) {
    await draft.prepare(wantedOf(group, reading))
    const owner = await ownerOf(group, reading, draft)
    for (const order of group.orders) await putReport({ ...order, ...owner }, reading, draft)
  }
}

function withOrders(reading: Reading): readonly PatientGroup[] {
  const groups = patientGroups(reading.message)
  if (groups.every((group) => group.orders.length === 0))
    throw outOfSequence('OBR', 'the message holds no order')
  return groups
}

/** Everything that a result names by number, so that one look finds it. */
function wantedOf({ pid, pv1, orders }: PatientGroup, reading: Reading): Parameters<Draft['prepare']>[0] {
  const numbers = orders.flatMap((order) => given(orderNumbers(order, reading)))
  const specimens = orders.flatMap((order) => order.specimens.flatMap((spm) => specimenNumbers(spm, reading)))
  const people = orders.flatMap((order) => staffNumber(ordererOf(order), reading) ?? [])
  return [
    { type: 'Patient', identifiers: patientIdentifiers(pid, reading) },
    { type: 'Encounter', identifiers: pv1 ? visitIdentifiers(pv1, reading) : [] },
    { type: 'ServiceRequest', identifiers: numbers },
    { type: 'DiagnosticReport', identifiers: numbers },
    { type: 'Practitioner', identifiers: people },
    { type: 'Specimen', identifiers: specimens },
  ]
}
