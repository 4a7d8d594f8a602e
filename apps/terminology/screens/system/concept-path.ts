/** The address of one concept with its neighbours. */
import type { SystemKey } from './use-concepts.ts'

export function conceptPath({ url, version }: SystemKey, code: string): string {
  const query = new URLSearchParams({ system: url, ...(version ? { version } : {}), code })
  return `/api/terminology/concept?${query}`
}
