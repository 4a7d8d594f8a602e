/** What was made of messages that were erased with a person's data: its contents go, and what waits to be sent is dropped. */
import { sql } from '@xinglin/database'
import type { Eraser } from '@xinglin/records'

/** Runs after the journal's own eraser, which says which messages are erased. */
export const deliveryEraser: Eraser = {
  name: 'interfaces.content',
  tables: ['interfaces.content', 'interfaces.delivery'],
  async erase(transaction, { tenant }) {
    await transaction.query(sql`
      update interfaces.delivery
      set state = case when state in ('waiting', 'refused') then 'dropped' else state end, next_at = null, reason = null,
        settled_at = coalesce(settled_at, transaction_timestamp())
      from traffic.message
      where delivery.tenant = ${tenant} and message.id = delivery.message and message.erased is not null
        and (delivery.state in ('waiting', 'refused') or delivery.reason is not null)`)
    const contents = await transaction.query(sql`
      delete from interfaces.content
      using traffic.message
      where content.tenant = ${tenant} and message.id = content.message and message.erased is not null
      returning content.id`)
    return { rows: contents.length }
  },
}
