/** What became of a received document, by the DocumentReference that keeps it. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ReceivedDocument } from '../contract.ts'

type Told = Pick<ReceivedDocument, 'outcome' | 'made' | 'missed'> & { readonly reason: string | null }

/** Undefined for a document that was not received. */
export async function receivedOf(
  from: Queryable,
  tenant: TenantId,
  document: string,
): Promise<Pick<ReceivedDocument, 'outcome' | 'reason' | 'made' | 'missed'> | undefined> {
  const [row] = await from.query<Told>(sql<Told>`
    select outcome, reason, made, missed from documents.received where tenant = ${tenant} and document = ${document}`)
  if (!row) return undefined
  const { reason, ...told } = row
  return { ...told, ...(reason ? { reason } : {}) }
}
