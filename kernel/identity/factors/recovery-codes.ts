/** For the day when the phone is lost: ten codes on paper, each good once (NIST SP 800-63B §5.1.2, look-up secrets). */
import { type Queryable, sql } from '@xinglin/database'
import type { Runtime } from '@xinglin/runtime'
import { digest, oneTimePassword } from '../secrets.ts'

const codesAtOnce = 10

/** New codes in place of all before; given here and never again. */
export async function renewCodes(to: Queryable, account: string): Promise<readonly string[]> {
  const codes = Array.from({ length: codesAtOnce }, oneTimePassword)
  await to.query(sql`delete from signin.recovery_code where account = ${account}`)
  await to.query(sql`
    insert into signin.recovery_code (account, code_hash)
    select ${account}, unnest(${codes.map(digest)}::bytea[])`)
  return codes
}

/** Whether it was one of the account's unused codes, which is thereby used up. */
export async function takeCode(
  to: Queryable,
  { account, code, runtime }: { account: string; code: string; runtime: Runtime },
): Promise<boolean> {
  const taken = await to.query(sql`
    update signin.recovery_code
    set used = ${runtime.now()}::timestamptz
    where account = ${account} and code_hash = ${digest(code)} and used is null
    returning account`)
  return taken.length === 1
}
