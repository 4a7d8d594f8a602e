/** Carrying out a verification that somebody has asked for. */
import type { Kernel } from '@xinglin/app'
import { fault } from '@xinglin/fhir'
import { runVerification } from '@xinglin/identity/audit'

export const verifyTask = 'audit.verify'
/** Verifications read the whole trail: one after the other. */
export const verifyQueue = 'audit.verify'

/** Carries it out, or on where a process was killed. */
export function verify(
  { database, keys, runtime }: Kernel,
  { id }: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  if (typeof id !== 'string') throw fault('a verification has no id', { code: 'audit.job' })
  const { now, timeZone } = runtime
  return runVerification({ database, keys, now, timeZone }, id, signal)
}
