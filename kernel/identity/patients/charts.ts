/** Whose charts an account reaches now: his own, his children's until they are of age, those that relatives opened to him. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import type { ReachedChart } from './patients.ts'

/** Guardians and delegations that hold at an instant, of a row `account`; a delegation binds phone and proved name together. */
const opened = (at: Instant): Sql => sql`
  select guardian.patient, 'guardian' as relation, guardian.until
  from patients.guardian
  where guardian.account = account.id and guardian.ended is null and account.patient is not null
    and guardian.since <= ${at}::timestamptz and guardian.until > ${at}::timestamptz
  union all
  select delegation.patient, 'delegate' as relation, delegation.until
  from patients.delegation
  where delegation.tenant = account.tenant and delegation.phone_hash = account.phone_hash
    and delegation.name_plain = account.name_plain and delegation.ended is null
    and delegation.since <= ${at}::timestamptz and delegation.until > ${at}::timestamptz`

/** An array of the Patients, for a statement with a row `account`. */
export function chartsSql(at: Instant): Sql {
  return sql`array(
    select account.patient where account.patient is not null
    union
    select patient from (${opened(at)}) as opened)`
}

export type ActorRow = {
  readonly id: string
  readonly tenant: TenantId
  readonly name: string | null
  readonly phoneEnd: string
  readonly patient: string | null
  readonly charts: readonly string[]
}

/** The actor of an account without its session. */
export function actorOfRow({ id, tenant, name, phoneEnd, patient, charts }: ActorRow): Actor {
  return {
    ...{ kind: 'patient', id, reference: `patient/${id}`, tenant, roles: [], scopes: [] },
    display: name ?? `手机尾号 ${phoneEnd}`,
    purpose: 'PATRQT',
    charts,
    ...(patient === null ? {} : { patientContext: patient }),
  }
}

/** Who a patient's account is, with the charts that it reaches now; undefined where it is unknown or closed. */
export async function patientActor(from: Queryable, id: string, at: Instant): Promise<Actor | undefined> {
  const [row] = await from.query(sql<ActorRow>`
    select account.id, account.tenant, account.name, account.phone_end as "phoneEnd", account.patient,
      ${chartsSql(at)} as charts
    from patients.account
    where account.id = ${id} and account.closed is null`)
  return row && actorOfRow(row)
}

/** The same with what opened each. */
export async function listCharts(
  from: Queryable,
  { id, timeZone, at }: { readonly id: string; readonly timeZone: string; readonly at: Instant },
): Promise<readonly ReachedChart[]> {
  const rows = await from.query(
    sql<{ patient: string; relation: ReachedChart['relation']; until: string | null }>`
      select chart.patient, chart.relation, chart.until
      from patients.account, lateral (
        select account.patient, 'self' as relation, null::timestamptz as until where account.patient is not null
        union all
        ${opened(at)}) as chart
      where account.id = ${id} and account.closed is null
      order by chart.relation = 'self' desc, chart.relation desc, chart.until, chart.patient`,
  )
  return rows.map(({ patient, relation, until }) => ({
    patient,
    relation,
    ...(until === null ? {} : { until: localInstant(until, timeZone) ?? at }),
  }))
}
