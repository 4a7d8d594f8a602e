/** Between the password and the second factor: a ticket that opens nothing but the second step. */
import { type Database, type Queryable, sql } from '@xinglin/database'
import { epochMs, instantOf, unauthenticated } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { digest, newSecret } from '../secrets.ts'
import type { Awaiting, FactorMethod } from './factors.ts'

/** To find the phone and open the app, ms. */
const ticketLifeMs = 5 * 60_000

export interface Tickets {
  /** What a sign-in still needs once the password was right; undefined: nothing. */
  awaited(account: { readonly id: string }): Promise<Omit<Awaiting, 'ticket'> | undefined>
  issue(to: Queryable, ticket: Issued): Promise<string>
  /** Throws `unauthenticated` (`identity.ticket`) where it is unknown or over. */
  holder(ticket: string): Promise<Issued>
  spend(to: Queryable, ticket: string): Promise<void>
}
export type Issued = {
  readonly account: string
  readonly address?: string
}

type Options = {
  readonly database: Database
  readonly runtime: Runtime
}

export function createTickets({ database, runtime }: Options): Tickets {
  return {
    async awaited({ id }) {
      const kinds = await database.query(sql<{ kind: FactorMethod }>`
        select distinct kind
        from signin.factor
        where account = ${id} and confirmed is not null
        order by kind`)
      return kinds.length === 0
        ? undefined
        : { awaits: 'proof', methods: [...kinds.map(({ kind }) => kind), 'recovery-code'] }
    },
    async issue(to, { account, address }) {
      const ticket = newSecret()
      const at = runtime.now()
      const ends = instantOf(epochMs(at) + ticketLifeMs, runtime.timeZone)
      await to.query(sql`
        with over as (delete from signin.ticket where ends < ${at}::timestamptz)
        insert into signin.ticket (token_hash, account, awaits, address, ends)
        values (${digest(ticket)}, ${account}, 'proof', ${address}, ${ends})`)
      return ticket
    },
    async holder(ticket) {
      const [row] = await database.query(sql<Omit<Issued, 'address'> & { address: string | null }>`
        select account, address
        from signin.ticket
        where token_hash = ${digest(ticket)} and ends > ${runtime.now()}::timestamptz`)
      if (!row) throw overTicket()
      const { account, address } = row
      return { account, ...(address === null ? {} : { address }) }
    },
    async spend(to, ticket) {
      const spent = await to.query(sql`
        delete from signin.ticket
        where token_hash = ${digest(ticket)}
        returning account`)
      if (spent.length === 0) throw overTicket()
    },
  }
}

function overTicket() {
  return unauthenticated('the password was given too long ago: sign in again', { code: 'identity.ticket' })
}
