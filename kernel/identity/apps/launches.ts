/** EHR launch (SMART App Launch 2.2 §ehr-launch): a one-time value bound to session, person, app, patient and encounter. */
import { sql } from '@xinglin/database'
import { epochMs, forbidden, instantOf, notFound } from '@xinglin/fhir'
import type { Actor, GuardedRecords } from '../identity.ts'
import { patientOf } from '../patients-of.ts'
import { digest, newSecret } from '../secrets.ts'
import { approvedApp } from './app-rows.ts'
import type { Apps, OauthStore } from './apps.ts'
import type { AppParts } from './create-apps.ts'

/** The app asks for authorisation as its first act: seconds, on a slow ward network a minute. */
const launchLifeMs = 5 * 60_000

export type LaunchParts = AppParts & { readonly recordsFor: (actor: Actor) => GuardedRecords }

export function createLaunch(parts: LaunchParts): Apps['launch'] {
  return async (by, { app: id, patient, encounter, iss }) => {
    const { database, runtime, audit } = parts
    const app = await approvedApp(database, id, runtime)
    if (!app?.launchUrl || app.tenant !== by.tenant)
      throw notFound('there is no such app that starts from the record', {
        code: 'identity.no-app',
        at: 'app',
      })
    if (by.kind !== 'user' || by.session === undefined || by.client !== undefined)
      throw forbidden('a person who is signed in launches apps', { code: 'identity.launch-person' })
    await refuseForeignContext(parts.recordsFor(by), { patient, encounter })
    const token = newSecret()
    const at = runtime.now()
    const ends = instantOf(epochMs(at) + launchLifeMs, runtime.timeZone)
    await database.transaction(async (transaction) => {
      await transaction.query(sql`
        with over as (delete from oauth.launch where ends < ${at}::timestamptz)
        insert into oauth.launch (token_hash, tenant, app, account, session, patient, encounter, ends)
        values (${digest(token)}, ${by.tenant}, ${id}, ${by.id}, ${by.session}, ${patient}, ${encounter}, ${ends})`)
      audit.write(transaction, by, [
        { action: 'launch', resourceType: 'App', resourceId: id, patient, outcome: 'allowed' },
      ])
    })
    const url = new URL(app.launchUrl)
    url.searchParams.set('iss', iss)
    url.searchParams.set('launch', token)
    return { url: url.href }
  }
}

async function refuseForeignContext(
  records: GuardedRecords,
  { patient, encounter }: { patient: string; encounter?: string },
): Promise<void> {
  const found = await records.read('Patient', patient)
  if (!found) throw notFound('there is no such patient', { code: 'identity.launch-context', at: 'patient' })
  if (encounter === undefined) return
  const visit = await records.read('Encounter', encounter)
  if (visit && patientOf(visit) === patient) return
  throw notFound('the patient has no such encounter', { code: 'identity.launch-context', at: 'encounter' })
}

/** Uses a launch up in one statement, so that two requests never both get it. */
export function takeLaunch({ database, runtime }: AppParts): OauthStore['takeLaunch'] {
  return async (launch, { app, actor }) => {
    const [row] = await database.query(sql<{ patient: string; encounter: string | null }>`
      update oauth.launch
      set used = ${runtime.now()}::timestamptz
      where token_hash = ${digest(launch)}
      and app = ${app}
      and account = ${actor.id}
      and session = ${actor.session}
      and used is null
      and ends > ${runtime.now()}::timestamptz
      returning patient, encounter`)
    return row && { patient: row.patient, ...(row.encounter === null ? {} : { encounter: row.encounter }) }
  }
}
