/** One write as asked, from a request or from a bundle entry: http.html §3.1.0.8 create and patch, .7 update, .9 delete and their conditions. */
import { invalid, notAllowed, notFound, type Resource, type ResourceType } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import type { Query } from '@xinglin/records'
import { matchVersion } from '../http/conditions.ts'
import { type Conditions, queryOf } from '../http/request.ts'
import { type ResourcePatch, readResourcePatch } from '../patch/patch.ts'

export type WriteOperation =
  | {
      readonly kind: 'create'
      readonly type: ResourceType
      readonly resource: Resource
      readonly unless?: Query
    }
  | {
      readonly kind: 'update'
      readonly type: ResourceType
      readonly resource: Resource
      /** By id, or by the one match of a search (conditional update). */
      readonly target: Target
      readonly ifVersion?: number
    }
  | {
      readonly kind: 'patch'
      readonly type: ResourceType
      readonly patch: ResourcePatch
      readonly target: Target
      readonly ifVersion?: number
    }
  | {
      readonly kind: 'delete'
      readonly type: ResourceType
      readonly target: Target
      readonly ifVersion?: number
    }

export type Target = { readonly id: string } | { readonly query: Query }

export type WriteAsked = {
  readonly method: string
  /** `Patient`, `Patient/1`; no leading slash. */
  readonly path: string
  readonly query: Query
  readonly conditions: Conditions
  readonly body: unknown
  /** FHIRPath of the body, for issues: `Bundle.entry[3].resource`; absent for a body of its own. */
  readonly at?: string
}

/** The operation that a method and path mean; throws `notFound` for an unknown type, `notAllowed` for another method. */
export function readOperation(asked: WriteAsked): WriteOperation {
  const [written = '', id, ...more] = asked.path.split('/')
  const type = knownType(written)
  if (more.length > 0) throw noSuchPath(asked)
  switch (asked.method) {
    case 'POST':
      if (id !== undefined) throw noSuchPath(asked)
      return create(type, asked)
    case 'PUT':
      return update(type, id, asked)
    case 'PATCH':
      return {
        kind: 'patch',
        type,
        patch: readResourcePatch(asked.body, asked.at),
        target: targetOf(type, id, asked),
        ifVersion: matchVersion(asked.conditions.ifMatch),
      }
    case 'DELETE':
      return {
        kind: 'delete',
        type,
        target: targetOf(type, id, asked),
        ifVersion: matchVersion(asked.conditions.ifMatch),
      }
    default:
      throw noSuchPath(asked)
  }
}

/** The resource type of a path; §3.1.0.1.12: an unknown one is 404. */
export function knownType(written: string): ResourceType {
  if (isResourceType(written)) return written
  throw notFound('FHIR R4 has no such resource type', { code: 'fhir-api.unknown-type' })
}

const idForm = /^[A-Za-z0-9\-.]{1,64}$/

/** A logical id as R4 writes it; anything else finds nothing. */
export function knownId(id: string): string {
  if (idForm.test(id)) return id
  throw invalid('a logical id has 1 to 64 of A-Z a-z 0-9 - .', { code: 'fhir-api.bad-id', at: 'id' })
}

function noSuchPath({ method }: WriteAsked) {
  return notAllowed(`${method} cannot be used at this address`, { code: 'fhir-api.method' })
}

function create(type: ResourceType, asked: WriteAsked): WriteOperation {
  const resource = resourceOf(type, asked)
  const { ifNoneExist } = asked.conditions
  if (ifNoneExist === undefined) return { kind: 'create', type, resource }
  const unless = queryOf(ifNoneExist.slice(ifNoneExist.indexOf('?') + 1))
  if (unless.length === 0) {
    throw invalid('If-None-Exist must hold search parameters', {
      code: 'fhir-api.if-none-exist',
      at: 'if-none-exist',
    })
  }
  return { kind: 'create', type, resource, unless }
}

function update(type: ResourceType, id: string | undefined, asked: WriteAsked): WriteOperation {
  const resource = resourceOf(type, asked)
  const target = targetOf(type, id, asked)
  if ('id' in target && resource.id !== target.id) {
    throw invalid('the id in the resource must be the id in the address', {
      code: 'fhir-api.id-mismatch',
      at: `${asked.at ?? type}.id`,
    })
  }
  return { kind: 'update', type, resource, target, ifVersion: matchVersion(asked.conditions.ifMatch) }
}

function targetOf(type: ResourceType, id: string | undefined, asked: WriteAsked): Target {
  if (id !== undefined && id !== '') return { id: knownId(id) }
  if (asked.query.length > 0) return { query: asked.query }
  throw notAllowed(`${asked.method} ${type} needs an id or search parameters`, { code: 'fhir-api.method' })
}

function resourceOf(type: ResourceType, { body, at }: WriteAsked): Resource {
  const written =
    typeof body === 'object' && body !== null && 'resourceType' in body ? body.resourceType : undefined
  if (written === type) return body as Resource
  throw invalid(`the body must be a resource of type ${type}, as the address says`, {
    code: 'fhir-api.type-mismatch',
    at: at ?? 'resourceType',
  })
}
