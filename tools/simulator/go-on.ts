/** A hospital that goes on in real time: patients arrive at a rate, and what follows their visit comes when it is due. */
import { setTimeout as pause } from 'node:timers/promises'
import { dayOf } from './calendar.ts'
import { type Story, tellComingVisit } from './clinic/story.ts'
import { type Clients, type Delivery, deliver } from './deliver.ts'
import { close } from './fill.ts'
import { type Hospital, makeHospital } from './hospital/hospital.ts'
import { makePerson } from './people/person.ts'
import { createRandom, type Random } from './random.ts'

export type GoOnOptions = {
  readonly seed: number
  /** Patients that arrive in a minute. */
  readonly ratePerMinute: number
  /** How many times faster than the clock a visit runs. */
  readonly pace: number
  readonly connect: () => Clients
  readonly told: (delivery: Delivery) => void
  readonly signal: AbortSignal
}

/** Runs until the signal; visits that have begun are broken off then. */
export async function goOn(options: GoOnOptions): Promise<void> {
  const hospital = makeHospital(createRandom(options.seed).branch('hospital'))
  const running = new Set<Promise<void>>()
  while (!options.signal.aborted) {
    const visit = playVisit(newcomer(hospital, options), hospital, options).finally(() =>
      running.delete(visit),
    )
    running.add(visit)
    await wait(60_000 / options.ratePerMinute, options.signal)
  }
  await Promise.all(running)
}

function newcomer(hospital: Hospital, options: GoOnOptions): Story {
  const startedAt = Date.now()
  const number = Math.floor(startedAt / 100) % 89_000_000
  const random: Random = createRandom(options.seed).branch(`coming ${number}`)
  const sex = random.chance(0.5) ? 'male' : 'female'
  const person = makePerson(random, { number, ageYears: random.between(1, 90), sex, today: dayOf(startedAt) })
  return tellComingVisit(random.branch('visit'), person, hospital, { startedAt, pace: options.pace })
}

async function playVisit(story: Story, hospital: Hospital, options: GoOnOptions): Promise<void> {
  const clients = options.connect()
  try {
    for (const [index, fact] of story.facts.entries()) {
      await wait(fact.at - Date.now(), options.signal)
      if (options.signal.aborted) return
      options.told(await deliver(clients, hospital, story, fact, index))
    }
  } finally {
    await close(clients)
  }
}

/** Rests for `ms` milliseconds or until the signal. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return
  await pause(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
