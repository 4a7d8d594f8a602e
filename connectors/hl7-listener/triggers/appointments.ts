/** SIU (v2.5.1 §10.4): booked, moved, changed, cancelled, missed; SCH with its resources → Appointment. */
import type { Appointment, AppointmentParticipant, CodeableConcept } from '@xinglin/fhir'
import { fhirInstant, type Segment } from '@xinglin/hl7v2'
import { outOfSequence } from '../groups.ts'
import type { Draft } from '../knowledge.ts'
import { malformed, missing, type Reading, repetitions, text } from '../reading.ts'
import { notesOf } from '../segments/notes.ts'
import { union } from '../segments/patient.ts'
import { locationReference, practitionersOf } from '../segments/people-and-places.ts'
import { allOf, type Sequence, sequencesOf } from '../sequences.ts'
import { numberOf } from '../values/amounts.ts'
import { codeableConcept, entityIdentifier } from '../values/values.ts'
import { elementOf, type Owner, onlyOwnerOf, refuseAnother, subjectOf } from './owner.ts'

/** Trigger → what it makes of the appointment (map SIU_S12). */
export const scheduleEvents: Readonly<Record<string, Appointment['status']>> = {
  S12: 'booked',
  S13: 'booked',
  S14: 'booked',
  S15: 'cancelled',
  S16: 'cancelled',
  S17: 'entered-in-error',
  S26: 'noshow',
}

/** Table 0278 of SCH-25, where it says more than the trigger. */
const fillerStatus: Readonly<Record<string, Appointment['status']>> = {
  PENDING: 'pending',
  WAITLIST: 'waitlist',
  STARTED: 'arrived',
  COMPLETE: 'fulfilled',
  NOSHOW: 'noshow',
}

const msOfUnit: Readonly<Record<string, number>> = {
  S: 1_000,
  SEC: 1_000,
  '': 60_000,
  M: 60_000,
  MIN: 60_000,
  H: 3_600_000,
  HR: 3_600_000,
}

/** Writes the appointment of a message. */
export async function mapAppointment(
  status: Appointment['status'],
  reading: Reading,
  draft: Draft,
): Promise<void> {
  const [schedule, ...more] = sequencesOf(reading.message, 'SCH')
  if (!schedule || more.length > 0) throw outOfSequence('SCH', 'the message is about one appointment')
  const owner = await onlyOwnerOf(reading, draft)
  const sch = schedule.first
  const numbers = [1, 2].flatMap((field) => {
    const [repetition] = repetitions(sch, field)
    return (repetition && entityIdentifier(repetition, reading, field === 1 ? 'PLAC' : 'FILL')) ?? []
  })
  if (numbers.length === 0) throw missing({ segment: sch, field: 2 })
  const [present] = await draft.find('Appointment', numbers)
  const booked = present?.participant.find(({ actor }) => actor?.reference?.startsWith('Patient/'))
  refuseAnother(booked?.actor, owner, { segment: sch, field: 2 })
  const comment = notesOf(leadingNotes(schedule), reading)
    .map((note) => note.text)
    .join('\n')
  const services = allOf(schedule, 'AIS').flatMap(
    (ais) => elementOf<CodeableConcept>(ais, 3, codeableConcept, reading) ?? [],
  )
  const type = elementOf<CodeableConcept>(sch, 8, codeableConcept, reading)
  const reason = elementOf<CodeableConcept>(sch, 7, codeableConcept, reading)
  const now = (status === 'booked' ? fillerStatus[text(sch, 25).toUpperCase()] : undefined) ?? status
  const cancelled =
    now === 'cancelled' ? elementOf<CodeableConcept>(sch, 6, codeableConcept, reading) : undefined
  const { cancelationReason: _before, ...kept } = present ?? {}
  draft.put<'Appointment'>({
    ...kept,
    resourceType: 'Appointment',
    id: present?.id ?? draft.newId(),
    identifier: union(present?.identifier ?? [], numbers),
    status: now,
    ...(cancelled ? { cancelationReason: cancelled } : {}),
    ...(services.length > 0 ? { serviceType: services } : {}),
    ...(type ? { appointmentType: type } : {}),
    ...(reason ? { reasonCode: [reason] } : {}),
    ...timesOf(schedule, reading, { present, isNeeded: now !== 'cancelled' }),
    ...(comment === '' ? {} : { comment }),
    participant: await participantsOf(schedule, { owner, present }, reading, draft),
  })
}

