/** ADT (v2.5.1 chapter 3): admissions, transfers, discharges, registrations, updates and their cancellations. */
import type { Encounter } from '@xinglin/fhir'
import { fhirDateTime, type Segment } from '@xinglin/hl7v2'
import { outOfSequence, type PatientGroup, patientGroups } from '../groups.ts'
import type { Draft } from '../knowledge.ts'
import { missing, type Reading, text } from '../reading.ts'
import { putAllergies } from '../segments/allergy.ts'
import { putConditions } from '../segments/condition.ts'
import { encounterOf, visitIdentifiers } from '../segments/encounter.ts'
import { patientOf } from '../segments/patient.ts'

type AdtEvent = {
  /** What the event makes of the visit; absent where it only tells of it. */
  readonly status?: Encounter['status']
  readonly visit: 'required' | 'optional' | 'none'
  readonly isReopened?: true
}

/**
 * Trigger → visit. As the published map of EVN-1 to Encounter.status, but A04: a registered outpatient has come (PV1-2 O
 * is in progress there), so the visit is under way, not planned.
 */
export const adtEvents: Readonly<Record<string, AdtEvent>> = {
  A01: { status: 'in-progress', visit: 'required' },
  A02: { visit: 'required' },
  A03: { status: 'finished', visit: 'required' },
  A04: { status: 'in-progress', visit: 'optional' },
  A05: { status: 'planned', visit: 'optional' },
  A06: { status: 'in-progress', visit: 'required' },
  A07: { status: 'in-progress', visit: 'required' },
  A08: { visit: 'optional' },
  A09: { visit: 'required' },
  A10: { visit: 'required' },
  A11: { status: 'cancelled', visit: 'required' },
  // The transfer is cancelled: PV1-3 says where the patient is.
  A12: { visit: 'required' },
  A13: { status: 'in-progress', visit: 'required', isReopened: true },
  A14: { status: 'planned', visit: 'optional' },
  A15: { visit: 'required' },
  A16: { visit: 'required' },
  // Two patients change their beds.
  A17: { visit: 'required' },
  A21: { status: 'onleave', visit: 'required' },
  A22: { status: 'in-progress', visit: 'required' },
  A25: { visit: 'required' },
  A26: { visit: 'required' },
  A27: { status: 'cancelled', visit: 'required' },
  A28: { visit: 'none' },
  A31: { visit: 'none' },
  A38: { status: 'cancelled', visit: 'required' },
  A54: { visit: 'required' },
  A55: { visit: 'required' },
}

/** Writes patient, visit, allergies and diagnoses of an ADT message. */
export async function mapAdt(event: AdtEvent, reading: Reading, draft: Draft): Promise<void> {
  for (const group of patientGroups(reading.message)) {
    const patient = await patientOf(
      { pid: group.pid, contacts: group.contacts, isAuthoritative: true },
      reading,
      draft,
    )
    const encounter = await visitOf(event, group, patient, { reading, draft })
    await putAllergies(group.allergies, patient, reading, draft)
    await putConditions(group.diagnoses, { patient, encounter }, reading, draft)
  }
}

/** When the event happened: EVN-6, else when it was recorded, else when the message was made. */
export function eventTime(reading: Reading): string | undefined {
  const segments = new Map(reading.message.segments.map((segment) => [segment.name, segment]))
  const written = text(segments.get('EVN'), 6) || text(segments.get('EVN'), 2) || text(segments.get('MSH'), 7)
  return fhirDateTime(written, reading.offset)
}

async function visitOf(
  event: AdtEvent,
  { pv1 }: PatientGroup,
  patient: Awaited<ReturnType<typeof patientOf>>,
  { reading, draft }: { reading: Reading; draft: Draft },
) {
  if (event.visit === 'none') return undefined
  if (!pv1) {
    if (event.visit === 'required') throw outOfSequence('PV1', 'the event is about a visit')
    return undefined
  }
  refuseUnnumbered(event, pv1, reading)
  return encounterOf(
    {
      pv1,
      patient,
      at: eventTime(reading),
      isAuthoritative: true,
      ...(event.status ? { status: event.status } : {}),
      ...(event.isReopened ? { isReopened: true } : {}),
    },
    reading,
    draft,
  )
}

/** An admission may begin an unnumbered visit; what ends or changes one must say which. */
function refuseUnnumbered(event: AdtEvent, pv1: Segment, reading: Reading): void {
  const begins = event.status === 'in-progress' && !event.isReopened
  if (begins || event.status === 'planned' || event.visit === 'optional') return
  if (visitIdentifiers(pv1, reading).length > 0 || text(pv1, 44) !== '') return
  throw missing({ segment: pv1, field: 19 })
}
