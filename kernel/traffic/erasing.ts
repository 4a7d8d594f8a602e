/**
 * Raw messages of an erased person: those that made anything of his, and those that made nothing but say his numbers. A
 * message about several people goes whole; what it made of the others stays in the record.
 */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { ErasedPerson, ErasedRows } from '@xinglin/records'
import type { Keeping, StoredBytes } from './sealing.ts'
import type { Door } from './traffic.ts'

/** Messages that are looked at in one transaction: some 100 ms. */
const batchRows = 2_000

type Row = {
  readonly id: string
  readonly tenant: TenantId
  readonly door: Door
  readonly sender: string
  readonly controlId: string
  readonly isHis: boolean
  readonly isRead: boolean
}

/** Empties the next batch of messages. */
export async function eraseMessages(
  transaction: Transaction,
  keeping: Keeping,
  {
    person,
    at,
    after = '0',
  }: { readonly person: ErasedPerson; readonly at: Instant; readonly after?: string | undefined },
): Promise<ErasedRows> {
  const rows = await transaction.query(sql<Row>`
    select message.id::text as id, message.tenant, door, sender, control_id as "controlId",
      exists (
        select from unnest(settlement.made) as made
        where split_part(made, '/_history/', 1) = any (${person.references}::text[])
      ) as "isHis",
      settlement.outcome is distinct from 'accepted' or settlement.made = '{}' as "isRead"
    from traffic.message
    left join traffic.settlement on settlement.message = message.id
    where message.id > ${after}::bigint and message.tenant = ${person.tenant} and message.erased is null
    order by message.id
    limit ${batchRows}`)
  const his: string[] = []
  for (const row of rows)
    if (row.isHis || (row.isRead && (await saysANumber(transaction, keeping, { row, person }))))
      his.push(row.id)
  await empty(transaction, his, at)
  const last = rows.at(-1)
  return { rows: his.length, ...(rows.length === batchRows && last ? { next: last.id } : {}) }
}

type Asked = { readonly row: Row; readonly person: ErasedPerson }

/** Digits and letters of numbers are the same bytes in every character set that the doors take. */
async function saysANumber(
  transaction: Transaction,
  keeping: Keeping,
  { row, person }: Asked,
): Promise<boolean> {
  if (person.numbers.length === 0) return false
  const [stored] = await transaction.query(sql<StoredBytes>`
    select raw as bytes, is_compressed as "isCompressed", is_sealed as "isSealed"
    from traffic.message
    where id = ${row.id}::bigint`)
  if (!stored) return false
  const raw = Buffer.from(await keeping.open(stored, row))
  return person.numbers.some((number) => raw.includes(number))
}

/** Reasons of refusals may quote what a message said. */
async function empty(transaction: Transaction, ids: readonly string[], at: Instant): Promise<void> {
  await transaction.query(sql`
    update traffic.message
    set raw = '', is_compressed = false, is_sealed = false, erased = ${at}::timestamptz
    where id = any (${ids}::bigint[])`)
  await transaction.query(sql`
    update traffic.settlement
    set reason = ''
    where message = any (${ids}::bigint[]) and outcome = 'refused'`)
}