/** NTE before the resources are about the appointment. */
function leadingNotes({ segments }: Sequence): readonly Segment[] {
  const end = segments.findIndex(({ name }) => name === 'RGS')
  return (end < 0 ? segments : segments.slice(0, end)).filter(({ name }) => name === 'NTE')
}

/** TQ1-7 and 8, else SCH-11.4 and 11.5, else AIS-4, with how long SCH-9 or AIS-7 says. R4 app-2: both or neither. */
function timesOf(
  schedule: Sequence,
  reading: Reading,
  { present, isNeeded }: { readonly present: Appointment | undefined; readonly isNeeded: boolean },
): Pick<Appointment, 'start' | 'end'> {
  const sch = schedule.first
  const [tq1] = allOf(schedule, 'TQ1')
  const [ais] = allOf(schedule, 'AIS')
  const written = text(tq1, 7) || text(sch, 11, 4) || text(ais, 4)
  if (written === '') {
    if (present?.start && present.end) return { start: present.start, end: present.end }
    if (isNeeded) throw missing({ segment: sch, field: 11, component: 4 })
    return {}
  }
  const start = fhirInstant(written, reading.offset)
  if (!start) throw malformed({ segment: sch, field: 11, component: 4 }, 'date and time (DTM)')
  const until = fhirInstant(text(tq1, 8) || text(sch, 11, 5), reading.offset)
  const end = until ?? later(start, lastsMs(sch, 9) ?? (ais && lastsMs(ais, 7)), start.slice(-6))
  if (!end) throw missing({ segment: sch, field: 9 })
  return { start, end }
}

function lastsMs(segment: Segment, field: number): number | undefined {
  const lasts = numberOf(segment, field)
  const ms = msOfUnit[text(segment, field + 1).toUpperCase()]
  if (lasts === undefined) return undefined
  if (ms === undefined) throw malformed({ segment, field: field + 1 }, 'unit of time')
  return lasts * ms
}

/** The instant so much later, with the same offset (`+08:00`). */
function later(start: string, ms: number | undefined, offset: string): string | undefined {
  if (ms === undefined) return undefined
  const [hours = 0, minutes = 0] = /^[+-]/.test(offset) ? offset.slice(1).split(':').map(Number) : []
  const offsetMs = (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
  const local = new Date(new Date(start).getTime() + ms + offsetMs).toISOString().slice(0, 19)
  return local + (/^[+-]/.test(offset) ? offset : 'Z')
}

async function participantsOf(
  schedule: Sequence,
  { owner, present }: { readonly owner: Owner; readonly present: Appointment | undefined },
  reading: Reading,
  draft: Draft,
): Promise<AppointmentParticipant[]> {
  const people = []
  for (const aip of allOf(schedule, 'AIP')) people.push(...(await practitionersOf(aip, 3, reading, draft)))
  if (people.length === 0) people.push(...(await practitionersOf(schedule.first, 16, reading, draft)))
  const places = []
  for (const ail of allOf(schedule, 'AIL')) {
    const place = await locationReference(repetitions(ail, 3)[0], reading, draft)
    if (place) places.push(place)
  }
  const told = [...people, ...places]
  // A cancellation repeats the number alone: who and where stays as it was told.
  if (present && told.length === 0) return present.participant
  return [subjectOf(owner), ...told].map((actor) => ({ actor, status: 'accepted' }))
}
