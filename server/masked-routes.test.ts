/**
 * Masks of a role hold at every address: each route that answers is asked as somebody whose roles see names, numbers, phones
 * and addresses masked, and none of his answers has one, whatever room or door the route belongs to.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { dicomMigrations, imagingStudyId, registerDicomWeb } from '@xinglin/dicom-node'
import type { Resource } from '@xinglin/fhir'
import { bulkMigrations, registerFhirApi, subscriptionsMigrations } from '@xinglin/fhir-api'
import { maskedFields } from '@xinglin/identity'
import { testKernel } from '@xinglin/testkit'
import { apps } from './apps.ts'

type Route = { readonly method: string; readonly url: string }
const routes: Route[] = []
const kernel = await testKernel({
  apps,
  migrations: [dicomMigrations, subscriptionsMigrations, bulkMigrations],
  register: async (each) => {
    each.web.http.addHook('onRoute', ({ method, url }) => {
      for (const one of Array.isArray(method) ? method : [method]) routes.push({ method: one, url })
    })
    registerFhirApi(each, { baseUrl: 'http://hospital.example/fhir/R4' })
    await registerDicomWeb(each)
  },
})
const { database, identity, runtime, web } = kernel
const { tenant } = kernel.actor
const password = 'Heron-47-lake'
await identity.ensureAdministrator({ password })
const { actor: administrator, token: adminToken } = await identity.accounts.signIn({
  login: 'admin',
  password,
})
const desk = headersOf(adminToken)

const name = '欧阳若兮'
const secrets = [name, 'OUYANG^RUOXI', '13912345678', '110101199003074477', '云栖路八号']
const recordNumber = 'M10017788'

test('who sees everything masked is told no name, number, phone or address at any address', async () => {
  await holdPatients()
  const ids = await holdWork()
  const clerk = await maskedClerk()
  const told: string[] = []
  const reached = new Set<string>()
  const ask = async (method: 'GET' | 'POST', pattern: string, url: string, payload?: object) => {
    const answer = await web.http.inject({ method, url, headers: clerk, ...(payload ? { payload } : {}) })
    if (answer.statusCode === 200 && /ruoxi|M10017788/.test(answer.body)) reached.add(`${method} ${pattern}`)
    for (const secret of secrets)
      if (answer.body.includes(secret) || answer.rawPayload.includes(secret))
        told.push(`${method} ${url} tells ${secret}`)
  }
  for (const { method, url } of routes)
    if (method === 'GET') for (const address of addressesOf(url, ids)) await ask('GET', url, address)
  for (const [url, payload] of questions) await ask('POST', url, url, payload)

  assert.deepEqual(told, [])
  const missing = mustAnswer.filter((route) => !reached.has(route))
  assert.deepEqual(missing, [], `reached: ${[...reached].join(', ')}`)
})

/** Routes that are known to answer patients: were one of them not reached, the walk would prove nothing. */
const mustAnswer = [
  'GET /fhir/R4/:type/:id',
  'GET /fhir/R4/:type',
  'GET /fhir/R4/:type/:id/_history',
  'GET /api/chart/patients/:id/record',
  'GET /api/chart/recent',
  'GET /api/privacy/erasures',
  'GET /api/privacy/requests',
  'GET /api/privacy/patients/:id/consents',
  'GET /api/privacy/glass',
  'GET /api/master-index/pairs',
  'GET /api/master-index/pairs/:one/:other',
  'GET /api/integration/messages',
  'GET /api/audit/entries',
  'GET /api/audit/entries.csv',
  'GET /api/audit/reports/:patient',
  'GET /dicom-web/studies',
  'POST /api/chart/find',
]

const questions: readonly (readonly [string, object])[] = [
  ['/api/chart/find', { text: recordNumber }],
  ['/api/chart/recent', { patient: 'ruoxi' }],
  ['/api/chart/recent', {}],
  ['/api/master-index/pairs/find', { text: recordNumber }],
  ['/api/master-index/pairs/find', { text: name.slice(0, 2) }],
  ['/api/privacy/patients/find', { text: recordNumber }],
  ['/api/privacy/glass/find', { text: recordNumber }],
  ['/fhir/R4/Patient/_search', { identifier: recordNumber }],
]

/** The addresses of a route, with everything in the place of its parameters that could lead to somebody. */
function addressesOf(url: string, ids: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const clean = url.replaceAll(/\((?:[^()]|\([^()]*\))*\)/g, '').replace('/*', '/1')
  const parameter = /:(\w+)/.exec(clean)?.[1]
  if (parameter === undefined) return [clean]
  const values = ids[parameter] ?? ['1']
  return values.flatMap((value) => addressesOf(clean.replace(`:${parameter}`, value), ids))
}

const patient = (id: string, number: string) => ({
  resourceType: 'Patient',
  id,
  identifier: [
    {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
      value: number,
    },
    { system: 'urn:oid:2.16.156.10011.1.3', value: '110101199003074477' },
  ],
  name: [{ text: name, family: '欧阳', given: ['若兮'] }],
  telecom: [{ system: 'phone', value: '13912345678' }],
  address: [{ text: '云栖路八号', line: ['云栖路八号'], city: '杭州市' }],
  gender: 'female',
  birthDate: '1990-03-07',
})

