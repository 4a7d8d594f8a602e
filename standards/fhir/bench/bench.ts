/**
 * Validation and extraction a second on one core, over the Observations of the Synthea bundles:
 *   node standards/fhir/bench/bench.ts
 */
import { indexOf } from '../search.ts'
import { syntheaMissing, syntheaResources } from '../testing/examples.ts'
import { interpretResource, isValidResource } from '../validate.ts'

const rounds = 6

type Work = (resource: { readonly resourceType: string }) => unknown

/** CPU time, not wall time: other programs on the machine must not change the figure. */
function perSecond(resources: readonly { readonly resourceType: string }[], work: Work): number {
  const start = process.cpuUsage()
  for (const resource of resources) work(resource)
  const { user, system } = process.cpuUsage(start)
  return Math.round((resources.length / (user + system)) * 1_000_000)
}

function report(name: string, resources: readonly { readonly resourceType: string }[], work: Work): void {
  const figures = Array.from({ length: rounds }, () => perSecond(resources, work)).sort((a, b) => a - b)
  process.stdout.write(
    `${name}: ${figures[Math.floor(rounds / 2)]} a CPU second (median of ${rounds} rounds)\n`,
  )
}

if (syntheaMissing) throw new Error(syntheaMissing)
const all = syntheaResources(20)
const observations = all.filter(({ resourceType }) => resourceType === 'Observation')
// The fast path must be what is measured: it says yes without the interpreter.
if (!all.every((resource) => isValidResource(resource)))
  throw new Error('a resource of the bench is not valid')
const many = [observations, observations, observations, observations, observations].flat()
report('validate Observation, compiled', many, (resource) => isValidResource(resource))
report('validate Observation, interpreted', observations, (resource) => interpretResource(resource))
report('validate every type, compiled', all, (resource) => isValidResource(resource))
report('search values of Observation', many, (resource) => indexOf(resource, { timeZone: 'Asia/Shanghai' }))
report('search values of every type', all, (resource) => indexOf(resource, { timeZone: 'Asia/Shanghai' }))
