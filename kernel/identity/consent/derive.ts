/** Keeps the rules of patients' consents beside the Consents: in the transaction that writes one, and anew from all of them. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceOf } from '@xinglin/fhir'
import { parseVersion, type Records, type Unit, type Version } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Directive } from './consent.ts'
import { directiveOf } from './directive.ts'
import { ruleRows, termRows } from './rule-rows.ts'

/** Raised whenever rules are read from Consents in another way: the tables are then made anew at the next start. */
const derivation = 1
/** Consents of one round of rebuilding. */
const consentsAtOnce = 500

/** Puts the rules of what was written in the place of those before. */
export async function deriveConsents(
  { tenant, transaction }: Pick<Unit, 'tenant' | 'transaction'>,
  versions: readonly Version[],
  timeZone: string,
): Promise<void> {
  await forget(
    transaction,
    tenant,
    versions.map(({ id }) => id),
  )
  await remember(
    transaction,
    tenant,
    versions.flatMap((version) => directiveOfVersion(version, timeZone) ?? []),
  )
}

function directiveOfVersion(version: Version, timeZone: string): Directive | undefined {
  if (version.interaction === 'delete') return undefined
  const consent: ResourceOf<'Consent'> = parseVersion(version, 'Consent')
  return directiveOf(consent, timeZone)
}

type Needs = { readonly records: Records; readonly runtime: Runtime }

/** Makes the rules of an institution anew from its Consents; writes of Consents wait meanwhile. */
export async function rebuildConsents({ records, runtime }: Needs, tenant: TenantId): Promise<number> {
  return records.commit({ tenant, actor: 'system/consent' }, async (unit) => {
    const { transaction } = unit
    await transaction.query(sql`lock table consent.rule in share row exclusive mode`)
    await transaction.query(sql`delete from consent.rule where tenant = ${tenant}`)
    const rebuilt = await rememberAll(unit, runtime.timeZone)
    await transaction.query(sql`
      insert into consent.built (tenant, derivation, at)
      values (${tenant}, ${derivation}, ${runtime.now()}::timestamptz)
      on conflict (tenant) do update set derivation = excluded.derivation, at = excluded.at`)
    return rebuilt
  })
}

/** The same for each institution whose rules were made in an older way, or never. */
export async function rebuildOldConsents(needs: Needs, from: Queryable): Promise<void> {
  const old = await from.query(sql<{ tenant: TenantId }>`
    select id as tenant
    from identity.tenant
    where id not in (select tenant from consent.built where derivation = ${derivation})`)
  for (const { tenant } of old) await rebuildConsents(needs, tenant)
}

async function rememberAll(unit: Unit, timeZone: string): Promise<number> {
  let rebuilt = 0
  let query: readonly (readonly [string, string])[] | undefined = [['_count', String(consentsAtOnce)]]
  while (query) {
    const page = await unit.search('Consent', query)
    const directives = page.matches.flatMap((version) => directiveOfVersion(version, timeZone) ?? [])
    await remember(unit.transaction, unit.tenant, directives)
    rebuilt += page.matches.length
    query = page.next === undefined ? undefined : [...new URLSearchParams(page.next)]
  }
  return rebuilt
}

function forget(from: Queryable, tenant: TenantId, consents: readonly string[]): Promise<unknown> {
  return from.query(sql`delete from consent.rule where tenant = ${tenant} and consent = any(${consents})`)
}

async function remember(from: Queryable, tenant: TenantId, directives: readonly Directive[]): Promise<void> {
  if (directives.length === 0) return
  const rules = directives.flatMap((directive) => ruleRows(tenant, directive))
  const terms = directives.flatMap((directive) => termRows(tenant, directive))
  await Promise.all([
    from.query(sql`
      insert into consent.rule
      select
        ${tenant}::integer, consent, number, parent, ancestors, patient, decision, actors, purposes, starts, ends, types,
        instances, data_from, data_until, has_codes, has_labels, has_unknown, names_purpose, about_consents
      from json_to_recordset(${sql.json(rules)}::json) as row(
        consent text, number integer, parent integer, ancestors integer[], patient text, decision text, actors text[],
        purposes text[], starts timestamptz, ends timestamptz, types text[], instances bigint[], data_from timestamptz,
        data_until timestamptz, has_codes boolean, has_labels boolean, has_unknown boolean, names_purpose boolean,
        about_consents boolean)`),
    from.query(sql`
      insert into consent.rule_terms
      select ${tenant}::integer, consent, number, aspect, type, terms
      from json_to_recordset(${sql.json(terms)}::json) as row(
        consent text, number integer, aspect text, type records.resource_type, terms bigint[])`),
  ])
}
