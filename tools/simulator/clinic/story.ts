/**
 * What happens to one patient: visits with diagnoses, laboratory reports, images, prescriptions and notes, as dated facts
 * in the order in which a hospital's systems would tell them.
 */
import { addDays, ageYears, dayOf, type Moment, momentOn } from '../calendar.ts'
import { bedOf, type Department, type Hospital, type Staff } from '../hospital/hospital.ts'
import type { Person } from '../people/person.ts'
import type { Random } from '../random.ts'
import allergies from './allergies.json' with { type: 'json' }
import diseases from './diseases.json' with { type: 'json' }
import imaging from './imaging.json' with { type: 'json' }
import { measurePanel, type Result } from './laboratory.ts'
import medicines from './medicines.json' with { type: 'json' }
import panels from './panels.json' with { type: 'json' }

export type Disease = (typeof diseases)[number]
export type Medicine = (typeof medicines)[number]
export type Panel = (typeof panels)[number]
export type Procedure = (typeof imaging)[number]
export type Allergy = (typeof allergies)[number]

export type Visit = {
  readonly number: string
  readonly kind: 'outpatient' | 'inpatient'
  readonly department: Department
  readonly bed?: string
  readonly doctor: Staff
  readonly disease: Disease
  readonly startedAt: Moment
  /** Absent while the patient is still in the ward. */
  readonly endedAt?: Moment
}
export type LaboratoryReport = {
  readonly placerNumber: string
  readonly fillerNumber: string
  readonly panel: Panel
  readonly orderedAt: Moment
  readonly collectedAt: Moment
  readonly reportedAt: Moment
  readonly results: readonly Result[]
}
export type ImagingStudy = {
  readonly accessionNumber: string
  readonly studyInstanceUid: string
  readonly procedure: Procedure
  readonly orderedAt: Moment
  readonly startedAt: Moment
  readonly reportedAt: Moment
}
export type Prescription = {
  readonly number: string
  readonly medicine: Medicine
  readonly writtenAt: Moment
}

export type Fact =
  | { readonly kind: 'arrived'; readonly at: Moment; readonly visit: Visit }
  | { readonly kind: 'diagnosed'; readonly at: Moment; readonly visit: Visit }
  | {
      readonly kind: 'ordered-laboratory'
      readonly at: Moment
      readonly visit: Visit
      readonly report: LaboratoryReport
    }
  | {
      readonly kind: 'resulted'
      readonly at: Moment
      readonly visit: Visit
      readonly report: LaboratoryReport
    }
  | {
      readonly kind: 'ordered-imaging'
      readonly at: Moment
      readonly visit: Visit
      readonly study: ImagingStudy
    }
  | { readonly kind: 'imaged'; readonly at: Moment; readonly visit: Visit; readonly study: ImagingStudy }
  | { readonly kind: 'reported'; readonly at: Moment; readonly visit: Visit; readonly study: ImagingStudy }
  | {
      readonly kind: 'prescribed'
      readonly at: Moment
      readonly visit: Visit
      readonly prescription: Prescription
    }
  | { readonly kind: 'noted'; readonly at: Moment; readonly visit: Visit }
  | { readonly kind: 'left'; readonly at: Moment; readonly visit: Visit }

export type Story = {
  readonly person: Person
  readonly allergies: readonly Allergy[]
  readonly facts: readonly Fact[]
}

const clockMinuteMs = 60_000
const dayMinutes = 1440
/** Registration opens at 7:30 and closes at 17:00. */
const openingMinute = 450
const closingMinute = 1020

/** The disease that brings a person of this age and sex, by its weight among those that fit. */
export function chooseDisease(random: Random, ageInYears: number, sex: Person['sex']): Disease {
  const fitting = diseases.filter(
    ({ ages: [youngest = 0, oldest = 0], sex: only }) =>
      ageInYears >= youngest && ageInYears <= oldest && (only === null || only === sex),
  )
  return random.weighted(fitting.length > 0 ? fitting : diseases, ({ weight }) => weight)
}

/** One to four visits over the last two years, the newest within twelve days before `now`; chronic diseases come back. */
export function tellStory(random: Random, person: Person, hospital: Hospital, now: Moment): Story {
  const disease = chooseDisease(random, ageYears(person.birthDate, now), person.sex)
  const visitCount = random.between(1, 4)
  const facts = Array.from({ length: visitCount }, (_, index) => {
    const daysAgo = (visitCount - 1 - index) * random.between(60, 150) + random.between(0, 12)
    const startedAt = momentOn(addDays(dayOf(now), -daysAgo), random.between(openingMinute, closingMinute))
    return tellVisit(random.branch(`${person.mrn}/${index}`), {
      person,
      hospital,
      disease,
      startedAt,
      now,
      index,
      minuteMs: clockMinuteMs,
    })
  }).flat()
  return {
    person,
    allergies: tellAllergies(random),
    facts: facts.filter((fact) => fact.at <= now).sort((a, b) => a.at - b.at),
  }
}

/**
 * A visit that begins at `startedAt` and whose facts lie in the future, `pace` times faster than the clock; for a hospital
 * that goes on in real time.
 */
export function tellComingVisit(
  random: Random,
  person: Person,
  hospital: Hospital,
  coming: { startedAt: Moment; pace: number },
): Story {
  const disease = chooseDisease(random, ageYears(person.birthDate, coming.startedAt), person.sex)
  const facts = tellVisit(random, {
    person,
    hospital,
    disease,
    startedAt: coming.startedAt,
    now: Number.POSITIVE_INFINITY,
    index: 0,
    minuteMs: clockMinuteMs / coming.pace,
  })
  return { person, allergies: tellAllergies(random), facts: facts.toSorted((a, b) => a.at - b.at) }
}

