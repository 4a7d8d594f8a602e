/** Who stands at a terminal: at most one session, and of a person at most one terminal. */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs } from '@xinglin/fhir'
import type { BadgeParts } from './parts.ts'

export type Standing = { readonly session: string; readonly account: string; readonly isOver: boolean }

/** The session that stands at a terminal; undefined where none does. */
export async function standingAt(
  { runtime }: Pick<BadgeParts, 'runtime'>,
  transaction: Transaction,
  terminal: string,
): Promise<Standing | undefined> {
  const [row] = await transaction.query(sql<{ session: string; account: string; ends: string }>`
    select session.id as session, session.account, session.ends
    from staff.terminal_session
    join identity.session on session.id = terminal_session.session
    where terminal = ${terminal}
    for update`)
  return row && { ...row, isOver: epochMs(row.ends) <= epochMs(runtime.now()) }
}

type Leaving = {
  readonly terminal: string
  readonly tenant: TenantId
  /** Who makes the other leave. */
  readonly actor: string
}

/** Ends the session that stands at a terminal, if one does. */
export async function leaveTerminal(
  parts: Pick<BadgeParts, 'runtime' | 'sessions' | 'events'>,
  transaction: Transaction,
  { terminal, tenant, actor }: Leaving,
): Promise<void> {
  const standing = await standingAt(parts, transaction, terminal)
  if (!standing) return
  await parts.sessions.closeOne(transaction, standing.session)
  parts.events.append(transaction, { tenant, actor }, [
    { kind: 'identity.terminal-left', data: { subject: standing.account, terminal } },
  ])
}

/** A session takes its place at a terminal that nobody stands at; its person leaves any other. */
export async function takePlace(
  parts: Pick<BadgeParts, 'runtime' | 'sessions' | 'events'>,
  transaction: Transaction,
  { session, account, ...place }: Leaving & { readonly session: string; readonly account: string },
): Promise<void> {
  const others = await transaction.query(sql<{ terminal: string }>`
    select terminal
    from staff.terminal_session
    join identity.session on session.id = terminal_session.session
    where session.account = ${account} and terminal <> ${place.terminal}
    order by terminal`)
  for (const { terminal } of others) await leaveTerminal(parts, transaction, { ...place, terminal })
  await transaction.query(sql`
    insert into staff.terminal_session (terminal, session)
    values (${place.terminal}, ${session})`)
  await transaction.query(sql`
    update staff.terminal
    set seen = ${parts.runtime.now()}::timestamptz
    where id = ${place.terminal}`)
  transaction.afterCommit(parts.sessions.forget)
}
