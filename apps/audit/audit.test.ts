/** Audit over HTTP: what stands out and its judgement, a patient's report, the proof; each for those who may. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSealer } from '@xinglin/identity/audit'
import { testKernel } from '@xinglin/testkit'
import { audit } from './app.ts'

const password = 'Heron-47-lake'
const kernel = await testKernel({ apps: [audit] })
const { identity, runtime, database, keys } = kernel
await identity.ensureAdministrator({ password })
const { token, actor } = await identity.accounts.signIn({ login: 'admin', password })
const headers = { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' }
const call = async (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  payload?: object,
  own: object = headers,
) => {
  const answer = await kernel.web.http.inject({
    method,
    url: `/api/audit${path}`,
    headers: { ...own },
    payload,
  })
  const isJson = String(answer.headers['content-type']).includes('json')
  return { status: answer.statusCode, body: isJson ? answer.json() : answer.body }
}
const doctor = { ...actor, id: 'li', reference: 'user/li', display: '李伟' }
for (let patient = 0; patient < 60; patient++)
  await identity.audit(doctor, {
    action: 'read',
    outcome: 'allowed',
    resourceType: 'Patient',
    patient: `p${patient}`,
  })
await identity.stop()
runtime.advance(1_000)

test('what stands out is listed with its threshold, judged once with grounds, and both are audited', async () => {
  const { body } = await call('GET', '/anomalies?days=1')
  const [found] = body.anomalies
  assert.deepEqual(
    [body.anomalies.length, found.rule, found.actorDisplay, found.patients, found.review],
    [1, 'mass', '李伟', 60, undefined],
  )
  const judgement = { id: found.id, outcome: 'not-justified', note: 'no ward round then' }
  const judged = await call('POST', '/anomalies/review', judgement)
  const again = await call('POST', '/anomalies/review', judgement)
  assert.deepEqual([judged.status, again.status], [204, 409])
  const after = await call('GET', '/anomalies')
  assert.equal(after.body.anomalies[0].review.note, 'no ward round then')
  const { entries } = await identity.auditTrail.list(actor, { action: 'audit', limit: 9 })
  assert.deepEqual(entries.map(({ action }) => action).sort(), [
    'audit.anomaly.read',
    'audit.anomaly.read',
    'audit.anomaly.review',
  ])
})

test('thresholds are set within their ranges', async () => {
  const set = await call('PUT', '/rules/mass', { isOn: true, thresholds: { patients: 61 } })
  const wrong = await call('PUT', '/rules/mass', { isOn: true, thresholds: { patients: 'many' } })
  const { body } = await call('GET', '/anomalies')
  assert.deepEqual([set.status, wrong.status, body.anomalies.length], [204, 400, 0])
})

test('a report tells a patient who and when, without addresses and sessions; as a file too', async () => {
  const { body } = await call('GET', '/reports/p7')
  assert.deepEqual(body.rows, [
    {
      at: '2026-03-02T08:00:00.000+08:00',
      who: '李伟',
      action: 'read',
      object: 'Patient',
      outcome: 'allowed',
    },
  ])
  const file = await call('GET', '/reports/p8/csv')
  assert.equal(
    file.body,
    '\uFEFFat,who,action,object,outcome,purpose\r\n2026-03-02T08:00:00.000+08:00,李伟,read,Patient,allowed,\r\n',
  )
})

test('the proof says whether the trail is whole; a young month is not dropped', async () => {
  await createSealer({ database, keys, runtime, algorithm: 'sha256' }).seal()
  const { body } = await call('GET', '/proof?days=1')
  assert.deepEqual(
    body.verification.findings.filter(({ kind }: { kind: string }) => kind !== 'unsealed'),
    [],
  )
  const dropped = await call('POST', '/months/2026-03/drop', { reason: 'to make room' })
  assert.equal(dropped.status, 409)
})

test('who holds none of its permissions is refused everywhere', async () => {
  const client = await kernel.authorisation()
  const paths = ['/anomalies', '/reports/p1', '/proof', '/head']
  const answers = await Promise.all(paths.map((path) => call('GET', path, undefined, client)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    paths.map(() => 403),
  )
})
