/**
 * R4 resource-operation-meta, -meta-add and -meta-delete: profiles, security labels and tags of a resource, and those in
 * use. A change of labels is a new version like any other, so that history and log tell who labelled what.
 */
import {
  gone,
  invalid,
  type Meta,
  notFound,
  OutcomeError,
  parseWithDecimals,
  type Resource,
  type ResourceType,
} from '@xinglin/fhir'
import type { Labels, Version } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import { matchVersion } from '../http/conditions.ts'
import type { OperationCall } from './operation.ts'
import { isObject, type Parameters, refuseUnknown } from './parameters.ts'

/** Others may write between reading and writing; who names no version is served after them. */
const mostAttempts = 3

export async function meta({ records, level, type, id, parameters }: OperationCall): Promise<Answer> {
  refuseUnknown(parameters, [])
  if (level === 'instance' && type !== undefined && id !== undefined)
    return answered(metaOf(present(type, await records.read(type, id))))
  return answered(withoutEmpty(await records.labels(type)))
}

export function metaAdd(call: OperationCall): Promise<Answer> {
  return change(call, (kept, given) => ({
    profile: [...kept.profile, ...without(given.profile, kept.profile, isSameProfile)],
    security: [...kept.security, ...without(given.security, kept.security, isSameLabel)],
    tag: [...kept.tag, ...without(given.tag, kept.tag, isSameLabel)],
  }))
}

export function metaDelete(call: OperationCall): Promise<Answer> {
  return change(call, (kept, given) => ({
    profile: without(kept.profile, given.profile, isSameProfile),
    security: without(kept.security, given.security, isSameLabel),
    tag: without(kept.tag, given.tag, isSameLabel),
  }))
}

type Changed = (kept: Labels, given: Labels) => Labels

async function change(call: OperationCall, changed: Changed): Promise<Answer> {
  const { request, type, id, parameters } = call
  refuseUnknown(parameters, ['meta'])
  if (type === undefined || id === undefined) throw noMeta()
  const given = givenLabels(parameters)
  const ifVersion = matchVersion(request.conditions.ifMatch)
  for (let attempt = 1; ; attempt++) {
    try {
      const version = await changeOnce(call, { type, id, ifVersion }, (kept) => changed(kept, given))
      return answered(metaOf(version), version)
    } catch (error) {
      const isOvertaken =
        error instanceof OutcomeError && error.failure === 'stale' && ifVersion === undefined
      if (!isOvertaken || attempt === mostAttempts) throw error
    }
  }
}

type Target = { readonly type: ResourceType; readonly id: string; readonly ifVersion: number | undefined }

function changeOnce(
  { records, trace }: OperationCall,
  { type, id, ifVersion }: Target,
  changed: (kept: Labels) => Labels,
): Promise<Version> {
  return records.commit(async (unit) => {
    const read = present(type, await unit.read(type, id))
    const resource = parseWithDecimals(read.json) as Resource
    const { profile: _, security: __, tag: ___, ...kept } = resource.meta ?? {}
    const meta = { ...kept, ...withoutEmpty(changed(labelsOf(resource.meta))) }
    const versions = await unit.write([
      { kind: 'update', resource: { ...resource, meta }, ifVersion: ifVersion ?? read.version },
    ])
    await trace.accepted(unit, versions)
    return versions[0] ?? read
  })
}

function givenLabels(parameters: Parameters): Labels {
  const [given, ...others] = parameters.map(({ value }) => value)
  if (others.length > 0 || !isObject(given)) throw noMeta()
  const labels = labelsOf(given)
  if (Object.values(labels).every((list) => list.length === 0)) throw noMeta()
  return labels
}

function noMeta() {
  return invalid(
    'the body must be Parameters with one meta (valueMeta) that has a profile, security or tag',
    {
      code: 'fhir-api.operation-meta',
      at: 'Parameters.parameter',
    },
  )
}

/** What is no list is left to validation. */
function labelsOf(meta: unknown): Labels {
  const part = (name: keyof Labels) => {
    const list = isObject(meta) ? meta[name] : undefined
    return Array.isArray(list) ? list : []
  }
  return { profile: part('profile'), security: part('security'), tag: part('tag') }
}

function without<T>(
  list: readonly T[],
  taken: readonly T[],
  isSame: (one: T, other: T) => boolean,
): readonly T[] {
  return list.filter((each) => !taken.some((other) => isSame(each, other)))
}

function isSameProfile(one: string, other: string): boolean {
  return one === other
}

/** Labels are one where system and code are (§resource.html#tag); display and version do not matter. */
function isSameLabel(one: Labels['tag'][number], other: Labels['tag'][number]): boolean {
  return one.system === other.system && one.code === other.code
}

/** FHIR JSON has no empty lists. */
function withoutEmpty(labels: Labels): Partial<Meta> {
  return Object.fromEntries(Object.entries(labels).filter(([, list]) => list.length > 0))
}

function present(type: ResourceType, version: Version | undefined): Version {
  if (!version) throw notFound(`there is no such ${type}`, { code: 'fhir-api.not-found' })
  if (version.interaction !== 'delete') return version
  throw gone(`this ${type} was deleted; its history is still there`, { code: 'fhir-api.deleted' })
}

function metaOf(version: Version): object {
  return (JSON.parse(version.json) as Resource).meta ?? {}
}

function answered(valueMeta: object, version?: Version): Answer {
  const parameter = Object.keys(valueMeta).length === 0 ? {} : { parameter: [{ name: 'return', valueMeta }] }
  const body = JSON.stringify({ resourceType: 'Parameters', ...parameter })
  return { status: 200, body, ...(version ? { version } : {}) }
}
