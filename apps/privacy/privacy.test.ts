/** What a privacy desk does, through its addresses. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import { privacy } from './app.ts'

const kernel = await testKernel({ apps: [privacy] })
const { identity, runtime, web } = kernel
await identity.ensureAdministrator({ password: 'Heron-47-lake' })
const desk = await signedIn('admin', 'Heron-47-lake')
const doctor = await person('li', ['clinician'])
const auditor = await person('zhao', ['auditor'])
await put({
  resourceType: 'Patient',
  id: 'asha',
  name: [{ text: '张三' }],
  gender: 'male',
  birthDate: '1970-03-07',
})
await put({
  resourceType: 'Observation',
  id: 'hiv',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '7918-6' }] },
  subject: { reference: 'Patient/asha' },
  effectiveDateTime: '2010-05-02',
})

test('a consent is recorded, its effect on each role is told, and it is withdrawn', async () => {
  const recorded = await post(desk, '/api/privacy/commands/record-consent', {
    patient: 'asha',
    base: 'permit',
    exceptions: [
      { decision: 'deny', roles: ['nurse'], codes: [{ system: 'http://loinc.org', code: '7918-6' }] },
    ],
    signedBy: { kind: 'patient' },
  })
  assert.equal(recorded.status, 200, recorded.body)
  const { consent } = recorded.json
  const { roles, ...told } = (await get(desk, '/api/privacy/patients/asha/consents')).json
  assert.deepEqual(roles[1], { id: 'clinician', title: { zh: '医生', en: 'Clinician' } })
  assert.deepEqual(told, {
    patient: { id: 'asha', name: '张三', gender: 'male', birthDate: '1970-03-07' },
    consents: [
      {
        id: consent,
        status: 'active',
        recorded: runtime.now(),
        signedBy: 'patient',
        isEnforced: true,
        rules: [
          { depth: 0, decision: 'permit' },
          {
            depth: 1,
            decision: 'deny',
            roles: ['nurse'],
            codes: [{ system: 'http://loinc.org', code: '7918-6' }],
          },
        ],
      },
    ],
    effects: [
      { role: 'nurse', title: { zh: '护士', en: 'Nurse' }, consent, type: 'Observation', resources: 1 },
    ],
  })
  const withdrawn = await post(desk, '/api/privacy/commands/withdraw-consent', {
    consent,
    reason: '患者要求',
  })
  assert.equal(withdrawn.status, 204, withdrawn.body)
  const after = (await get(desk, '/api/privacy/patients/asha/consents')).json
  assert.deepEqual(
    [after.consents[0].status, after.consents[0].isEnforced, after.effects],
    ['inactive', false, []],
  )
  const again = await post(desk, '/api/privacy/commands/withdraw-consent', { consent, reason: '患者要求' })
  assert.equal(again.status, 409, again.body)
})

test('a desk finds a patient by name or number', async () => {
  const found = await post(desk, '/api/privacy/patients/find', { text: '张三' })
  assert.deepEqual(
    found.json.patients.map(({ id }: { id: string }) => id),
    ['asha'],
  )
})

test('the glass is broken at one address, stands at another, and is judged by whoever watches over access', async () => {
  const found = async (text: string) =>
    (await post(doctor, '/api/privacy/glass/find', { text })).json.patients
  assert.deepEqual(await found('张'), [])
  assert.deepEqual(
    (await found('张三')).map(({ id }: { id: string }) => id),
    ['asha'],
  )
  const broken = await post(doctor, '/api/privacy/glass', { patient: 'asha', reason: '急诊抢救' })
  assert.equal(broken.status, 200, broken.body)
  const { id } = broken.json
  assert.deepEqual((await get(doctor, '/api/privacy/glass/standing?patient=asha')).json, {
    glass: [broken.json],
  })
  assert.equal((await get(doctor, '/api/privacy/glass')).status, 403)
  const [row] = (await get(auditor, '/api/privacy/glass?state=waiting')).json.glass
  assert.deepEqual(
    [row.id, row.patient.name, row.reason, row.isOverdue, row.holderDisplay],
    [id, '张三', '急诊抢救', false, 'li'],
  )
  const { accesses } = (await get(auditor, `/api/privacy/glass/${id}/accesses`)).json
  assert.deepEqual(
    accesses.map(
      ({ action, resourceId }: { action: string; resourceId: string }) => `${action} ${resourceId}`,
    ),
    ['break-glass asha'],
  )
  assert.equal((await get(doctor, `/api/privacy/glass/${id}/accesses`)).status, 403)
  const judged = await post(auditor, `/api/privacy/glass/${id}/review`, {
    outcome: 'justified',
    note: '与病程相符',
  })
  assert.equal(judged.status, 204, judged.body)
  assert.equal((await post(doctor, `/api/privacy/glass/${id}/close`, {})).status, 204)
  assert.deepEqual((await get(doctor, '/api/privacy/glass/standing')).json, { glass: [] })
})

type Headers = Readonly<Record<string, string>>

async function person(login: string, roles: readonly string[]): Promise<Headers> {
  const { actor } = await identity.accounts.signIn({ login: 'admin', password: 'Heron-47-lake' })
  const { oneTimePassword } = await identity.people.create(actor, { login, display: login, roles })
  const first = await identity.accounts.signIn({ login, password: oneTimePassword })
  await identity.accounts.changePassword(first.actor, { current: oneTimePassword, next: 'Willow-58-hill' })
  return signedIn(login, 'Willow-58-hill')
}

async function signedIn(login: string, password: string): Promise<Headers> {
  const { token } = await identity.accounts.signIn({ login, password })
  return { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' }
}

async function get(headers: Headers, url: string) {
  const answer = await web.http.inject({ url, headers })
  return {
    status: answer.statusCode,
    body: answer.body,
    json: answer.body ? JSON.parse(answer.body) : undefined,
  }
}

async function post(headers: Headers, url: string, payload: object) {
  const answer = await web.http.inject({ method: 'POST', url, headers, payload })
  return {
    status: answer.statusCode,
    body: answer.body,
    json: answer.body ? JSON.parse(answer.body) : undefined,
  }
}

async function put(resource: Parameters<typeof JSON.stringify>[0]): Promise<void> {
  await kernel.records.commit({ tenant: testTenant, actor: 'system/test' }, (unit) =>
    unit.write([{ kind: 'update', resource }]),
  )
}

test('a copy is given once the asker has proved who he is, and its hash stands in the request', async () => {
  const { request } = (
    await post(desk, '/api/privacy/commands/request-right', {
      patient: 'asha',
      kind: 'copy',
      asker: { name: '张三', relation: 'patient' },
      wish: '复印全部病历',
    })
  ).json
  assert.equal((await post(desk, `/api/privacy/requests/${request}/copy`, {})).status, 409)
  const proof = { request, document: 'identity-card', lastFour: '110101197003070012' }
  assert.equal((await post(desk, '/api/privacy/commands/prove-identity', proof)).status, 204)
  const copy = await web.http.inject({
    method: 'POST',
    url: `/api/privacy/requests/${request}/copy`,
    headers: desk,
    payload: {},
  })
  assert.equal(copy.statusCode, 200, copy.body)
  const types = copy.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).resourceType)
  assert.deepEqual(types.toSorted().slice(0, 3), ['Consent', 'Observation', 'Patient'])
  await post(desk, '/api/privacy/commands/answer-right', {
    request,
    decision: 'granted',
    words: '已当面交付',
  })
  const [row] = (await get(desk, '/api/privacy/requests')).json.requests
  const { copy: made, due, ...rest } = row
  assert.equal(made.sha256, createHash('sha256').update(copy.body).digest('hex'))
  assert.deepEqual(rest, {
    id: request,
    patient: { id: 'asha', name: '张三', gender: 'male', birthDate: '1970-03-07' },
    kind: 'copy',
    asker: '张三',
    relation: 'patient',
    wish: '复印全部病历',
    received: runtime.now(),
    isOverdue: false,
    state: 'answered',
    proof: 'identity-card …0012',
    decision: 'granted',
    answer: '已当面交付',
    answered: runtime.now(),
  })
})

test('a deletion shows until when the law keeps the record, and an answer that is late shows as late', async () => {
  await put({
    resourceType: 'Encounter',
    id: 'stay',
    status: 'finished',
    class: { code: 'IMP' },
    subject: { reference: 'Patient/asha' },
    period: { start: '2010-05-01', end: '2010-05-09' },
  })
  const { request } = (
    await post(desk, '/api/privacy/commands/request-right', {
      patient: 'asha',
      kind: 'deletion',
      asker: { name: '李四', relation: 'agent' },
      wish: '删除 2010 年住院记录',
    })
  ).json
  await post(desk, '/api/privacy/commands/prove-identity', {
    request,
    document: 'authorisation',
    lastFour: '0001',
  })
  const open = async () => (await get(desk, '/api/privacy/requests?state=open')).json.requests[0]
  assert.deepEqual((await open()).retention, {
    rule: 'inpatient-30-years',
    until: '2040-05-10T00:00:00.000+08:00',
    isOver: false,
  })
  runtime.advance(31 * 86_400_000)
  const late = await signedIn('admin', 'Heron-47-lake')
  assert.equal((await get(late, '/api/privacy/requests?state=open')).json.requests[0].isOverdue, true)
  const refused = { request, decision: 'refused', words: '法定保存期至 2040 年' }
  assert.equal((await post(late, '/api/privacy/commands/answer-right', refused)).status, 204)
})

test('masks of a role are set at the desk, and who has the role is told of its watermark', async () => {
  const admin = await signedIn('admin', 'Heron-47-lake')
  const mask = { fields: ['name', 'phone'], hasWatermark: true, reason: '窗口岗位' }
  assert.equal((await post(admin, '/api/privacy/masks/technician', mask)).status, 204)
  const { masks } = (await get(admin, '/api/privacy/masks')).json
  assert.deepEqual(
    masks.find(({ role }: { role: string }) => role === 'technician'),
    {
      role: 'technician',
      title: { zh: '技师', en: 'Technician' },
      fields: ['name', 'phone'],
      hasWatermark: true,
    },
  )
  const technician = await person('sun', ['technician'])
  assert.equal((await get(technician, '/api/session')).json.hasWatermark, true)
  assert.equal((await get(admin, '/api/session')).json.hasWatermark, false)
  assert.equal((await get(technician, '/api/privacy/masks')).status, 403)
})

test('fields to be sealed are chosen at the desk, told as they are carried out, and what cannot be sealed is refused', async () => {
  const admin = await signedIn('admin', 'Heron-47-lake')
  const { elements, choices, usual } = (await get(admin, '/api/privacy/sealing')).json
  const chosen = { elements: ['Patient.telecom'], systems: usual.systems, reason: '等保测评' }
  const wrong = await post(admin, '/api/privacy/sealing', { ...chosen, elements: ['Patient.name'] })
  const made = await post(admin, '/api/privacy/sealing', chosen)
  const again = await post(admin, '/api/privacy/sealing', chosen)
  const after = (await get(admin, '/api/privacy/sealing')).json

  assert.deepEqual([elements.includes('Patient.address'), choices], [true, []])
  assert.deepEqual([wrong.status, made.status, made.json, again.status], [400, 201, { version: 1 }, 409])
  assert.deepEqual(after.choices, [
    {
      ...chosen,
      version: 1,
      isOn: true,
      phase: 'announced',
      share: 0,
      at: runtime.now(),
      actor: after.choices[0].actor,
    },
  ])
  const nurse = await person('wang', ['nurse'])
  assert.equal((await get(nurse, '/api/privacy/sealing')).status, 403)
})
