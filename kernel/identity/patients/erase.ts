/** The accounts of an erased patient, what others opened to him, and what his relatives opened by his chart. */
import { sql } from '@xinglin/database'
import type { Eraser } from '@xinglin/records'

export const accountEraser: Eraser = {
  name: 'patients.account',
  tables: [
    'patients.account',
    'patients.session',
    'patients.sign_in',
    'patients.attempt',
    'patients.code',
    'patients.guardian',
    'patients.delegation',
    'patients.desk',
    'oauth.access',
    'oauth.agreement',
    'oauth.app_use',
  ],
  async erase(transaction, { tenant, patients }) {
    const accounts = await transaction.query(sql<{ id: string; phoneHash: Buffer | null }>`
      select id, phone_hash as "phoneHash"
      from patients.account
      where tenant = ${tenant} and patient = any (${patients}::text[])
      for update`)
    const ids = accounts.map(({ id }) => id)
    const phones = accounts.flatMap(({ phoneHash }) => (phoneHash ? [phoneHash] : []))
    await transaction.query(sql`
      delete from patients.code where tenant = ${tenant} and phone_hash = any (${phones}::bytea[])`)
    for (const table of ['session', 'sign_in', 'attempt'] as const)
      await transaction.query(sql`
        delete from ${sql.id('patients', table)} where account = any (${ids}::text[])`)
    for (const table of ['guardian', 'delegation'] as const)
      await transaction.query(sql`
        delete from ${sql.id('patients', table)}
        where tenant = ${tenant} and (account = any (${ids}::text[]) or patient = any (${patients}::text[]))`)
    await transaction.query(sql`
      delete from patients.desk
      where tenant = ${tenant} and (account = any (${ids}::text[]) or patients && ${patients}::text[])`)
    await transaction.query(sql`
      with ended as (
        delete from oauth.access
        where tenant = ${tenant} and (account = any (${ids}::text[]) or patient = any (${patients}::text[]))
        returning id
      )
      delete from oauth.artifact
      using ended
      where artifact.access = ended.id`)
    for (const table of ['agreement', 'app_use'] as const)
      await transaction.query(sql`
        delete from ${sql.id('oauth', table)} where account = any (${ids}::text[])`)
    await transaction.query(sql`delete from patients.account where id = any (${ids}::text[])`)
    return { rows: ids.length }
  },
}
