/** Terminals and badges put together on migrated tables. */
import type { Badges } from './badge.ts'
import { createEntering } from './enter.ts'
import { createHashNumber } from './numbers.ts'
import { createOwnBadges } from './own-badge.ts'
import type { BadgeParts } from './parts.ts'
import { createTerminals } from './terminals.ts'

export function createBadges(parts: BadgeParts): Badges {
  const hashNumber = createHashNumber(parts)
  return {
    ...createTerminals(parts),
    ...createOwnBadges(parts, hashNumber),
    ...createEntering(parts, hashNumber),
  }
}