function tellAllergies(random: Random): readonly Allergy[] {
  return random.chance(0.22) ? [random.weighted(allergies, ({ weight }) => weight)] : []
}

type VisitSetting = {
  readonly person: Person
  readonly hospital: Hospital
  readonly disease: Disease
  readonly startedAt: Moment
  readonly now: Moment
  readonly index: number
  /** How long a minute of the story takes, in milliseconds: 60,000 by the clock, less when the hospital runs fast. */
  readonly minuteMs: number
}

function tellVisit(random: Random, setting: VisitSetting): readonly Fact[] {
  const visit = makeVisit(random, setting)
  const { minuteMs } = setting
  const seenAt = visit.startedAt + random.between(10, 45) * minuteMs
  return [
    { kind: 'arrived', at: visit.startedAt, visit },
    { kind: 'diagnosed', at: seenAt, visit },
    ...tellLaboratory(random, setting, visit, seenAt),
    ...tellImaging(random, setting, visit, seenAt),
    ...tellPrescriptions(random, setting, visit, seenAt),
    { kind: 'noted', at: seenAt + 25 * minuteMs, visit },
    ...(visit.endedAt ? [{ kind: 'left', at: visit.endedAt, visit } as const] : []),
  ]
}

function makeVisit(
  random: Random,
  { person, hospital, disease, startedAt, now, index, minuteMs }: VisitSetting,
): Visit {
  const isInpatient = random.chance(disease.admission)
  const department =
    hospital.departments.find(({ code }) => code === disease.department) ?? random.pick(hospital.departments)
  const lengthMinutes = isInpatient ? random.between(3, 12) * dayMinutes : random.between(60, 240)
  const endedAt = startedAt + lengthMinutes * minuteMs
  return {
    number: `${isInpatient ? 'I' : 'O'}${person.mrn}${String(index + 1).padStart(2, '0')}`,
    kind: isInpatient ? 'inpatient' : 'outpatient',
    department,
    ...(isInpatient ? { bed: bedOf(department, random.between(0, 200)) } : {}),
    doctor: random.pick(hospital.doctors.filter(({ departmentCode }) => departmentCode === department.code)),
    disease,
    startedAt,
    ...(endedAt <= now ? { endedAt } : {}),
  }
}

function tellLaboratory(
  random: Random,
  { person, disease, now, minuteMs }: VisitSetting,
  visit: Visit,
  seenAt: Moment,
): readonly Fact[] {
  const lastDay =
    visit.kind === 'outpatient'
      ? 0
      : Math.floor(((visit.endedAt ?? now) - visit.startedAt) / (dayMinutes * minuteMs))
  const days = Array.from({ length: Math.floor(lastDay / 2) + 1 }, (_, index) => index * 2)
  return days.flatMap((day) =>
    disease.panels
      .filter((_, index) => day === 0 || index === 0 || random.chance(0.4))
      .flatMap((code, index): readonly Fact[] => {
        const panel = panels.find((candidate) => candidate.code === code)
        if (!panel) return []
        const orderedAt = seenAt + (day * dayMinutes + index) * minuteMs
        const recovery = visit.kind === 'inpatient' ? Math.max(0.15, 1 - day * 0.14) : 1
        const number = `${visit.number}L${day}${index}`
        const report = {
          placerNumber: number,
          fillerNumber: `LIS${number}`,
          panel,
          orderedAt,
          collectedAt: orderedAt + 20 * minuteMs,
          reportedAt: orderedAt + random.between(55, 130) * minuteMs,
          results: measurePanel(random, code, person, scale(disease.shifts, recovery)),
        }
        return [
          { kind: 'ordered-laboratory', at: report.orderedAt, visit, report },
          { kind: 'resulted', at: report.reportedAt, visit, report },
        ]
      }),
  )
}

function scale(
  shifts: Readonly<Record<string, number | undefined>>,
  factor: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(shifts).map(([code, shift]) => [code, (shift ?? 0) * factor]))
}

function tellImaging(
  random: Random,
  { disease, index, minuteMs }: VisitSetting,
  visit: Visit,
  seenAt: Moment,
): readonly Fact[] {
  return disease.imaging
    .filter(() => index === 0 || random.chance(0.35))
    .flatMap((code, order): readonly Fact[] => {
      const procedure = imaging.find((candidate) => candidate.code === code)
      if (!procedure) return []
      const orderedAt = seenAt + (5 + order) * minuteMs
      const startedAt = orderedAt + random.between(30, 90) * minuteMs
      const study = {
        accessionNumber: `A${visit.number}${order}`,
        studyInstanceUid: `2.999.86.2.${visit.number.replace(/^I/, '1').replace(/^O/, '2')}.${order + 1}`,
        procedure,
        orderedAt,
        startedAt,
        reportedAt: startedAt + random.between(20, 60) * minuteMs,
      }
      return [
        { kind: 'ordered-imaging', at: study.orderedAt, visit, study },
        { kind: 'imaged', at: study.startedAt, visit, study },
        { kind: 'reported', at: study.reportedAt, visit, study },
      ]
    })
}

function tellPrescriptions(
  random: Random,
  { minuteMs }: VisitSetting,
  visit: Visit,
  seenAt: Moment,
): readonly Fact[] {
  return visit.disease.medicines
    .filter((_, index) => index === 0 || random.chance(0.7))
    .flatMap((atc, index): readonly Fact[] => {
      const medicine = medicines.find((candidate) => candidate.atc === atc)
      const writtenAt = seenAt + (15 + index) * minuteMs
      return medicine
        ? [
            {
              kind: 'prescribed',
              at: writtenAt,
              visit,
              prescription: { number: `${visit.number}R${index + 1}`, medicine, writtenAt },
            },
          ]
        : []
    })
}
