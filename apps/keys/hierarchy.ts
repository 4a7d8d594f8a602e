/** The hierarchy as the screen shows it: root, key-encryption keys, purposes; no key and nothing that a key could be made of. */
import type { Queryable } from '@xinglin/database'
import type { KeyState, Keys } from '@xinglin/keys'
import type { KeysAnswer, PurposeRow } from './contract.ts'

export async function hierarchyOf(keys: Keys, from: Queryable): Promise<KeysAnswer> {
  const [states, rotations] = await Promise.all([keys.states(), keys.rotations.list(from)])
  const below = states.filter(({ kind }) => kind !== 'key-encryption')
  return {
    suite: keys.suite,
    master: keys.masterKey,
    encrypting: states
      .filter(({ kind }) => kind === 'key-encryption')
      .map((state) => ({ ...state, wraps: below.filter(({ wrappedBy }) => wrappedBy === state.id).length })),
    purposes: purposesOf(below, keys),
    rotations,
  }
}

function purposesOf(states: readonly KeyState[], { rotations }: Keys): readonly PurposeRow[] {
  return [...Map.groupBy(states, ({ purpose }) => purpose)]
    .map(([purpose, versions]) => ({ purpose, versions, places: rotations.placesOf(purpose) }))
    .sort((one, other) => (one.purpose < other.purpose ? -1 : 1))
}
