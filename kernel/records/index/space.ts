/** Tenant, type and parameter folded into hashes: an index entry of one institution can never answer another. */
import type { TenantId } from '@xinglin/events'
import { hash32, hash64 } from '../hot/hash.ts'

/** The resources of one type in one institution. */
export type Space = { readonly tenant: TenantId; readonly type: string }

/** Identity of a resource, and what references to it are compared with. */
export function selfOf(tenant: TenantId, type: string, id: string): bigint {
  return hash64(`${tenant}/${type}/${id}`)
}

/** Stands for one parameter of a space in the tables of values. */
export function slotOf(space: Space, parameter: string): number {
  return hash32(`${nameOf(space, parameter)}=`)
}

/**
 * A reference is stored as the identity of its target mixed with this by exclusive or, so that SQL can go from a
 * resource to those that refer to it and back without knowing how identities are made.
 */
export function saltOf(space: Space, parameter: string): bigint {
  return hash64(`${nameOf(space, parameter)}>`)
}

export function referenceTerm(space: Space, parameter: string, self: bigint): bigint {
  return self ^ saltOf(space, parameter)
}

/** A code in any system. */
export function codeTerm(space: Space, parameter: string, code: string): bigint {
  return hash64(`${nameOf(space, parameter)}=${code}`)
}

/** A code of a system; `null` where the element names none. */
export function systemCodeTerm(space: Space, parameter: string, system: string | null, code: string): bigint {
  return hash64(`${nameOf(space, parameter)}${system === null ? '#' : `@${system}`}\n${code}`)
}

/** Any code of a system. */
export function systemTerm(space: Space, parameter: string, system: string): bigint {
  return hash64(`${nameOf(space, parameter)}@${system}`)
}

/** A uri, the url of a canonical or reference; with version where one is named. */
export function urlTerm(space: Space, parameter: string, url: string, version?: string): bigint {
  return hash64(`${nameOf(space, parameter)}<${url}${version === undefined ? '' : `|${version}`}`)
}

/** A place in the hierarchy of uris: of all that stand there or below. */
export function belowTerm(space: Space, parameter: string, uri: string): bigint {
  return hash64(`${nameOf(space, parameter)}</${uri}`)
}

/** A text exactly as written. */
export function textTerm(space: Space, parameter: string, text: string): bigint {
  return hash64(`${nameOf(space, parameter)}"${text}`)
}

/** A code and what stands beside it in one element of a composite, each in one of its forms. */
export function compositeTerm(space: Space, parameter: string, code: string, other: string): bigint {
  return hash64(`${nameOf(space, parameter)}$${code}\n$${other}`)
}

/** The identifier of a logical reference takes part as tokens of this parameter. */
export function identifierParameter(parameter: string): string {
  return `${parameter}:identifier`
}

/** Any value of the parameter at all. */
export function presenceTerm(space: Space, parameter: string): bigint {
  return hash64(`${nameOf(space, parameter)}!`)
}

function nameOf({ tenant, type }: Space, parameter: string): string {
  return `${tenant}/${type}?${parameter}`
}
