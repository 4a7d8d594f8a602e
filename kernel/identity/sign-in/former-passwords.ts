/** A password does not come again soon (GB/T 22239-2019 §8.1.4.1 a: passwords are changed, not turned round). */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import { invalid } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Passwords } from '../passwords.ts'

export interface FormerPasswords {
  /** Throws `invalid` (`identity.password-rule`, at `next`) where it is the present one or one of those before it. */
  refuse(account: { readonly id: string; readonly passwordHash: string }, next: string): Promise<void>
  /** Keeps the present password of an account as a former one; call it before the new one is written. */
  keep(transaction: Transaction, account: string): void
}

type Options = {
  readonly database: Queryable
  readonly passwords: Passwords
  readonly runtime: Runtime
  /** How many passwords, the present one among them, may not be chosen. */
  readonly remembered: number
}

export function createFormerPasswords(options: Options): FormerPasswords {
  const { database, passwords, runtime, remembered } = options
  return {
    async refuse({ id, passwordHash }, next) {
      const former = await database.query(sql<{ hash: string }>`
        select password_hash as hash
        from signin.former_password
        where account = ${id}
        order by id desc
        limit ${remembered - 1}`)
      for (const hash of [passwordHash, ...former.map((row) => row.hash)]) {
        if (await passwords.verify(hash, next)) throw usedBefore(remembered)
      }
    },
    keep(transaction, account) {
      transaction.send(sql`
        insert into signin.former_password (account, password_hash, replaced)
        select id, password_hash, ${runtime.now()}::timestamptz
        from identity.account
        where id = ${account}`)
      transaction.send(sql`
        delete from signin.former_password
        where account = ${account} and id not in (
          select id
          from signin.former_password
          where account = ${account}
          order by id desc
          limit ${remembered})`)
    },
  }
}

function usedBefore(remembered: number) {
  return invalid(`the new password is one of your last ${remembered}; choose another`, {
    code: 'identity.password-rule',
    at: 'next',
    values: { rule: 'password-former' },
  })
}
