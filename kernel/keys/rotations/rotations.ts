/** Rotations: a new version, everything that older versions sealed sealed anew, and old versions retired. */
import type { Queryable, Transaction } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { SealedPlace } from './sealed-place.ts'

/** `rotate` a purpose, `wrap` all keys under a new key-encryption key, `retire` the older versions of a purpose. */
export type KeyAct = 'rotate' | 'wrap' | 'retire'

export type RotationState = 'making' | 'sealing' | 'settling' | 'counting' | 'done' | 'kept'

export type Rotation = {
  readonly id: number
  readonly act: KeyAct
  /** Empty of `wrap`. */
  readonly purpose: string
  readonly state: RotationState
  /** Values, or keys of `wrap`, that were sealed or wrapped anew, and how many were due at the beginning. */
  readonly moved: number
  readonly due: number
  /** By place how many values still lie under older versions; places without any are left out. */
  readonly remains: Readonly<Record<string, number>>
  readonly display: string
  readonly reason: string
  readonly asked: Instant
  readonly ended?: Instant
}

export type AskedRotation = { readonly act: KeyAct; readonly purpose: string }

export interface Rotations {
  /** Whoever seals says where his values lie; the same place again replaces it. */
  declare(place: SealedPlace): void
  /** Places of a purpose; empty where nobody declared any. */
  placesOf(purpose: string): readonly string[]
  /** By place how many values lie under each data key (`d7`); every row is looked at. */
  count(from: Queryable, purpose: string): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>>
  /**
   * Notes what is asked for and answers its number, for the job `keys.rotation`. Throws `notFound` (`keys.no-purpose`) and
   * `conflict`: `keys.rotation-goes-on`, `keys.nothing-to-retire`, `keys.no-places`.
   */
  ask(
    transaction: Transaction,
    asked: AskedRotation & {
      readonly actor: string
      readonly display: string
      readonly reason: string
      readonly at: Instant
    },
  ): Promise<number>
  /** Throws what `ask` would throw for what nobody can do. */
  refuse(from: Queryable, asked: AskedRotation): Promise<void>
  /** The next step of one; `wait` where other processes and transactions have to follow first. */
  step(id: number): Promise<'more' | 'wait' | 'ended'>
  /** Newest first, at most 100. */
  list(from: Queryable): Promise<readonly Rotation[]>
}
