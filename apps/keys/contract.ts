/** What others may rely on: the hierarchy as its screen shows it. */
import type { KeyAct, KeyState, Rotation } from '@xinglin/keys'

export type { KeyAct, Rotation } from '@xinglin/keys'

export const keysPath = '/api/keys/hierarchy'
export const rotationsPath = '/api/keys/rotations'
export const permissions = { read: 'keys.key.read', rotate: 'keys.key.rotate' } as const

export type MasterKeyRow = {
  /** A fingerprint; it gives nothing away. */
  readonly id: string
  readonly source: 'file' | 'environment' | 'command' | 'token'
}

/** One purpose with its versions, newest first; data keys before signing keys. */
export type PurposeRow = {
  readonly purpose: string
  readonly versions: readonly KeyState[]
  /** Tables and columns where values lie; empty of purposes that only sign. */
  readonly places: readonly string[]
}

export type KeysAnswer = {
  readonly suite: KeyState['suite']
  readonly master: MasterKeyRow
  readonly encrypting: readonly (KeyState & { readonly wraps: number })[]
  readonly purposes: readonly PurposeRow[]
  readonly rotations: readonly Rotation[]
}

/** By place how many values lie under each data key. */
export type CountAnswer = { readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>> }

export type AskedChange = { readonly act: KeyAct; readonly purpose: string; readonly reason: string }
