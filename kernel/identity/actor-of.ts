/** Work for somebody who is not there (a notification that he asked for): who a reference names, with the rights of now. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Runtime } from '@xinglin/runtime'
import type { Actor } from './identity.ts'
import { patientActor } from './patients/charts.ts'
import type { RoleBook } from './roles.ts'
import { type StaffColumns, staffColumns, staffOf } from './staff/actor-columns.ts'

type Needs = {
  readonly database: Database
  readonly roles: RoleBook
  readonly runtime: Pick<Runtime, 'now'>
}

/** The person, machine client or service behind `user/<id>`, `patient/<id>`, `client/<id>` or `app/<id>`; undefined where unknown or disabled. */
export async function actorOf(needs: Needs, reference: string): Promise<Actor | undefined> {
  const { database } = needs
  const [kind, id, ...more] = reference.split('/')
  if (!id || more.length > 0) return undefined
  if (kind === 'client') return clientActor(database, id)
  if (kind === 'app') return appActor(database, id)
  if (kind === 'patient') return patientActor(database, id, needs.runtime.now())
  return kind === 'user' ? personActor(needs, id) : undefined
}

type Row = { readonly id: string; readonly tenant: TenantId; readonly display: string }

async function clientActor(database: Database, id: string): Promise<Actor | undefined> {
  const [client] = await database.query(sql<Row & { readonly scopes: readonly string[] }>`
    select id, tenant, display, scopes
    from identity.client
    where id = ${id} and disabled is null`)
  return client && { kind: 'client', reference: `client/${id}`, roles: [], ...client }
}

/** A service that was let in, with all that it is registered for. */
async function appActor(database: Database, id: string): Promise<Actor | undefined> {
  const [app] = await database.query(sql<Row & { readonly scopes: readonly string[] }>`
    select id, tenant, name as display, scopes
    from oauth.app
    where id = ${id} and kind = 'service' and state = 'approved'`)
  return app && { kind: 'client', reference: `app/${id}`, roles: [], client: id, ...app }
}

async function personActor({ database, roles, runtime }: Needs, id: string): Promise<Actor | undefined> {
  const [account] = await database.query(sql<
    Row & StaffColumns & { readonly roles: readonly string[]; readonly mustChangePassword: boolean }
  >`
    select id, tenant, display, roles, must_change_password as "mustChangePassword",
      ${staffColumns(runtime.now())}
    from identity.account
    where id = ${id} and disabled is null`)
  if (!account) return undefined
  await roles.refresh(account.tenant)
  const { mustChangePassword, practitioner, departments, ...person } = account
  return {
    kind: 'user',
    reference: `user/${id}`,
    scopes: [],
    ...person,
    ...staffOf({ practitioner, departments }),
    ...(mustChangePassword ? { mustChangePassword } : {}),
  }
}
