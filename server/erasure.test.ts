/** J-SEC-5: a deletion is asked for, granted and confirmed by two people, and carried out wherever the platform keeps anything. */
import assert from 'node:assert/strict'
import { verify } from 'node:crypto'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { dicomMigrations, studyEraser } from '@xinglin/dicom-node'
import type { Resource } from '@xinglin/fhir'
import { bulkMigrations, exportEraser, registerFhirApi, subscriptionsMigrations } from '@xinglin/fhir-api'
import { deliveryEraser } from '@xinglin/interfaces'
import type { ObjectHash } from '@xinglin/objects'
import type { ErasureRow } from '@xinglin/privacy/contract'
import { testKernel, textsHeldBelow, textsHeldIn } from '@xinglin/testkit'
import { apps } from './apps.ts'

const kernel = await testKernel({
  apps,
  migrations: [dicomMigrations, subscriptionsMigrations, bulkMigrations],
  register: (each) => {
    registerFhirApi(each, { baseUrl: 'http://hospital.example/fhir/R4' })
    for (const eraser of [deliveryEraser, studyEraser, exportEraser(each.objects)])
      each.records.erasing.with(eraser)
  },
})
const { database, identity, objects, records, runtime, traffic, web } = kernel
const tenant = kernel.actor.tenant
const password = 'Heron-47-lake'
await identity.ensureAdministrator({ password })
const desk = await signedIn('admin', password)
const auditor = await person('zhao', ['auditor'])
const doctor = await person('li', ['clinician'])
const client = await kernel.authorisation()

const name = '欧阳若兮'
const phone = '13912345678'
const number = '110101199003074477'
const secrets = [name, phone, number, '月牙形胎记', '云栖路八号', 'ouyangruoxi']

const chartOf = (id: string, { visit }: { readonly visit?: object }) => [
  {
    resourceType: 'Patient',
    id,
    name: [{ text: name }],
    identifier: [{ system: 'urn:oid:2.16.156.10011.1.3', value: number }],
    telecom: [{ system: 'phone', value: phone }],
    address: [{ text: '云栖路八号' }],
    birthDate: '1990-03-07',
  },
  {
    resourceType: 'Observation',
    id: `${id}-mark`,
    status: 'final',
    code: { text: '体表检查' },
    subject: { reference: `Patient/${id}`, display: name },
    ...(visit ? { encounter: { reference: `Encounter/${id}-visit` } } : { effectiveDateTime: '2001-05-01' }),
    valueString: '月牙形胎记',
  },
  {
    resourceType: 'Appointment',
    id: `${id}-appointment`,
    status: 'proposed',
    participant: [{ actor: { reference: `Patient/${id}`, display: name }, status: 'accepted' }],
  },
  ...(visit
    ? [
        {
          resourceType: 'Encounter',
          id: `${id}-visit`,
          status: 'finished',
          subject: { reference: `Patient/${id}` },
          ...visit,
        },
      ]
    : []),
]

/** Everything that a hospital may hold of somebody, beside his record. */
async function holdEverything(id: string): Promise<ObjectHash> {
  const { hash } = await objects.put([Buffer.from(`DICM ${name} ${'x'.repeat(5_000)}`)], { maxBytes: 10_000 })
  await database.query(sql`
    insert into dicom.study (tenant, study_instance_uid, patient_name, patient, attributes, received_at)
    values (${tenant}, ${`1.2.3.${id.length}`}, ${name}, ${id}, '{}', ${runtime.now()}::timestamptz)`)
  await database.query(sql`
    insert into dicom.instance (tenant, sop_instance_uid, study_instance_uid, series_instance_uid, sop_class_uid,
      transfer_syntax_uid, object, size_bytes, dataset_offset, attributes, received_at)
    values (${tenant}, ${`1.2.4.${id.length}`}, ${`1.2.3.${id.length}`}, '1', '1', '1', ${hash}, 5000, 0,
      ${sql.json({ '00100010': name })}::jsonb, ${runtime.now()}::timestamptz)`)
  const refused = await traffic.receive({
    ...{ tenant, door: 'hl7v2', sender: 'HIS|A', subject: 'ADT^A01', controlId: `c-${id}` },
    raw: Buffer.from(`MSH|^~\\&|HIS|A\rPID|1||${number}||${name}`),
  })
  await traffic.settle(refused.id, { outcome: 'refused', code: 'hl7.refused', reason: `PID-3 ${number}` })
  await database.query(sql`
    insert into patients.account (id, tenant, phone_hash, phone_sealed, phone_end, patient, name, name_plain, proved, created)
    values (${`account-${id}`}, ${tenant}, '\\x01', 'x1.sealed', '5678', ${id}, ${name}, 'ouyangruoxi',
      ${runtime.now()}::timestamptz, ${runtime.now()}::timestamptz)`)
  await database.query(sql`
    insert into record_explorer.saved_query (tenant, id, owner, name, type, query, saved)
    values (${tenant}, ${`q-${id}`}, 'user/x', ${`q-${id}`}, 'Patient', ${`identifier=${number}`}, ${runtime.now()}::timestamptz)`)
  await identity.audit(kernel.actor, { action: 'test', outcome: 'allowed' })
  return hash
}

