/** A dangerous act asks for the second factor anew (GB/T 22239-2019 §8.1.4.1; OWASP ASVS 5.0 V7.5). */
import { epochMs, unauthenticated } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Actor } from '../identity.ts'

/** How long a shown factor counts for dangerous acts, ms. */
export const stepUpMs = 10 * 60_000

/**
 * Throws `unauthenticated` (`identity.step-up`) where a person who has a second factor has not shown it in the last ten
 * minutes. Whether he must have one is decided at sign-in; machines and the platform itself have none.
 */
export function demandStepUp(actor: Actor, runtime: Pick<Runtime, 'now'>): void {
  const { kind, secondFactor } = actor
  if (kind !== 'user' || !secondFactor) return
  if (epochMs(runtime.now()) - epochMs(secondFactor.at) <= stepUpMs) return
  throw unauthenticated('this act needs your second factor once more', { code: 'identity.step-up' })
}
