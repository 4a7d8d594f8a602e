/** Secrets of upstream sign-in, sealed; each for its purpose and for what it belongs to. */
import { unsupported } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'

export type Purpose = 'provider' | 'flow' | 'session'

/** Throws `unsupported` (`identity.no-keys`) in a process without keys. */
export function sealed(keys: Keys | undefined, purpose: Purpose, context: string, plain: string) {
  return sealing(keys).sealText(plain, { purpose: `upstream.${purpose}`, context })
}

export function unsealed(keys: Keys | undefined, purpose: Purpose, context: string, text: string) {
  return sealing(keys).openText(text, { purpose: `upstream.${purpose}`, context })
}

function sealing(keys: Keys | undefined): Keys {
  if (keys) return keys
  throw unsupported('this process holds no keys to seal secrets with', { code: 'identity.no-keys' })
}
