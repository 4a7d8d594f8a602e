/** Weights by EM from the pairs of a scan and a sample of all others; kept beside earlier ones until somebody chooses them. */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import {
  allPairs,
  comparePeople,
  countPatterns,
  type Levels,
  type Pattern,
  train,
  usualModel,
} from '@xinglin/matching'
import type { Somebody } from './everybody.ts'

/** Random pairs from which chance agreement is learnt; 0.3 s. */
const sampledPairs = 50_000
/** With fewer records there are too few doubles to learn from. */
const fewestPeople = 2_000
const numberSpan = 2 ** 26

export type Material = {
  readonly scan: string
  readonly people: ReadonlyMap<number, Somebody>
  readonly patterns: readonly Pattern[]
  readonly seen: ReadonlySet<number>
}

export async function keepTraining(
  { database, runtime }: Pick<Kernel, 'database' | 'runtime'>,
  tenant: TenantId,
  { scan, people, patterns, seen }: Material,
): Promise<void> {
  if (people.size < fewestPeople) return
  const sample = countPatterns(sampleOf([...people.values()], seen))
  const { model, rounds } = train(allPairs(patterns, sample, people.size), usualModel(people.size))
  await database.query(sql`
    insert into master_index.training (tenant, id, at, people, pairs, rounds, model)
    values (${tenant}, ${scan}, ${runtime.now()}, ${people.size}, ${seen.size}, ${rounds}, ${sql.json(model)}::jsonb)
    on conflict do nothing`)
}

/** Pairs far apart in the list by steps that meet everybody: as good as random, and the same each time. */
function* sampleOf(people: readonly Somebody[], seen: ReadonlySet<number>): Generator<Levels> {
  for (let drawn = 0; drawn < sampledPairs; drawn++) {
    const left = people[(drawn * 7_919) % people.length]
    const right = people[(drawn * 104_729 + Math.floor(people.length / 3)) % people.length]
    if (!left || !right || left.no === right.no) continue
    if (seen.has(Math.min(left.no, right.no) * numberSpan + Math.max(left.no, right.no))) continue
    yield comparePeople(left.person, right.person)
  }
}
