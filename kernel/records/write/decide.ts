/** What a change means for what is there: pure decisions, made while the present versions are locked. */
import { isDeepStrictEqual } from 'node:util'
import type { TenantId } from '@xinglin/events'
import {
  conflict,
  impreciseIn,
  invalid,
  notFound,
  type OperationOutcomeIssue,
  OutcomeError,
  type Resource,
  type ResourceType,
  stale,
  stringifyWithDecimals,
} from '@xinglin/fhir'
import { indexOf } from '@xinglin/fhir/search'
import { validate } from '@xinglin/fhir/validate'
import { chartsOf } from '../index/main-patient.ts'
import { selfOf } from '../index/space.ts'
import type { Change, Named, Version } from '../records.ts'
import { versionOf } from '../versions.ts'
import { deletedVersion, filledVersion, type NewVersion, type Place } from './rows.ts'
import type { Present } from './statements.ts'

/** A change whose resource is valid and whose identity is known. */
export type Identified = {
  readonly change: Change
  readonly type: ResourceType
  readonly id: string
  readonly self: bigint
  /** Place in the call. */
  readonly order: number
  /** False for a create: it is tried first, since almost always nothing is there. */
  readonly mayExist: boolean
  /** It is not even looked whether something is there. */
  readonly isNew: boolean
}

export type Decision =
  | { readonly kind: 'insert'; readonly version: NewVersion }
  | { readonly kind: 'replace'; readonly version: NewVersion }
  | { readonly kind: 'unchanged'; readonly version: Version }

/** FHIR R4 §2.24.0.1 id. */
const logicalId = /^[A-Za-z0-9\-.]{1,64}$/

/** Checks all changes of a call; throws `invalid` with every issue of every resource. */
export function identify(
  changes: readonly Change[],
  tenant: TenantId,
  newId: () => string,
): readonly Identified[] {
  const issues = changes.flatMap((change) => (change.kind === 'delete' ? [] : validate(change.resource)))
  if (issues.length > 0) throw invalidResource(issues)
  return changes.map((change, order) => {
    const type = change.kind === 'delete' ? change.type : change.resource.resourceType
    const given = change.kind === 'update' ? change.resource.id : change.id
    const id = given ?? (change.kind === 'create' ? newId() : '')
    if (!logicalId.test(id)) throw badId(type)
    const isCreate = change.kind === 'create'
    const isNew = isCreate && (change.isNew === true || given === undefined)
    return { change, type, id, self: selfOf(tenant, type, id), order, mayExist: !isCreate, isNew }
  })
}

type Circumstances = Place & { readonly key: bigint }

/** What to store for a change; throws `stale`, `conflict` or `notFound` where it cannot be. */
export function decide(
  identified: Identified,
  present: Present | undefined,
  circumstances: Circumstances,
): Decision {
  if (present && !isSame(present, identified, circumstances.tenant)) throw idTaken(identified)
  const { change } = identified
  switch (change.kind) {
    case 'create':
      if (present && !present.deleted) throw alreadyThere(identified)
      return storing(change.resource, identified, present, circumstances)
    case 'update':
      refuseStale(identified, present, change.ifVersion)
      if (present && !present.deleted && isEqual(change.resource, present)) {
        return { kind: 'unchanged', version: versionOf(present, circumstances.timeZone) }
      }
      return storing(change.resource, identified, present, circumstances)
    case 'delete':
      refuseStale(identified, present, change.ifVersion)
      return deleting(identified, present, circumstances)
  }
}

function storing(
  resource: Resource,
  { id }: Identified,
  present: Present | undefined,
  circumstances: Circumstances,
): Decision {
  const target = { id, key: present?.key ?? circumstances.key, version: (present?.version ?? 0) + 1 }
  const version = filledVersion(resource, target, circumstances)
  if (!present) return { kind: 'insert', version }
  return { kind: 'replace', version: { ...version, formerPatients: formerPatients(present, circumstances) } }
}

/** The past of a chart is found by them (see `as-of/`). */
function formerPatients(
  { type, deleted, patient, content }: Present,
  { timeZone }: Place,
): readonly string[] {
  if (deleted) return patient === null ? [] : [patient]
  return chartsOf(type, indexOf(JSON.parse(content), { timeZone }))
}

function deleting(identified: Identified, present: Present | undefined, place: Place): Decision {
  const { type, id } = identified
  const { tenant, timeZone } = place
  if (!present) throw absent({ type, id })
  if (present.deleted) return { kind: 'unchanged', version: versionOf(present, timeZone) }
  const target = { id, key: present.key, version: present.version + 1 }
  return {
    kind: 'replace',
    version: {
      ...deletedVersion(type, target, { tenant, patient: present.patient ?? undefined }),
      formerPatients: formerPatients(present, place),
    },
  }
}

function refuseStale(
  { type, id }: Identified,
  present: Present | undefined,
  ifVersion: number | undefined,
): void {
  if (ifVersion === undefined || present?.version === ifVersion) return
  if (!present) throw absent({ type, id }, ifVersion)
  throw staleAs({ type, id }, `has version ${present.version}, not ${ifVersion}`)
}

/** The failure of deleting, or of changing in a version, what never was. */
export function absent(named: Named, ifVersion?: number): OutcomeError {
  const { type, id } = named
  if (ifVersion !== undefined) return staleAs(named, `is not there in version ${ifVersion}`)
  return notFound(`there is no ${type}/${id} to delete`, { code: 'records.not-found', at: type })
}

function staleAs({ type, id }: Named, standing: string): OutcomeError {
  return stale(`${type}/${id} ${standing}; read it again and repeat the change`, {
    code: 'records.stale',
    at: type,
  })
}

function isSame(present: Present, { type, id }: Identified, tenant: TenantId): boolean {
  return present.tenant === tenant && present.type === type && present.id === id
}

/** Equal but for what the platform itself writes: id, version and time. */
function isEqual(resource: Resource, present: Present): boolean {
  if (!isDeepStrictEqual(withoutOwn(resource), withoutOwn(JSON.parse(present.content)))) return false
  // Values alone are not all: 1.5 and 1.50 differ in precision (FHIR R4 §2.24.0.1).
  return impreciseIn(stringifyWithDecimals(resource)) === impreciseIn(present.content)
}

function withoutOwn(resource: Resource): object {
  const { id: _, meta, ...rest } = JSON.parse(JSON.stringify(resource)) as Resource
  const { versionId: __, lastUpdated: ___, ...kept } = meta ?? {}
  return { ...rest, meta: kept }
}

function invalidResource(issues: readonly OperationOutcomeIssue[]): OutcomeError {
  return new OutcomeError('invalid', { resourceType: 'OperationOutcome', issue: [...issues] })
}

function badId(type: ResourceType): OutcomeError {
  return invalid('an id has 1 to 64 letters, digits, hyphens and dots (FHIR R4 id)', {
    code: 'records.bad-id',
    at: `${type}.id`,
  })
}

function alreadyThere({ type, id }: Identified): OutcomeError {
  return conflict(`${type}/${id} is already there; update it, or create under another id`, {
    code: 'records.exists',
    at: `${type}.id`,
  })
}

/** Two identities met in 64 bits (see `hot/hash.ts`); the resource that is there is left alone. */
function idTaken({ type, id }: Identified): OutcomeError {
  return conflict(`the id of ${type}/${id} cannot be used here; choose another`, {
    code: 'records.id-taken',
    at: `${type}.id`,
  })
}
