/**
 * Validation and extraction a CPU second of one core, over the resources of the Synthea bundles:
 *   node standards/fhir/bench/bench.ts
 * All invariants are on. Each row runs its ways in turn, round by round, so that another program on the machine slows all
 * of them; the ratio is what to trust. `@medplum/core` has no invariants: it judges structure alone.
 */
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core'
import { createProfileSet } from '../profiles.ts'
import { indexOf } from '../search.ts'
import { syntheaMissing, syntheaResources } from '../testing/examples.ts'
import { readUsCore, sourcesOf, usCoreMissing } from '../testing/guides.ts'
import { structureDefinitions } from '../testing/structure-definitions.ts'
import { interpretResource, isValidResource } from '../validate.ts'

const rounds = 7
/** Resources a round for each way: 0.1 to 0.3 s of work. */
const amounts = { compiled: 40_000, interpreted: 3_000, medplum: 800, values: 20_000 } as const

type Resource = { readonly resourceType: string }
type Way = keyof typeof amounts

const ways: Readonly<Record<Exclude<Way, 'values'>, (resource: Resource) => unknown>> = {
  compiled: (resource) => isValidResource(resource),
  interpreted: (resource) => interpretResource(resource),
  medplum: (resource) => validateResource(resource as Parameters<typeof validateResource>[0]),
}

/** CPU time, not wall time: other programs on the machine must not change the figure. */
function perSecond(
  resources: readonly Resource[],
  amount: number,
  work: (each: Resource) => unknown,
): number {
  const laps = Math.max(1, Math.round(amount / resources.length))
  const start = process.cpuUsage()
  for (let lap = 0; lap < laps; lap++) for (const resource of resources) work(resource)
  const { user, system } = process.cpuUsage(start)
  return ((laps * resources.length) / (user + system)) * 1_000_000
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0
}

/** `entries`: how many resources one of `resources` holds, so that a bundle needs fewer rounds. */
function reportWays(name: string, resources: readonly Resource[], entries = 1): void {
  const names = Object.keys(ways) as (keyof typeof ways)[]
  const figures = names.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [at, way] of names.entries())
      figures[at]?.push(perSecond(resources, amounts[way] / entries, ways[way]))
  }
  const [compiled = 0, ...others] = figures.map(median)
  const beside = others.map(
    (figure, at) => `${names[at + 1]} ${figure.toFixed(0)} (${(compiled / figure).toFixed(0)} times)`,
  )
  print(`validate ${name}: compiled ${compiled.toFixed(0)}, ${beside.join(', ')}`)
}

function reportValues(name: string, resources: readonly Resource[]): void {
  const work = (resource: Resource) => indexOf(resource, { timeZone: 'Asia/Shanghai' })
  const figures = Array.from({ length: rounds }, () => perSecond(resources, amounts.values, work))
  print(`search values of ${name}: ${median(figures).toFixed(0)}`)
}

type Claiming = Resource & { readonly meta?: { readonly profile?: readonly string[] } }

/** The guide's own examples by the profiles that they claim, in addition to what the base definitions cost. */
async function reportProfiles(type: string): Promise<void> {
  const { definitions, examples } = readUsCore()
  const set = createProfileSet(sourcesOf(definitions))
  const resources = examples
    .map(({ resource }): Claiming => resource)
    .filter((each) => each.resourceType === type)
  const profileOf = ({ meta }: Claiming) => meta?.profile?.[0] ?? ''
  const known: Claiming[] = []
  for (const each of resources) if (await set.load(profileOf(each))) known.push(each)
  if (!known.every((each) => set.conforms(profileOf(each), each)))
    throw new Error('an example of the guide does not conform')
  const compiled = (each: Claiming) => set.conforms(profileOf(each), each)
  const interpreted = (each: Claiming) => set.explain(profileOf(each), each)
  const rows = Array.from({ length: rounds }, () => [
    perSecond(known, amounts.compiled, compiled),
    perSecond(known, amounts.interpreted, interpreted),
  ])
  const [fast = 0, slow = 0] = [0, 1].map((at) => median(rows.map((row) => row[at] ?? 0)))
  const times = (fast / slow).toFixed(0)
  print(
    `US Core ${type} by its profile: compiled ${fast.toFixed(0)}, interpreted ${slow.toFixed(0)} (${times} times)`,
  )
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

if (syntheaMissing) throw new Error(syntheaMissing)
for (const bundle of structureDefinitions()) indexStructureDefinitionBundle(bundle)
const all = syntheaResources(20)
// The fast path must be what is measured: it says yes without the interpreter.
if (!all.every((resource) => isValidResource(resource)))
  throw new Error('a resource of the bench is not valid')
const ofType = (type: string) => all.filter(({ resourceType }) => resourceType === type)
const entry = all
  .slice(0, 300)
  .map((resource) => ({ resource, request: { method: 'POST', url: resource.resourceType } }))
const bundle = { resourceType: 'Bundle', type: 'transaction', entry }
print(`a CPU second, median of ${rounds} rounds:`)
for (const type of ['Observation', 'Patient', 'Encounter']) reportWays(type, ofType(type))
reportWays('a bundle of 300 entries', [bundle], 300)
reportWays('every type', all)
reportValues('Observation', ofType('Observation'))
reportValues('every type', all)
if (!usCoreMissing) for (const type of ['Observation', 'Patient', 'Encounter']) await reportProfiles(type)
