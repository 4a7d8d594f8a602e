/** Who must have a second factor where nobody has set it (GB/T 22239-2019 §8.1.4.1 d; decision 98). */
import { isIP } from 'node:net'
import type { IdentitySettings } from '@xinglin/identity'
import type { Config } from './config.ts'

type Reaching = Pick<Config, 'secondFactor' | 'bind' | 'publicUrl' | 'trustedProxies'>

/**
 * What XINGLIN_SECOND_FACTOR says; unset, administrators must have one, and nobody while the record is that of the
 * demonstration and no other machine reaches it.
 */
export async function demandedFactor(
  config: Reaching,
  isDemonstration: () => Promise<boolean>,
): Promise<NonNullable<IdentitySettings['secondFactor']>> {
  if (config.secondFactor) return config.secondFactor
  return isReachedFromHereAlone(config) && (await isDemonstration()) ? 'optional' : 'administrators'
}

/** A proxy on the same machine would let others in by the loopback interface. */
function isReachedFromHereAlone({ bind, publicUrl, trustedProxies }: Reaching): boolean {
  const isLoopback = bind === '::1' || (isIP(bind) === 4 && bind.startsWith('127.'))
  return isLoopback && publicUrl === undefined && trustedProxies === undefined
}
