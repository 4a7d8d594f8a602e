/**
 * PIPL article 47: where a law keeps what somebody wants deleted, all other processing than storing and protecting it stops.
 * The Patient then bears this label: nobody without the right to such records finds the chart, and no index lists it.
 */
import type { Resource } from '@xinglin/fhir'

export const storageOnlyLabel = { system: 'urn:xinglin:label', code: 'storage-only' } as const

/** Whether a resource is only stored any more. */
export function isStorageOnly({ meta }: Pick<Resource, 'meta'>): boolean {
  return (
    meta?.security?.some(
      ({ system, code }) => system === storageOnlyLabel.system && code === storageOnlyLabel.code,
    ) === true
  )
}

/** The resource with the label. */
export function withStorageOnly<R extends Resource>(resource: R): R {
  if (isStorageOnly(resource)) return resource
  const { meta = {} } = resource
  return { ...resource, meta: { ...meta, security: [...(meta.security ?? []), storageOnlyLabel] } }
}
