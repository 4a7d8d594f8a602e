/**
 * Records of one person written down twice, with the errors of registration desks. The rates stand in `errorRates`, each
 * the share of second records that the error befalls; they are assumptions, told here so that whoever doubts one can
 * change it and measure again (docs/decisions/0073).
 */
import type { Day } from '../calendar.ts'
import { createRandom, type Random } from '../random.ts'
import { type Citizen, makeCitizens } from './people.ts'
import { firstRecord, type RegisteredPatient, secondRecord } from './registrations.ts'

export { createRandom } from '../random.ts'
export { errorRates } from './registrations.ts'

/** A record and whose it is: records of one `person` are doubles. */
export type Registration = {
  readonly id: string
  readonly person: number
  /** What befell the second record, by the names of `errorRates`; empty for a first one. */
  readonly errors: readonly string[]
  readonly patient: RegisteredPatient
}

export type RegistrationOptions = {
  readonly seed: number
  readonly records: number
  /** Share of records that are a person's second one. */
  readonly doubled: number
  readonly today: Day
}

/** So many records in mixed order, the same for the same options. */
export function makeRegistrations({
  seed,
  records,
  doubled,
  today,
}: RegistrationOptions): readonly Registration[] {
  const random = createRandom(seed)
  const seconds = Math.round(records * doubled)
  const citizens = makeCitizens(random.branch('citizens'), records - seconds, today)
  const step = citizens.length / Math.max(1, seconds)
  const again = Array.from({ length: seconds }, (_, index) => citizens[Math.floor(index * step)]).filter(
    (citizen) => citizen !== undefined,
  )
  return [
    ...citizens.map((citizen) => first(random, citizen)),
    ...again.map((citizen) => second(random, citizen, today)),
  ].toSorted((left, right) => (left.id < right.id ? -1 : 1))
}

function first(random: Random, citizen: Citizen): Registration {
  const patient = firstRecord(random.branch(`first ${citizen.number}`), citizen)
  return { id: idOf(citizen.number, 0), person: citizen.number, errors: [], patient }
}

function second(random: Random, citizen: Citizen, today: Day): Registration {
  const { patient, errors } = secondRecord(random.branch(`second ${citizen.number}`), citizen, today)
  return { id: idOf(citizen.number, 1), person: citizen.number, errors, patient }
}

/** Ids that do not tell by their order which belong together. */
function idOf(number: number, place: number): string {
  const mixed = Math.imul((number * 2 + place) ^ 0x5bd1_e995, 0x9e37_79b1) >>> 0
  return `p${mixed.toString(36).padStart(7, '0')}`
}
