/** Fills a platform with a whole hospital through its doors: many patients side by side, each one's facts in order. */
import type { Progress } from '@xinglin/client'
import { type Clients, type Delivery, deliver } from './deliver.ts'
import type { Population } from './population.ts'
import { hospitalBundle } from './speak/hospital-bundle.ts'

export type Outcome = { readonly delivered: number; readonly refusals: readonly Delivery[] }

/** `connect` makes the connections of one worker; a worker has one message in flight at a time, as a real sender does. */
export async function fill(
  population: Population,
  options: { connect: () => Clients; workers: number; progress: Progress },
): Promise<Outcome> {
  const total = 1 + population.stories.reduce((sum, story) => sum + story.facts.length, 0)
  const refusals: Delivery[] = []
  let done = 0
  const count = (delivery: Delivery) => {
    done += 1
    if (!delivery.isAccepted) refusals.push(delivery)
    options.progress.show({ done, total, refused: refusals.length })
  }
  const waiting = population.stories.values()
  const work = async (clients: Clients) => {
    for (const story of waiting) {
      for (const [index, fact] of story.facts.entries())
        count(await deliver(clients, population.hospital, story, fact, index))
    }
    await close(clients)
  }
  const first = options.connect()
  const opening = await first.fhir.transact(hospitalBundle(population.hospital))
  count({ door: 'fhir', isAccepted: opening.status < 300, reason: opening.body.slice(0, 300) })
  await Promise.all([first, ...Array.from({ length: options.workers - 1 }, options.connect)].map(work))
  options.progress.end()
  return { delivered: done - refusals.length, refusals }
}

/** Ends the connections of one worker. */
export async function close(clients: Clients): Promise<void> {
  clients.mllp.close()
  await clients.scanner.close()
}
