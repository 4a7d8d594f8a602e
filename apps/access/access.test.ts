/** The desk of policies through its addresses: kept with a reason, acting at once, explained step by step. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel } from '@xinglin/testkit'
import { access } from './app.ts'

const kernel = await testKernel({ apps: [access] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/access.*'])
const send = (method: 'GET' | 'PUT' | 'POST', path: string, body?: object) =>
  kernel.web.http.inject({ method, url: `/api/access/${path}`, headers, ...(body ? { payload: body } : {}) })

const policy = {
  title: { zh: '病区护士', en: 'Ward nurses' },
  role: 'nurse',
  types: ['*'],
  interactions: 'rs',
  patients: 'own-department',
  afterDays: 7,
  purposes: [],
  hidden: ['Patient.telecom'],
  isActive: true,
}

test('a policy is kept with its reason, listed, and removed', async () => {
  const kept = await send('PUT', 'policies/ward-nurses', { ...policy, reason: 'ward rule 7' })
  assert.equal(kept.statusCode, 204)
  assert.deepEqual((await send('GET', 'policies')).json().policies, [{ ...policy, id: 'ward-nurses' }])
  assert.equal((await send('PUT', 'policies/ward-nurses', policy)).statusCode, 400)
  assert.equal((await send('POST', 'policies/ward-nurses/removal', { reason: 'tested' })).statusCode, 204)
  assert.deepEqual((await send('GET', 'policies')).json().policies, [])
  assert.equal((await send('POST', 'policies/ward-nurses/removal', { reason: 'tested' })).statusCode, 404)
})

test('who may not keep policies is refused', async () => {
  const others = await kernel.authorisation(['system/*.*', 'xinglin/access.policies.read'])
  const answer = await kernel.web.http.inject({
    method: 'PUT',
    url: '/api/access/policies/mine',
    headers: others,
    payload: { ...policy, reason: 'mine alone' },
  })
  assert.equal(answer.statusCode, 403)
})

test('the why of a decision names its steps; somebody unknown is not explained', async () => {
  const question = { type: 'Patient', id: 'nobody', interaction: 'read' }
  const unknown = await send('POST', 'why', { ...question, actor: 'user/nobody' })
  assert.equal(unknown.statusCode, 404)
  const own = await send('POST', 'why', { ...question, actor: 'client/test-system-xinglin-access-' })
  assert.deepEqual(
    { verdict: own.json().verdict, isThere: own.json().isThere, steps: own.json().steps.length },
    { verdict: 'passes', isThere: false, steps: 1 },
  )
})
