/** When and from where somebody signed in to an account, or tried to: whoever knows his own habits finds a stranger first. */
import { type Queryable, sql } from '@xinglin/database'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'

export type SignIn = {
  readonly at: Instant
  /** Network address that it came from. */
  readonly address?: string
  /** `locked`: too many wrong passwords before, so that none was looked at. */
  readonly outcome: 'allowed' | 'refused' | 'locked'
}

export interface SignInHistory {
  note(to: Queryable, account: string, signIn: Omit<SignIn, 'at'>): Promise<void>
  /** The newest, newest first. */
  list(account: string): Promise<readonly SignIn[]>
}

/** More than this nobody reads; the audit trail keeps everything. */
const kept = 50

export function createSignInHistory(options: {
  readonly database: Queryable
  readonly runtime: Runtime
}): SignInHistory {
  const { database, runtime } = options
  return {
    async note(to, account, { address, outcome }) {
      await to.query(sql`
        with over as (
          delete from signin.sign_in
          where account = ${account} and id < (
            select id from signin.sign_in where account = ${account} order by id desc offset ${kept} limit 1)
        )
        insert into signin.sign_in (account, at, address, outcome)
        values (${account}, ${runtime.now()}::timestamptz, ${address}, ${outcome})`)
    },
    async list(account) {
      const rows = await database.query(
        sql<Omit<SignIn, 'address'> & { readonly address: string | null }>`
          select at, address, outcome
          from signin.sign_in
          where account = ${account}
          order by id desc
          limit ${kept}`,
      )
      return rows.map(({ at, address, outcome }) => ({
        at: instantOf(epochMs(at), runtime.timeZone),
        ...(address === null ? {} : { address }),
        outcome,
      }))
    },
  }
}