test('of whose record no law keeps any longer nothing is left anywhere, by the word of two people', async () => {
  for (const resource of chartOf('ruoxi', {})) await put(resource)
  await put({ ...chartOf('ruoxi', {})[1], valueString: '月牙形胎记，左肩' })
  await put({
    resourceType: 'Group',
    id: 'ward',
    type: 'person',
    actual: true,
    member: [
      { entity: { reference: 'Patient/ruoxi', display: name } },
      { entity: { reference: 'Patient/bo' } },
    ],
  })
  const hash = await holdEverything('ruoxi')
  await derived('ruoxi')
  const held = await textsHeldIn(database, secrets)
  for (const table of ['chart.finder_patient', 'master_index.person', 'traffic.message', 'records.history'])
    assert.ok(
      held.some((each) => each.startsWith(table)),
      table,
    )

  const { request, erasure } = await granted('ruoxi')
  const own = await post(desk, `/api/privacy/erasures/${erasure}/confirm`, {})
  assert.equal(own.json.issue[0].details.coding[0].code, 'privacy.second-person')
  assert.equal((await post(doctor, `/api/privacy/erasures/${erasure}/confirm`, {})).status, 403)
  assert.equal((await post(auditor, `/api/privacy/erasures/${erasure}/confirm`, {})).status, 204)
  const row = await ended(erasure)

  assert.deepEqual([row.state, row.kept, row.patient, row.share], ['done', [], undefined, 1])
  assert.deepEqual(
    Object.entries(row.figures).filter(([each]) =>
      /^(resources|traffic|patients|dicom|record-ex|objects|left)/.test(each),
    ),
    [
      ['dicom.study', 2],
      ['objects', 1],
      ['patients.account', 1],
      ['record-explorer.saved-query', 1],
      ['resources.Appointment', 1],
      ['resources.Observation', 1],
      ['resources.Patient', 1],
      ['resources.Task', 1],
      ['traffic.message', 6],
    ],
  )
  await kernel.events.read({ after: '' as never, limit: 1, tenant })
  assert.deepEqual(await textsHeldIn(database, secrets), [])
  assert.deepEqual(await textsHeldBelow(kernel.objectsFolder, [name]), [])
  assert.equal(await objects.has(hash), false)
  assert.equal((await records.read(tenant, 'Patient', 'ruoxi'))?.interaction, 'delete')
  const ward = JSON.parse((await records.read(tenant, 'Group', 'ward'))?.json ?? '{}')
  assert.deepEqual(ward.member[0], { entity: { reference: 'Patient/ruoxi' } })

  const { content, signature, publicKey, isGenuine } = (
    await get(auditor, `/api/privacy/erasures/${erasure}/certificates/1`)
  ).json
  assert.equal(isGenuine, true)
  assert.equal(
    verify('sha256', Buffer.from(content), publicKey, Buffer.from(signature.value, 'base64')),
    true,
  )
  const certificate = JSON.parse(content)
  assert.deepEqual(
    [certificate.request, certificate.verification.leftovers, certificate.erased['resources.Patient']],
    [`Task/${request}`, [], 1],
  )
  assert.match(certificate.granted.by, /^user\//)
  assert.match(certificate.confirmed.by, /^user\//)
  for (const secret of [...secrets, 'ruoxi']) assert.equal(content.includes(secret), false)
})

test('after a restore a certificate from outside says whom to erase again, and nobody else', async () => {
  const [{ id } = { id: '' }] = (await get(auditor, '/api/privacy/erasures')).json.erasures
  const { content } = (await get(auditor, `/api/privacy/erasures/${id}/certificates/1`)).json
  const certificate = JSON.parse(content)
  const nobody = await post(desk, '/api/privacy/erasures/again', { certificate })
  assert.equal(nobody.json.issue[0].details.coding[0].code, 'privacy.no-subject')
  // What a backup that is older than the erasure brings back.
  for (const resource of [...chartOf('ruoxi', {}), { resourceType: 'Patient', id: 'bo' }]) await put(resource)
  assert.deepEqual((await post(desk, '/api/privacy/erasures/again', { certificate })).json, { asked: 1 })
  const [asked] = (await get(auditor, '/api/privacy/erasures')).json.erasures.filter(
    ({ state }: ErasureRow) => state === 'asked',
  )
  await post(auditor, `/api/privacy/erasures/${asked.id}/confirm`, {})
  const row = await ended(asked.id)

  assert.equal(row.state, 'done')
  assert.deepEqual(await textsHeldIn(database, secrets), [])
  assert.equal((await records.read(tenant, 'Patient', 'bo'))?.interaction, 'create')
})

test('what a law keeps stays, out of sight and of every index, until the law no longer keeps it', async () => {
  const visit = { class: { code: 'AMB' }, period: { start: '2020-05-01', end: '2020-05-01' } }
  for (const resource of chartOf('ruolan', { visit })) await put(resource)
  await holdEverything('ruolan')
  await derived('ruolan')
  const { erasure } = await granted('ruolan')
  await post(auditor, `/api/privacy/erasures/${erasure}/confirm`, {})
  const row = await ended(erasure)

  assert.deepEqual(
    [row.state, row.keptUntil, row.kept.map(({ rule, clause }) => [rule, clause])],
    ['kept', '2035-05-02T00:00:00.000+08:00', [['outpatient-15-years', '第二十九条']]],
  )
  assert.equal((await records.read(tenant, 'Appointment', 'ruolan-appointment'))?.interaction, 'delete')
  assert.equal((await records.read(tenant, 'Observation', 'ruolan-mark'))?.interaction, 'create')
  const tables = (await textsHeldIn(database, secrets)).map((each) => each.split(':')[0])
  assert.deepEqual(
    [...new Set(tables)].filter((table) => !/^(records\.|dicom\.|pg_catalog)/.test(table ?? '')),
    [],
  )
  const seen = await get(doctor, '/fhir/R4/Observation?patient=ruolan')
  assert.equal(seen.json.entry, undefined)
  assert.equal((await get(doctor, '/fhir/R4/Patient/ruolan')).status, 404)
  const found = await post(doctor, '/api/chart/find', { text: name })
  assert.deepEqual(found.json.patients ?? [], [])

  runtime.advance(10 * 366 * 86_400_000)
  await database.query(sql`update graphile_worker._private_jobs set run_at = now()`)
  const finished = () =>
    database.query(sql<{ kept: unknown; certificates: number }>`
      select kept, (select count(*)::integer from privacy.certificate where certificate.erasure = privacy.erasure.id) as certificates
      from privacy.erasure
      where id = ${erasure} and state = 'done'`)
  const [later] = await until(finished)
  assert.deepEqual(later, { kept: [], certificates: 2 })
  assert.deepEqual(await textsHeldIn(database, secrets), [])
})

async function put(resource: object): Promise<void> {
  const { resourceType, id } = resource as { resourceType: string; id: string }
  const answer = await web.http.inject({
    method: 'PUT',
    url: `/fhir/R4/${resourceType}/${id}`,
    headers: { ...client, 'content-type': 'application/fhir+json' },
    payload: JSON.stringify(resource as Resource),
  })
  assert.ok(answer.statusCode < 300, answer.body)
}

/** Asks until there is an answer. */
async function until<Row>(ask: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  for (;;) {
    const rows = await ask()
    if (rows.length > 0) return rows
    await new Promise((settle) => setTimeout(settle, 20))
  }
}

/** Waits until the tables that follow the log have the patient. */
async function derived(id: string): Promise<void> {
  await until(() =>
    database.query(sql`
      select from chart.finder_patient
      join master_index.person using (tenant, patient)
      where patient = ${id}`),
  )
}

async function granted(patient: string): Promise<{ readonly request: string; readonly erasure: string }> {
  const { request } = (
    await post(desk, '/api/privacy/commands/request-right', {
      patient,
      kind: 'deletion',
      asker: { name, relation: 'patient' },
      wish: '删除全部个人信息',
    })
  ).json
  await post(desk, '/api/privacy/commands/prove-identity', {
    request,
    document: 'identity-card',
    lastFour: '4477',
  })
  const answer = await post(desk, '/api/privacy/commands/answer-right', {
    request,
    decision: 'granted',
    words: '同意',
  })
  assert.equal(answer.status, 204, answer.body)
  const { erasures } = (await get(auditor, '/api/privacy/erasures')).json
  const [row] = erasures.filter((each: { request: string }) => each.request === request)
  assert.deepEqual([row.state, row.mayDecide, row.patient.id], ['asked', true, patient])
  return { request, erasure: row.id }
}

async function ended(id: string): Promise<ErasureRow> {
  const [row] = await until<ErasureRow>(async () => {
    const { erasures } = (await get(auditor, '/api/privacy/erasures')).json
    return erasures.filter(
      (each: { id: string; state: string }) => each.id === id && each.state !== 'running',
    )
  })
  assert.ok(row)
  return row
}

async function person(login: string, roles: readonly string[]): Promise<string> {
  const made = await post(desk, '/api/administration/people', { login, display: login, roles })
  const { oneTimePassword } = made.json
  const first = await signedIn(login, oneTimePassword)
  await post(first, '/api/session/password', { current: oneTimePassword, next: password })
  return signedIn(login, password)
}

async function signedIn(login: string, secret: string): Promise<string> {
  const answer = await web.http.inject({
    method: 'POST',
    url: '/api/session',
    headers: { 'x-xinglin': '1' },
    payload: { login, password: secret },
  })
  assert.equal(answer.statusCode, 200, answer.body)
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}

async function post(cookie: string, url: string, payload: object) {
  const headers = { cookie, 'x-xinglin': '1' }
  const answer = await web.http.inject({ method: 'POST', url, headers, payload })
  return { status: answer.statusCode, body: answer.body, json: answer.body === '' ? {} : answer.json() }
}

async function get(cookie: string, url: string) {
  const answer = await web.http.inject({ url, headers: { cookie } })
  return { status: answer.statusCode, body: answer.body, json: answer.json() }
}
