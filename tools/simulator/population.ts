/** The patients of a filled hospital: ages and sexes as an outpatient hall shows them, each with a story. */
import { dayOf, type Moment } from './calendar.ts'
import { type Story, tellStory } from './clinic/story.ts'
import { type Hospital, makeHospital } from './hospital/hospital.ts'
import { makePerson } from './people/person.ts'
import { createRandom } from './random.ts'

export type Population = { readonly hospital: Hospital; readonly stories: readonly Story[] }

/** Shares of age groups among hospital visits: the old come more often than the young. */
const ageGroups = [
  { from: 1, to: 6, share: 8 },
  { from: 7, to: 17, share: 7 },
  { from: 18, to: 39, share: 22 },
  { from: 40, to: 59, share: 28 },
  { from: 60, to: 74, share: 24 },
  { from: 75, to: 90, share: 11 },
] as const

/** `patientCount` people numbered from `firstNumber`, the same for the same seed and moment. */
export function makePopulation(options: {
  seed: number
  patientCount: number
  firstNumber: number
  now: Moment
}): Population {
  const random = createRandom(options.seed)
  const hospital = makeHospital(random.branch('hospital'))
  const stories = Array.from({ length: options.patientCount }, (_, index) => {
    const number = options.firstNumber + index
    const own = random.branch(`person ${number}`)
    const group = own.weighted(ageGroups, ({ share }) => share)
    const person = makePerson(own, {
      number,
      ageYears: own.between(group.from, group.to),
      sex: own.chance(0.5) ? 'male' : 'female',
      today: dayOf(options.now),
    })
    return tellStory(own.branch('story'), person, hospital, options.now)
  })
  return { hospital, stories }
}
