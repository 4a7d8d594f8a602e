/** Staff put together on migrated tables; from now on rights follow what is written of people and their positions. */
import type { Migrations } from '@xinglin/database'
import { createDelegations } from './delegations.ts'
import { keepStaff, type Needs, rebuildOldStaff } from './derive.ts'
import { applyDue } from './due.ts'
import { createEmployment } from './employment.ts'
import { createHrDoor } from './hr-door.ts'
import { createMappings } from './mappings.ts'
import type { StaffParts } from './parts.ts'
import { createPeoplePages } from './people-pages.ts'
import { createReviews } from './reviews.ts'
import { settleAll } from './settle.ts'
import type { Staff } from './staff.ts'

/** Tables of the schema `staff`. */
export const staffMigrations: Migrations = {
  name: 'staff',
  folder: new URL('./migrations/', import.meta.url),
}

export function createStaff(given: Omit<StaffParts, 'schedule'>): Staff {
  const parts: StaffParts = { ...given, schedule: {} }
  const { records, runtime, database } = parts
  const needs: Needs = {
    ...{ records, runtime },
    settle: (transaction, tenant, practitioners) => settleAll(parts, transaction, { tenant, practitioners }),
  }
  keepStaff(needs)
  return {
    ...createHrDoor(parts),
    ...createPeoplePages(parts),
    ...createEmployment(parts),
    ...createMappings(parts),
    ...createReviews(parts),
    ...createDelegations(parts),
    timeBy(schedule) {
      parts.schedule.now = schedule
    },
    applyDue: () => applyDue(parts),
    rebuildOld: () => rebuildOldStaff(needs, database),
  }
}
