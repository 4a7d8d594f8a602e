/** Judging what stands out: once, with its grounds, by somebody else than who did it. */
import { sql, type Transaction } from '@xinglin/database'
import { conflict, forbidden, type Instant } from '@xinglin/fhir'
import type { Actor } from '../../identity.ts'

/** In the caller's transaction, with the audit entry of it. For callers that have decided. */
export async function reviewAnomaly(
  transaction: Transaction,
  by: Actor,
  review: {
    readonly id: string
    readonly outcome: 'justified' | 'not-justified'
    readonly note: string
    readonly at: Instant
  },
): Promise<void> {
  const { id, outcome, note, at } = review
  if (id.split('~')[1] === by.reference)
    throw forbidden('nobody judges what he did himself', { code: 'identity.own-anomaly' })
  const rows = await transaction.query(sql`
    insert into trail.anomaly_review (tenant, anomaly, at, reviewer, reviewer_display, outcome, note)
    values (${by.tenant}, ${id}, ${at}::timestamptz, ${by.reference}, ${by.display}, ${outcome}, ${note})
    on conflict do nothing
    returning anomaly`)
  if (rows.length === 0)
    throw conflict('somebody has judged this already; look again', { code: 'identity.anomaly-reviewed' })
}
