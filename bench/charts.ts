/** NDJSON of as many charts as asked for: Synthea's, copied under fresh ids and names, made while they are sent. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Bundles made by Synthea, where the machine has them; see bench/README.md. */
const syntheaFolder = join(import.meta.dirname, '..', '..', 'shared', 'data', 'synthea')
/** Stands for the copy wherever an id or a name differs by it. */
const mark = '~~~~'

type Resource = { readonly resourceType: string; readonly id: string; readonly [element: string]: unknown }
type Chart = {
  /** A line for each resource, with the mark. */
  readonly text: string
  readonly resources: number
  readonly patient: string
  readonly family: string
  readonly observations: readonly { readonly id: string; readonly code: string }[]
}

/** What a copy of a chart can be asked about. */
export type Sample = {
  readonly patient: string
  readonly family: string
  readonly observation: string
  readonly code: string
}

export type Charts = {
  /** Charts one after the other until there are as many resources; `from` and the answer count charts. */
  take(
    from: number,
    resources: number,
  ): { readonly until: number; readonly resources: number; text(): Generator<Buffer> }
  /** Something that stands in a chart before `until`, another for each `index`, spread over all. */
  sample(index: number, until: number): Sample
}

/** Reads the bundles once; about 22 MB. */
export function readCharts(): Charts {
  const charts = readdirSync(syntheaFolder)
    .filter((name) => name.endsWith('.json') && !/^(?:hospital|practitioner)Information/.test(name))
    .map((name) => chartOf(readFileSync(join(syntheaFolder, name), 'utf8')))
  const at = (place: number): Chart => {
    const chart = charts[place % charts.length]
    if (!chart) throw new Error('there are no Synthea bundles')
    return chart
  }
  const copyOf = (place: number) =>
    Math.floor(place / charts.length)
      .toString(36)
      .padStart(mark.length, '0')
  return {
    take(from, wanted) {
      let [until, resources] = [from, 0]
      while (resources < wanted) resources += at(until++).resources
      return {
        until,
        resources,
        *text() {
          for (let place = from; place < until; place++)
            yield Buffer.from(at(place).text.replaceAll(mark, copyOf(place)))
        },
      }
    },
    sample(index, until) {
      // A step without a common factor with most counts visits all charts in a scattered order.
      const place = (index * 7919) % until
      const { patient, family, observations } = at(place)
      const asked = observations[index % observations.length] ?? { id: '', code: '' }
      const named = (text: string) => text.replaceAll(mark, copyOf(place))
      return {
        patient: named(patient),
        family: named(family),
        observation: named(asked.id),
        code: asked.code,
      }
    },
  }
}

function chartOf(text: string): Chart {
  const bundle = JSON.parse(text) as { entry: { fullUrl: string; resource: Resource }[] }
  const types = new Map(bundle.entry.map(({ fullUrl, resource }) => [fullUrl, resource]))
  const linked = (_: string, value: unknown) => {
    const target = typeof value === 'string' ? types.get(value) : undefined
    return target ? `${target.resourceType}/${target.id}-${mark}` : value
  }
  const resources: readonly Resource[] = bundle.entry.map(({ resource }) => ({
    ...resource,
    id: `${resource.id}-${mark}`,
  }))
  const patient = resources.find(({ resourceType }) => resourceType === 'Patient')
  const family = (patient?.name as { family: string }[] | undefined)?.[0]?.family ?? ''
  const lines = resources.map((resource) => `${JSON.stringify(resource, linked)}\n`).join('')
  return {
    text: lines.replaceAll(`"family":"${family}"`, `"family":"${family}${mark}"`),
    resources: resources.length,
    patient: patient?.id ?? '',
    family: `${family}${mark}`,
    observations: resources
      .filter(({ resourceType, code }) => resourceType === 'Observation' && code !== undefined)
      .map(({ id, code }) => ({ id, code: codeOf(code) })),
  }
}

function codeOf(code: unknown): string {
  const [coding] = (code as { coding?: { system: string; code: string }[] }).coding ?? []
  return `${coding?.system}|${coding?.code}`
}
