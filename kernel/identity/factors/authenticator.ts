/** RFC 6238: codes of an authenticator app; each is taken once (§5.2), one step of 30 s early or late (§6). */
import { type Queryable, sql } from '@xinglin/database'
import { epochMs, unsupported } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { Secret, TOTP } from 'otpauth'

const stepMs = 30_000
const driftSteps = 1
/** RFC 4226 §4 R6: 160 bits. */
const secretBytes = 20

type Options = {
  readonly database: Queryable
  readonly runtime: Runtime
  readonly keys: Keys | undefined
}

/** Makes secrets, seals them, and judges codes. */
export function createAuthenticators({ database, runtime, keys }: Options) {
  const sealing = () => {
    if (keys) return keys
    throw unsupported('this process holds no keys to seal secrets with', { code: 'identity.no-keys' })
  }
  const binding = (factor: string) => ({ purpose: 'signin.totp', context: `factor/${factor}` })
  return {
    async make({ id, login }: { id: string; login: string }) {
      const secret = new Secret({ size: secretBytes })
      const uri = new TOTP({ issuer: 'Xinglin', label: login, secret }).toString()
      const sealed = await sealing().sealText(secret.base32, binding(id))
      return { secret: secret.base32, uri, sealed }
    },
    /** Whether `code` is a fresh one of the factor, which is thereby used up. */
    async take(factor: { id: string; secret: string }, code: string): Promise<boolean> {
      const base32 = await sealing().openText(factor.secret, binding(factor.id))
      const timestamp = epochMs(runtime.now())
      const totp = new TOTP({ secret: Secret.fromBase32(base32) })
      const delta = totp.validate({ token: code, timestamp, window: driftSteps })
      if (delta === null) return false
      const step = Math.floor(timestamp / stepMs) + delta
      const taken = await database.query(sql`
        update signin.factor
        set last_step = ${step}, last_used = ${runtime.now()}::timestamptz
        where id = ${factor.id} and last_step < ${step}
        returning id`)
      return taken.length === 1
    },
  }
}
