/** What people agreed to, as each sees it of himself, and how it is taken back. */
import { sql } from '@xinglin/database'
import { notFound } from '@xinglin/fhir'
import { localInstant } from '../local-instant.ts'
import type { Agreement, Apps } from './apps.ts'
import type { AppParts } from './create-apps.ts'

export function createAgreements(parts: AppParts): Pick<Apps, 'agreements' | 'takeBack'> {
  const { database, runtime, audit, tokens } = parts
  return {
    async agreements(by) {
      const rows = await database.query(sql<Agreement>`
        select agreement.app, app.name, agreement.scopes, agreement.agreed
        from oauth.agreement
        join oauth.app on app.id = agreement.app
        where agreement.account = ${by.id}
        order by app.name`)
      return rows.map((row) => ({
        ...row,
        agreed: localInstant(row.agreed, runtime.timeZone) ?? row.agreed,
      }))
    },
    takeBack: (by, app) =>
      database.transaction(async (transaction) => {
        const taken = await transaction.query(sql`
          delete from oauth.agreement
          where account = ${by.id} and app = ${app}
          returning app`)
        if (taken.length === 0)
          throw notFound('you have no agreement with this app', { code: 'identity.no-app', at: 'app' })
        await transaction.query(sql`
          delete from oauth.artifact
          using oauth.access
          where artifact.access = access.id and access.account = ${by.id} and access.app = ${app}`)
        await transaction.query(sql`delete from oauth.access where account = ${by.id} and app = ${app}`)
        audit.write(transaction, by, [
          { action: 'take-back', resourceType: 'App', resourceId: app, outcome: 'allowed' },
        ])
        transaction.afterCommit(() => tokens.clear())
      }),
  }
}
