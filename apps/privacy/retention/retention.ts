/**
 * What a law still keeps of a chart, and until when. The laws are data (`rules.json`, with version and clause): outpatient
 * and inpatient records, each from the last of its visits. Care that is written down without a visit (a result, a prescription)
 * counts as outpatient care of its day; what else belongs to no visit is kept as long as anything is.
 */
import { epochMs, type Instant, instantOf, parseReference, type Resource } from '@xinglin/fhir'
import { dateRange, indexOf } from '@xinglin/fhir/search'
import type { Retention, RetentionLaw } from '../contract.ts'
import data from './rules.json' with { type: 'json' }

/** The edition of the rules that stands in certificates. */
export const retentionVersion = data.version

type RuleId = Retention['rule']
type Rule = (typeof data.rules)[number]
type Clock = { readonly now: Instant; readonly timeZone: string }

/** A resource of the chart as far as keeping it depends on it. */
export type Kept = {
  readonly type: string
  readonly id: string
  /** Undefined for a deleted one, which is kept as what belongs to no visit. */
  readonly resource?: Resource
}

/** The law of a rule, for people. */
export function lawOf(id: RuleId): RetentionLaw {
  const rule = data.rules.find((each) => each.id === id)
  const { law, clause, says } = rule ?? { law: { zh: id, en: id }, clause: '', says: { zh: id, en: id } }
  return { law, clause, says }
}

/** How long each rule keeps what is of its visits; of one that still lasts from now on. The longest first. */
export function retentionsOf(chart: readonly Kept[], clock: Clock): readonly Retention[] {
  const byReference = new Map(chart.map((part) => [`${part.type}/${part.id}`, part]))
  const visits = chart.flatMap(
    ({ resource }) => visitOf(resource) ?? careWithoutVisit(resource, byReference, clock) ?? [],
  )
  return data.rules
    .flatMap((rule): Retention[] => {
      const own = visits.filter((visit) => isOf(rule, visit))
      if (own.length === 0 || rule.inForce > clock.now) return []
      const lastMs = Math.max(...own.map((visit) => epochMs(endOf(visit, clock))))
      const until = yearsAfter(lastMs, rule.years, clock.timeZone)
      return [{ rule: rule.id as RuleId, until, isOver: epochMs(until) < epochMs(clock.now) }]
    })
    .toSorted((one, other) => epochMs(other.until) - epochMs(one.until))
}

/** The rule that keeps a resource of a chart; undefined for one that may be erased. */
export function keptBy(
  { type, resource }: Kept,
  {
    chart,
    retentions,
  }: { readonly chart: ReadonlyMap<string, Kept>; readonly retentions: readonly Retention[] },
): Retention | undefined {
  if (data.notOfRecord.includes(type)) return undefined
  const lasting = retentions.filter(({ isOver }) => !isOver)
  const visit = visitOf(resource) ?? visitOf(chart.get(encounterOf(resource) ?? '')?.resource)
  if (!visit) return lasting[0]
  return lasting.find(({ rule }) => data.rules.some((each) => each.id === rule && isOf(each, visit)))
}

type Visit = {
  readonly class?: { readonly code?: string }
  readonly period?: { readonly start?: string; readonly end?: string }
}

/** An Encounter that took place. */
function visitOf(resource: Resource | undefined): Visit | undefined {
  if (resource?.resourceType !== 'Encounter') return undefined
  const { status } = resource
  return status === 'cancelled' || status === 'entered-in-error' ? undefined : resource
}

/** Care that no visit of the chart has, as an outpatient's of its clinical day, or of the day when it was written down. */
function careWithoutVisit(
  resource: Resource | undefined,
  chart: ReadonlyMap<string, Kept>,
  { timeZone }: Clock,
): Visit | undefined {
  if (!resource || !data.care.includes(resource.resourceType)) return undefined
  if (visitOf(chart.get(encounterOf(resource) ?? '')?.resource)) return undefined
  if (Reflect.get(resource, 'status') === 'entered-in-error') return undefined
  const { clinicalMs } = indexOf(resource, { timeZone })
  const at = clinicalMs === undefined ? resource.meta?.lastUpdated : instantOf(clinicalMs, timeZone)
  return at === undefined ? {} : { period: { end: at } }
}

function isOf({ classes, notClasses }: Rule, visit: Visit): boolean {
  const code = visit.class?.code ?? ''
  return (classes?.includes(code) ?? true) && !(notClasses?.includes(code) ?? false)
}

/** The visit that a resource says it belongs to: R4 names the element `encounter` or `context`. */
function encounterOf(resource: Resource | undefined): string | undefined {
  if (!resource) return undefined
  const named = [Reflect.get(resource, 'encounter'), Reflect.get(resource, 'context')].flatMap(referencesIn)
  return named.find((reference) => parseReference(reference)?.type === 'Encounter')
}

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (typeof value !== 'object' || value === null) return []
  const own = Reflect.get(value, 'reference')
  return [...(typeof own === 'string' ? [own] : []), ...referencesIn(Reflect.get(value, 'encounter'))]
}

function endOf({ period }: Visit, { now, timeZone }: Clock): Instant {
  const written = period?.end ?? period?.start
  const range = written === undefined ? undefined : dateRange(written, timeZone)
  return range ? instantOf(range.highMs, timeZone) : now
}

function yearsAfter(atMs: number, years: number, timeZone: string): Instant {
  const later = new Date(atMs)
  later.setUTCFullYear(later.getUTCFullYear() + years)
  return instantOf(later.getTime(), timeZone)
}
