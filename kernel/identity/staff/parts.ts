/** What staff stands on. */
import type { Records } from '@xinglin/records'
import type { PeopleParts } from '../people.ts'
import type { Schedule } from './staff.ts'

export type StaffParts = PeopleParts & {
  readonly records: Records
  /** Who wakes the platform at an instant, once somebody said so. */
  readonly schedule: { now?: Schedule }
}
