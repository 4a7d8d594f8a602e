/** Extracts every search parameter's values of one resource (FHIR R4 §3.1.1 and the SearchParameters of 4.0.1). */
import { clinicalPaths } from './clinical-moment.ts'
import { compartmentParameters, parametersOf } from './definitions.ts'
import { asObject, type Collector, newCollector } from './hot/collector.ts'
import { compileExtractor, type Extractor, extract } from './hot/extract.ts'
import { earliestMs, type IndexValues } from './index-values.ts'

export type IndexOptions = {
  /** IANA zone in which dates without offset are read. */
  readonly timeZone: string
  /** Reads what parameters of one's own ask for, beside R4's. */
  readonly own?: Extractor | undefined
}

const extractors = new Map<string, Extractor>()

/** The tree of a type, compiled at its first use. */
export function extractorOf(type: string): Extractor {
  const known = extractors.get(type)
  if (known) return known
  const made = compileExtractor(type, [...parametersOf(type).values(), ...clinicalPaths(type)])
  extractors.set(type, made)
  return made
}

/** What search compares of a resource that has been validated; nothing where its type is unknown. */
export function indexOf(
  resource: { readonly resourceType: string; readonly id?: string },
  options: IndexOptions,
): IndexValues {
  const collector = newCollector(options.timeZone)
  extract(extractorOf(resource.resourceType).root, asObject(resource), collector)
  if (options.own) extract(options.own.root, asObject(resource), collector)
  const { tokens, strings, references, dates, numbers, quantities, uris, composites } = collector
  const clinicalMs = takeClinicalMoment(collector)
  const patients = patientsOf(resource, collector)
  return { tokens, strings, references, dates, numbers, quantities, uris, composites, clinicalMs, patients }
}

/** Takes the moments that `clinicalPaths` left among the dates, in their order of preference. */
function takeClinicalMoment(collector: Collector): number | undefined {
  const { dates } = collector
  let best: { order: string; ms: number } | undefined
  let kept = 0
  for (const date of dates) {
    if (!date.parameter.startsWith(clinicalPrefix)) {
      dates[kept++] = date
      continue
    }
    const ms = date.lowMs === earliestMs ? date.highMs : date.lowMs
    if (!best || date.parameter < best.order) best = { order: date.parameter, ms }
  }
  dates.length = kept
  return best?.ms
}

const clinicalPrefix = '#'

function patientsOf(
  resource: { readonly resourceType: string; readonly id?: string },
  collector: Collector,
): readonly string[] {
  const patients: string[] = []
  if (resource.resourceType === 'Patient' && resource.id !== undefined) patients.push(resource.id)
  const parameters = compartmentParameters(resource.resourceType)
  if (parameters.length === 0) return patients
  for (const reference of collector.references) {
    if (reference.type !== 'Patient' || reference.id === undefined) continue
    if (parameters.includes(reference.parameter) && !patients.includes(reference.id))
      patients.push(reference.id)
  }
  return patients
}
