/** What every part of sign-in by others is given. */
import type { Upstream } from '@xinglin/identity'
import type { Runtime } from '@xinglin/runtime'
import type { Addresses, SignIns } from '@xinglin/web'

export type Needs = {
  readonly upstream: Upstream
  readonly runtime: Runtime
  readonly signIns: SignIns
  readonly addresses: Addresses
  /** Without a slash at its end. */
  readonly publicUrl: () => string
}

/** Under which every route of this door lies. */
export const routePath = '/api/session/upstream'
