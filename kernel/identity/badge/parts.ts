/** What badges stand on. */
import type { Keys } from '@xinglin/keys'
import type { PeopleParts } from '../people.ts'
import type { SignInHistory } from '../sign-in/sign-in.ts'

export type BadgeParts = PeopleParts & {
  readonly signIns: SignInHistory
  /** Seals the key of the digests; without it there are no badges. */
  readonly keys: Keys | undefined
}