async function holdPatients(): Promise<void> {
  const subject = { reference: 'Patient/ruoxi', display: name }
  await put(patient('ruoxi', recordNumber))
  await put(patient('ruolan', 'M10017799'))
  await put({ resourceType: 'Encounter', id: 'visit', status: 'finished', class: { code: 'AMB' }, subject })
  await put({
    resourceType: 'Observation',
    id: 'pulse',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject,
    effectiveDateTime: '2026-03-01',
    valueQuantity: { value: 71, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  })
  await put({
    resourceType: 'DocumentReference',
    id: 'paper',
    status: 'current',
    subject,
    content: [
      { attachment: { contentType: 'text/plain', data: Buffer.from('出院小结').toString('base64') } },
    ],
  })
  await put({
    resourceType: 'RelatedPerson',
    id: 'mother',
    patient: subject,
    name: [{ text: name }],
    telecom: [{ system: 'phone', value: '13912345678' }],
  })
  await put({
    resourceType: 'ImagingStudy',
    id: imagingStudyId(tenant, '1.2.3'),
    status: 'available',
    identifier: [{ system: 'urn:dicom:uid', value: 'urn:oid:1.2.3' }],
    subject,
  })
  const attributes = {
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'OUYANG^RUOXI', Ideographic: name }] },
    '00100020': { vr: 'LO', Value: [recordNumber] },
  }
  await database.query(sql`
    insert into dicom.study (tenant, study_instance_uid, patient_id, patient_name, patient, attributes, received_at)
    values (${tenant}, '1.2.3', ${recordNumber}, 'OUYANG^RUOXI', 'ruoxi',
      ${sql.json(attributes)}::jsonb,
      ${runtime.now()}::timestamptz)`)
}

/** What people did about them: requests, an erasure, broken glass, a consent, a list of opened charts. */
async function holdWork(): Promise<Readonly<Record<string, readonly string[]>>> {
  const request = async (kind: string) => {
    const asker = { name: '李四', relation: 'agent' }
    const { request: id } = await post('/api/privacy/commands/request-right', {
      patient: 'ruoxi',
      kind,
      asker,
      wish: '申请',
    })
    await post('/api/privacy/commands/prove-identity', {
      request: id,
      document: 'authorisation',
      lastFour: '0001',
    })
    return id
  }
  const copy = await request('copy')
  const deletion = await request('deletion')
  await post('/api/privacy/commands/answer-right', { request: deletion, decision: 'granted', words: '同意' })
  await post('/api/privacy/commands/record-consent', {
    ...{ patient: 'ruoxi', base: 'permit', exceptions: [], signedBy: { kind: 'patient' } },
  })
  const { id: glass } = await post('/api/privacy/glass', { patient: 'ruoxi', reason: '急诊抢救' })
  const messages = await database.query(
    sql<{ id: string }>`select id::text as id from traffic.message limit 20`,
  )
  const [erasure] = await database.query(sql<{ id: string }>`select id from privacy.erasure`)
  for (;;) {
    const pairs = await database.query(sql`select from master_index.pair`)
    const found = await database.query(sql`select from chart.finder_patient where patient = 'ruoxi'`)
    if (pairs.length > 0 && found.length > 0) break
    await new Promise((settle) => setTimeout(settle, 20))
  }
  return {
    type: ['Patient', 'Observation', 'DocumentReference', 'RelatedPerson', 'Task', 'ImagingStudy'],
    id: [
      'ruoxi',
      'pulse',
      'paper',
      'mother',
      copy,
      glass,
      erasure?.id ?? '',
      ...messages.map(({ id }) => id),
    ],
    patient: ['ruoxi'],
    document: ['paper'],
    one: ['ruolan'],
    other: ['ruoxi'],
    operation: ['$everything', '$graphql?query={Patient(id:"ruoxi"){name{text}}}'],
    member: ['Observation', '*'],
    study: ['1.2.3'],
    version: ['1'],
    index: ['0'],
  }
}

/** Somebody with every right but to see who people are. */
async function maskedClerk() {
  await identity.roles.save(administrator, {
    id: 'clerk',
    title: { zh: '窗口', en: 'Clerk' },
    records: ['*.rs'],
    permissions: ['*'],
  })
  await identity.masking.set(administrator, {
    ...{ role: 'clerk', fields: [...maskedFields], hasWatermark: false, reason: '窗口岗位' },
  })
  const made = await identity.people.create(administrator, {
    login: 'clerk',
    display: 'clerk',
    roles: ['clerk'],
  })
  const first = await identity.accounts.signIn({ login: 'clerk', password: made.oneTimePassword })
  await identity.accounts.changePassword(first.actor, { current: made.oneTimePassword, next: password })
  const headers = headersOf((await identity.accounts.signIn({ login: 'clerk', password })).token)
  await web.http.inject({ method: 'POST', url: '/api/chart/recent', headers, payload: { patient: 'ruoxi' } })
  return headers
}

function headersOf(token: string) {
  return { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' }
}

async function put(resource: object): Promise<void> {
  const { resourceType, id } = resource as Resource & { id: string }
  const headers = { ...(await kernel.authorisation()), 'content-type': 'application/fhir+json' }
  const url = `/fhir/R4/${resourceType}/${id}`
  const answer = await web.http.inject({ method: 'PUT', url, headers, payload: JSON.stringify(resource) })
  assert.ok(answer.statusCode < 300, answer.body)
}

async function post(url: string, payload: object) {
  const answer = await web.http.inject({ method: 'POST', url, headers: desk, payload })
  assert.ok(answer.statusCode < 300, `${url} ${answer.body}`)
  return answer.body === '' ? {} : answer.json()
}
