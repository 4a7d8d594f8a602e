/** What an export was asked to give (Bulk Data Access 2.0, Kick-off Request, Query Parameters). */
import { type Instant, instantOf, invalid, type ResourceType } from '@xinglin/fhir'
import { compartmentParameters, isElementName, isResourceType } from '@xinglin/fhir/search'
import type { Query } from '@xinglin/records'
import { queryOf } from '../../http/request.ts'
import { badValue, type Parameters, refuseUnknown, textOf, textsOf } from '../../operations/parameters.ts'
import { mostTypeFilters } from '../limits.ts'

export type ExportLevel = 'system' | 'patient' | 'group'

export type ExportPlan = {
  readonly level: ExportLevel
  readonly types: readonly ResourceType[]
  readonly since?: Instant
  /** The record is shown as it stood then; now where absent. */
  readonly until?: Instant
  /** Present on group level. */
  readonly patients?: readonly string[]
  /** Of a type any of these searches; types without one are given whole. */
  readonly filters: readonly { readonly type: ResourceType; readonly query: Query }[]
  readonly elements: readonly string[]
}

const known = ['_outputFormat', '_since', '_until', '_type', '_typeFilter', '_elements', 'patient']
const formats: ReadonlySet<string> = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson'])

/** Reads the parameters; `allowed` are the types that the caller may search. Throws `invalid` for what is not supported. */
export function readPlan(
  parameters: Parameters,
  { level, allowed, timeZone }: { level: ExportLevel; allowed: readonly ResourceType[]; timeZone: string },
): Omit<ExportPlan, 'patients'> {
  refuseUnknown(parameters, known)
  const format = textOf(parameters, '_outputFormat')
  if (format !== undefined && !formats.has(format.replace(' ', '+')))
    throw badValue('_outputFormat', 'is application/fhir+ndjson')
  const named = listed(parameters, '_type').map(typeOf)
  const types = named.length > 0 ? [...new Set(named)] : allowed
  const since = instantIn(parameters, '_since', timeZone)
  const until = instantIn(parameters, '_until', timeZone)
  return {
    level,
    types,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    filters: filtersOf(parameters, types),
    elements: elementsOf(parameters, types),
  }
}

function listed(parameters: Parameters, name: string): readonly string[] {
  return textsOf(parameters, name)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
}

function typeOf(name: string): ResourceType {
  if (isResourceType(name)) return name
  throw badValue('_type', 'names resource types of R4')
}

/** An instant; it is taken to the millisecond. */
function instantIn(parameters: Parameters, name: '_since' | '_until', timeZone: string): Instant | undefined {
  const text = textOf(parameters, name)
  if (text === undefined) return undefined
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(
    text.replace(' ', '+'),
  )
  const ms = Date.parse(text.replace(' ', '+'))
  if (!isInstant || Number.isNaN(ms)) throw badValue(name, 'is an instant, such as 2026-11-22T08:00:00+08:00')
  return instantOf(ms, timeZone)
}

/** Searches within a type; what shapes an answer has no place in them. */
function filtersOf(parameters: Parameters, types: readonly ResourceType[]): ExportPlan['filters'] {
  const texts = textsOf(parameters, '_typeFilter').flatMap((text) => text.split(/,(?=[A-Z][A-Za-z]+\?)/))
  if (texts.length > mostTypeFilters) throw badValue('_typeFilter', `stands at most ${mostTypeFilters} times`)
  return texts.map((text) => {
    const cut = text.indexOf('?')
    const type = types.find((each) => each === text.slice(0, cut))
    if (!type) throw badValue('_typeFilter', 'is Type?search, of a type that is exported')
    const query = queryOf(text.slice(cut + 1))
    const shaping = query.find(([name]) =>
      /^_(?:count|sort|include|revinclude|summary|elements|total|format)/.test(name),
    )
    if (shaping) throw badValue('_typeFilter', 'selects resources; it does not sort, include or count')
    return { type, query }
  })
}

function elementsOf(parameters: Parameters, types: readonly ResourceType[]): readonly string[] {
  const names = listed(parameters, '_elements')
  const unknown = names.find((name) => !types.some((type) => isElementName(type, name)))
  if (unknown === undefined) return names
  throw invalid('_elements names top-level elements of the exported types', {
    code: 'fhir-api.operation-value',
    at: '_elements',
  })
}

/** Of some types those that can stand in the chart of a patient (compartmentdefinition-patient.html). */
export function ofPatients(among: readonly ResourceType[]): readonly ResourceType[] {
  return among.filter((type) => type === 'Patient' || compartmentParameters(type).length > 0)
}
