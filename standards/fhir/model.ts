/** FHIR R4 §2.26 resources and §2.3.0 references: the words that every part of the platform shares. */
import type { FhirResource } from 'fhir/r4'

export type * from 'fhir/r4'

export type Resource = FhirResource
export type ResourceType = FhirResource['resourceType']
export type ResourceOf<T extends ResourceType> = Extract<FhirResource, { resourceType: T }>

/** A logical id that belongs to one resource type (R4 §2.24.0.1 id: `[A-Za-z0-9\-.]{1,64}`). */
export type Id<T extends ResourceType = ResourceType> = string & { readonly [resource in T]?: true }

/** `Patient/123` for a type and id. */
export function referenceTo(type: string, id: string): string {
  return `${type}/${id}`
}

export type LocalReference = { readonly type: string; readonly id: string; readonly version?: string }

const local = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/

/** The parts of a relative literal reference; undefined for urn:, absolute and contained ones. */
export function parseReference(reference: string | undefined): LocalReference | undefined {
  const match = reference ? local.exec(reference) : null
  if (!match?.[1] || !match[2]) return undefined
  return { type: match[1], id: match[2], ...(match[3] ? { version: match[3] } : {}) }
}
