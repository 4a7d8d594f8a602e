/** Where identity keeps what it seals, each with the context that it was sealed for; the keys move it to new versions. */
import { sql } from '@xinglin/database'
import type { Keys, SealedPlace } from '@xinglin/keys'

const base64url = (bytes: unknown) => (Buffer.isBuffer(bytes) ? bytes.toString('base64url') : '')

const places: readonly SealedPlace[] = [
  {
    ...{ purpose: 'signin.totp', at: ['signin', 'factor', 'secret'], form: 'text' },
    ...{ reads: sql`id`, contextOf: ({ id }) => `factor/${id}` },
  },
  {
    ...{ purpose: 'staff.badge', at: ['staff', 'pepper', 'sealed'], form: 'text' },
    ...{ reads: sql`id`, contextOf: () => 'pepper' },
  },
  {
    ...{ purpose: 'patients.pepper', at: ['patients', 'pepper', 'sealed'], form: 'text' },
    ...{ reads: sql`id`, contextOf: ({ id }) => `pepper/${id}` },
  },
  {
    ...{ purpose: 'patients.phone', at: ['patients', 'account', 'phone_sealed'], form: 'text' },
    ...{ reads: sql`id`, contextOf: ({ id }) => `account/${id}` },
  },
  {
    ...{ purpose: 'patients.phone', at: ['patients', 'code', 'phone_sealed'], form: 'text' },
    ...{ reads: sql`id_hash`, contextOf: ({ id_hash: hash }) => `code/${base64url(hash)}` },
  },
  {
    ...{ purpose: 'upstream.provider', at: ['upstream', 'provider', 'secret'], form: 'text' },
    ...{ reads: sql`id`, contextOf: ({ id }) => String(id) },
  },
  {
    ...{ purpose: 'upstream.flow', at: ['upstream', 'flow', 'sealed'], form: 'text' },
    ...{ reads: sql`provider`, contextOf: ({ provider }) => String(provider) },
  },
  {
    ...{ purpose: 'upstream.session', at: ['upstream', 'session', 'id_token'], form: 'text' },
    ...{ reads: sql`provider`, contextOf: ({ provider }) => String(provider) },
  },
  {
    ...{ purpose: 'upstream.session', at: ['upstream', 'pending', 'id_token'], form: 'text' },
    ...{ reads: sql`provider`, contextOf: ({ provider }) => String(provider) },
  },
  // Sealed by the authorisation server, kept here.
  {
    ...{ purpose: 'authorization.artifact', at: ['oauth', 'artifact', 'sealed'], form: 'bytes' },
    ...{ reads: sql`kind`, contextOf: ({ kind }) => String(kind) },
  },
  {
    ...{ purpose: 'authorization.artifact', at: ['oauth', 'signing_key', 'sealed'], form: 'bytes' },
    ...{ reads: sql`id`, contextOf: ({ id }) => String(id) },
  },
]

export function declareSealedPlaces(keys: Keys): void {
  for (const place of places) keys.rotations.declare(place)
}
