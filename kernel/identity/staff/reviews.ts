/** After a move somebody looks at what rights came along: those given by hand stay until he says so. */
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { notFound } from '@xinglin/fhir'
import { administer, inspect, refuseWithoutReason } from '../administer.ts'
import { localInstant } from '../local-instant.ts'
import { noteChange } from './changes.ts'
import type { StaffParts } from './parts.ts'
import { placeNames } from './places.ts'
import type { Review, Staff } from './staff.ts'

export function createReviews(parts: StaffParts): Pick<Staff, 'reviews' | 'review'> {
  const { runtime } = parts
  return {
    reviews: (by) =>
      inspect(parts, by, {
        permission: 'administration.people.read',
        detail: 'reviews',
        get: () => reviewsOf(parts, by.tenant, {}),
      }),
    async review(by, { id, reason }) {
      const note = refuseWithoutReason(reason)
      await administer(parts, by, {
        permission: 'administration.people.write',
        kind: 'identity.staff-reviewed',
        subject: { type: 'Review', id },
        reason: note,
        work: async (transaction) => {
          const [reviewed] = await transaction.query(sql<{ account: string }>`
            update staff.review
            set reviewed = ${runtime.now()}::timestamptz, reviewed_by = ${by.display}, note = ${note}
            where tenant = ${by.tenant} and id = ${id} and reviewed is null
            returning account`)
          if (!reviewed)
            throw notFound('there is no such review, or it is done', { code: 'staff.no-review', at: 'id' })
          noteChange(transaction, runtime, by, {
            account: reviewed.account,
            what: 'staff-reviewed',
            reason: note,
          })
        },
      })
    },
  }
}

type Row = Omit<Review, 'before' | 'after' | 'reviewed' | 'reviewedBy' | 'note'> & {
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly reviewed: string | null
  readonly reviewedBy: string | null
  readonly note: string | null
}

const shownReviews = 500

/** Of one account all, newest first; else those that wait, oldest first. */
export async function reviewsOf(
  { database, runtime }: Pick<StaffParts, 'database' | 'runtime'>,
  tenant: TenantId,
  { account }: { readonly account?: string },
): Promise<readonly Review[]> {
  const order = account === undefined ? sql`review.at` : sql`review.at desc`
  const rows = await database.query(sql<Row>`
    select review.id, review.account, account.login, account.display, review.at, departments_before as before,
      departments_after as after, added, removed, kept, reviewed, reviewed_by as "reviewedBy", note
    from staff.review
    join identity.account on account.id = review.account
    where review.tenant = ${tenant}
    and (${account}::text is null and reviewed is null or review.account = ${account}::text)
    order by ${order}, review.id
    limit ${shownReviews}`)
  const places = await placeNames(database, tenant)
  const zone = runtime.timeZone
  return rows.map(({ before, after, at, reviewed, reviewedBy, note, ...row }) => ({
    ...row,
    at: localInstant(at, zone) ?? at,
    before: before.map((id) => places('Organization', id)),
    after: after.map((id) => places('Organization', id)),
    ...(reviewed ? { reviewed: localInstant(reviewed, zone) } : {}),
    ...(reviewedBy ? { reviewedBy } : {}),
    ...(note ? { note } : {}),
  }))
}
