/**
 * Whether an institution has anything of a kind at all (a labelled resource, a consent): most looks then cost nothing. The
 * log tells each process of the first within a moment; it is asked again after seconds in any case.
 */
import type { EventLog, LogEntry, TenantId } from '@xinglin/events'
import { epochMs } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { believedMs } from '../settings.ts'

type Kind = {
  readonly ask: (tenant: TenantId) => Promise<boolean>
  /** Whether an entry of the log tells of one. */
  readonly isSign: (entry: LogEntry) => boolean
  /** Calls `note` with each write of this process that makes one: sooner than the log tells. */
  readonly listen?: (note: (tenant: TenantId) => void) => void
}

/** Once there is one it is believed for the life of the process. */
export function createInUse(
  { events, runtime }: { readonly events: EventLog; readonly runtime: Runtime },
  { ask, isSign, listen }: Kind,
): (tenant: TenantId) => boolean | Promise<boolean> {
  const known = new Map<TenantId, { readonly atMs: number; readonly isUsed: boolean }>()
  const nowMs = () => epochMs(runtime.now())
  const note = (tenant: TenantId) => void known.set(tenant, { atMs: nowMs(), isUsed: true })
  listen?.(note)
  events.follow((entries) => {
    for (const entry of entries) if (isSign(entry)) note(entry.tenant)
  })
  const look = async (tenant: TenantId) => {
    const atMs = nowMs()
    const isUsed = await ask(tenant)
    if (!known.get(tenant)?.isUsed) known.set(tenant, { atMs, isUsed })
    return isUsed
  }
  return (tenant) => {
    const last = known.get(tenant)
    const isFresh = last && (last.isUsed || Math.abs(nowMs() - last.atMs) <= believedMs)
    return isFresh ? last.isUsed : look(tenant)
  }
}
