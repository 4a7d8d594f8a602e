/** One version to be stored: its JSON with id and meta, and everything that search will compare. */
import type { TenantId } from '@xinglin/events'
import {
  epochMs,
  type Instant,
  instantOf,
  type Resource,
  type ResourceType,
  stringifyWithDecimals,
} from '@xinglin/fhir'
import { indexOf } from '@xinglin/fhir/search'
import { containedTerms } from '../index/contained.ts'
import { mainPatientOf } from '../index/main-patient.ts'
import { wholeNamesOf } from '../index/names.ts'
import { selfOf } from '../index/space.ts'
import { termsOf } from '../index/terms.ts'
import { textsBeside } from '../index/texts.ts'
import { type ValueRows, valueRowsOf } from '../index/values.ts'
import type { OwnOfTenant } from '../parameters/own-parameters.ts'
import type { Version } from '../records.ts'
import type { SealingBy } from '../sealed/sealing-state.ts'
import { hasWords, inWords } from '../sealed/words.ts'

/** What a write needs to know of where and when. */
export type Place = {
  readonly tenant: TenantId
  readonly at: Instant
  readonly timeZone: string
  /** What the institution searches by beside R4's parameters. */
  readonly own?: Pick<OwnOfTenant, 'extractorOf'>
  /** What the institution seals. */
  readonly sealing?: SealingBy | undefined
}

export type NewVersion = {
  readonly self: bigint
  readonly key: bigint
  readonly version: number
  readonly type: ResourceType
  readonly id: string
  readonly patient: string | undefined
  /** Main clinical moment as an instant, or `-infinity`. */
  readonly clinical: string
  readonly deleted: boolean
  readonly terms: ReadonlySet<bigint>
  readonly values: ValueRows
  /** What is written beside codes and references, for the dictionary. */
  readonly displays: readonly string[]
  readonly json: string
  /** What is stored of it where parts are sealed. */
  readonly stored?: string
  /** `system|code` of each security label; absent where there is none, and for a deletion, which keeps the last. */
  readonly labels?: readonly string[]
  /** Patients in whose charts the version stands that this one supersedes; absent for a first version. */
  readonly formerPatients?: readonly string[]
}

export type Target = { readonly key: bigint; readonly id: string; readonly version: number }

/** A version that holds the resource. */
export function filledVersion(resource: Resource, target: Target, place: Place): NewVersion {
  const { tenant, timeZone } = place
  const type = resource.resourceType
  const json = jsonOf(resource, target, place.at)
  const filled = compared({ ...resource, id: target.id }, json, place)
  const values = indexOf(filled, { timeZone, own: place.own?.extractorOf(type) })
  const strings = [...values.strings, ...wholeNamesOf(filled)]
  const space = { tenant, type }
  const beside = textsBeside(type, values)
  return {
    self: selfOf(tenant, type, target.id),
    key: target.key,
    version: target.version,
    type,
    id: target.id,
    patient: mainPatientOf(type, values),
    clinical: clinicalOf(values.clinicalMs),
    deleted: false,
    terms: withContained(termsOf(space, values, beside), filled, place),
    values: valueRowsOf(space, String(target.key), { ...values, strings }),
    displays: beside.map(({ text }) => text),
    json,
    labels: labelsOf(resource),
  }
}

/** The resource as search compares it. */
function compared<R extends object>(resource: R, json: string, { sealing }: Place): R {
  return sealing && hasWords(json, sealing.rules) ? inWords(resource, sealing.rules, sealing.word) : resource
}

function withContained(terms: ReadonlySet<bigint>, resource: object, place: Place): ReadonlySet<bigint> {
  return 'contained' in resource ? terms.union(containedTerms(resource, place)) : terms
}

function labelsOf({ meta }: Resource): readonly string[] | undefined {
  const labels = meta?.security?.flatMap(({ system = '', code }) =>
    code === undefined ? [] : [`${system}|${code}`],
  )
  return labels?.length ? [...new Set(labels)] : undefined
}

/** A version that says that the resource is deleted; it stays in the chart's log but in no search. */
export function deletedVersion(
  type: ResourceType,
  target: Target,
  chart: { tenant: TenantId; patient?: string },
): NewVersion {
  return {
    self: selfOf(chart.tenant, type, target.id),
    key: target.key,
    version: target.version,
    type,
    id: target.id,
    patient: chart.patient,
    clinical: '-infinity',
    deleted: true,
    terms: new Set(),
    values: { strings: [], dates: [], quantities: [] },
    displays: [],
    json: '',
  }
}

/** The JSON of a resource under an id, version and time: the platform's own meta first, the sender's after. */
export function jsonOf(resource: Resource, target: Omit<Target, 'key'>, at: Instant): string {
  const { resourceType, id: _, meta, ...rest } = resource
  const { versionId: __, lastUpdated: ___, ...kept } = meta ?? {}
  const filled = {
    resourceType,
    id: target.id,
    meta: { versionId: String(target.version), lastUpdated: at, ...kept },
    ...rest,
  }
  return stringifyWithDecimals(filled, resource)
}

/** The version as it is answered. */
export function answeredVersion(version: NewVersion, at: Instant): Version {
  const interaction = version.deleted ? 'delete' : version.version === 1 ? 'create' : 'update'
  return {
    type: version.type,
    id: version.id,
    version: version.version,
    updated: at,
    interaction,
    json: version.json,
  }
}

function clinicalOf(ms: number | undefined): string {
  if (ms === undefined || ms < earliestClinicalMs || ms > latestClinicalMs) return '-infinity'
  return instantOf(ms, 'UTC')
}

/** Years 1 to 9999: what a FHIR date can say. */
const earliestClinicalMs = epochMs('0001-01-01T00:00:00Z')
const latestClinicalMs = epochMs('9999-12-31T23:59:59Z')
