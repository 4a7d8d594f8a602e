/** The zone of the house, for times of documents that say none. */
import type { Kernel } from '@xinglin/app'
import { instantOf } from '@xinglin/fhir'

/** `+08:00`. */
export function offsetOf({ runtime }: Pick<Kernel, 'runtime'>): string {
  return (
    /(Z|[+-]\d{2}:\d{2})$/
      .exec(instantOf(Date.parse(runtime.now()), runtime.timeZone))?.[0]
      .replace('Z', '+00:00') ?? '+00:00'
  )
}
