/** Apps of patients: one agrees on his own pages for one chart and takes it back; a session of staff counts for nothing there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '@xinglin/fhir'
import { createAsking, endOf } from './testing/asking.ts'
import type { Browser } from './testing/browser.ts'
import { testHospital } from './testing/hospital.ts'

const hospital = await testHospital()
const { kernel, issuer, fhirBase } = hospital
const { identity, records } = kernel
const tenant = kernel.actor.tenant
const number = '110101198003077470'
const phone = '13800002468'
const paper = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NI' }] }
const person = (id: string, more: object = {}) => ({
  ...{
    resourceType: 'Patient',
    id,
    name: [{ text: '张三' }],
    identifier: [{ type: paper, value: number }],
    ...more,
  },
})
const weight = (id: string, whose: string) => ({
  ...{ resourceType: 'Observation', id, status: 'final', code: { text: '体重' } },
  subject: { reference: `Patient/${whose}` },
})
const write = (...resources: readonly object[]) =>
  records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'update', resource: resource as Resource }))),
  )
const texts: string[] = []
identity.patients.sendTextsBy({ sendText: async (_, { words }) => void texts.push(words) })

const scope = 'openid fhirUser launch/patient offline_access patient/Patient.rs patient/Observation.rs'
const app = await hospital.letIn({ id: 'diary', people: 'patients', scopes: scope.split(' ') })
const asking = createAsking({ issuer, fhirBase }, app)
await write(person('san'), weight('san-weight', 'san'))

async function patientAtPhone(): Promise<Browser> {
  const browser = hospital.browser()
  const asked = await browser.call('/api/patient-session/codes', { phone })
  const { challenge } = (await asked.json()) as { challenge: string }
  const code = /\d{6}/.exec(texts.at(-1) ?? '')?.[0]
  await browser.call('/api/patient-session', { challenge, code })
  return browser
}

const browser = await patientAtPhone()
let refresh: unknown

test('an app of patients is for patient/ scopes and starts from no record', async () => {
  const { first } = hospital.administrators
  const proposal = {
    name: 'Other',
    publisher: 'Willow',
    purpose: 'Looks',
    kind: 'public',
    people: 'patients',
  } as const
  const redirectUris = ['https://app.example.org/callback']
  for (const wrong of [
    { scopes: ['user/*.rs'] },
    { scopes: ['patient/*.rs'], launchUrl: 'https://app.example.org/launch' },
  ])
    await assert.rejects(identity.apps.register(first, { ...proposal, redirectUris, ...wrong }))
})

test('who has not proved who he is has no chart to let an app into', async () => {
  const page = await browser.open(asking.addressOf({ scope }), { fromElsewhere: true })
  assert.match(page.text, /First prove who you are/)
})

test('a session of staff answers for no app of patients', async () => {
  const desk = await hospital.atDesk()
  const page = await desk.open(asking.addressOf({ scope }), { fromElsewhere: true })
  assert.deepEqual([page.url.pathname, page.url.searchParams.has('continue')], ['/my-record', true])
})

test('a patient agrees for his own chart, and the app sees that one and no more', async () => {
  await browser.call('/api/patient-session/identity', { kind: 'identity-card', number, name: '张三' })

  const given = await asking.exchange(await asking.code(browser, { scope }))
  refresh = given.body.refresh_token
  const token = String(given.body.access_token)
  const record = await hospital.recordBy(token)

  assert.deepEqual([given.status, given.body.patient], [200, 'san'])
  assert.equal((await record.read('Patient', 'san'))?.id, 'san')
  assert.deepEqual(
    (await record.search('Observation', [])).matches.map(({ id }) => id),
    ['san-weight'],
  )
  assert.equal(await record.read('Patient', hospital.asha), undefined)
  await assert.rejects(record.search('Condition', []), /scopes of this app/)
  const who = await fetch(`${kernel.baseUrl}/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(((await who.json()) as { fhirUser?: string }).fhirUser, `${fhirBase}/Patient/san`)
})

test('what stands in the trail is the patient through the app', async () => {
  const { entries } = await identity.auditTrail.forPatient(tenant, 'san', 100)
  assert.ok(
    entries.some(({ actor, client, purpose }) => actor.startsWith('patient/') && client === app && purpose),
  )
})

test('he is asked anew each time, and may refuse', async () => {
  const page = await browser.open(asking.addressOf({ scope }), { fromElsewhere: true })
  assert.match(page.text, /asks for access to the record/)
  assert.match(page.text, /see .* of this patient/)
  assert.equal(endOf(await browser.send(page, 'refuse')), 'access_denied')
  assert.equal(endOf(await browser.open(asking.addressOf({ scope, prompt: 'none' }))), 'interaction_required')
})

test('after a merge the account and its apps follow the survivor, and go back where it is undone', async () => {
  await write(person('san-again', { id: 'survivor' }), weight('new-weight', 'survivor'))
  await write(
    person('san', {
      active: false,
      link: [{ other: { reference: 'Patient/survivor' }, type: 'replaced-by' }],
    }),
  )

  const renewed = await asking.refresh(refresh)
  const account = (await (await browser.call('/api/patient-session')).json()) as {
    charts: readonly { patient: string }[]
  }
  assert.deepEqual([renewed.status, renewed.body.patient], [200, 'survivor'])
  const record = await hospital.recordBy(String(renewed.body.access_token))
  assert.deepEqual(
    (await record.search('Observation', [])).matches.map(({ id }) => id),
    ['new-weight'],
  )
  assert.deepEqual(
    account.charts.map(({ patient }) => patient),
    ['survivor'],
  )

  await write(person('san', { active: true }))
  const back = (await (await browser.call('/api/patient-session')).json()) as typeof account
  assert.deepEqual(
    back.charts.map(({ patient }) => patient),
    ['san'],
  )
  assert.equal((await asking.refresh(renewed.body.refresh_token)).body.error, 'invalid_grant')
})

test('what he takes back on his own pages ends at once', async () => {
  const given = await asking.exchange(await asking.code(browser, { scope }))
  const { agreements } = (await (await browser.call('/api/patient-session/apps')).json()) as {
    agreements: readonly { app: string; name: string }[]
  }
  assert.deepEqual(
    agreements.map(({ app: id }) => id),
    [app],
  )

  const patient = await identity.clients.tokenActor(String(given.body.access_token))
  assert.ok(patient)
  const { client: _app, ...himself } = patient
  await identity.apps.takeBack(himself, app)

  await assert.rejects(hospital.recordBy(String(given.body.access_token)), /nobody is behind/)
  assert.equal((await asking.refresh(given.body.refresh_token)).body.error, 'invalid_grant')
})
