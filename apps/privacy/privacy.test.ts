/** What a privacy desk does, through its addresses. */
import assert from 'node:assert/strict'
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
  assert.deepEqual((await get(desk, '/api/privacy/patients/asha/consents')).json, {
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
