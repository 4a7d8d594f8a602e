/** Keys over the web: who sees and changes them, that nothing of a key leaves, and that a change is work that is carried out. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from '@xinglin/database'
import { testKernel } from '@xinglin/testkit'
import { keys } from './app.ts'
import type { KeysAnswer } from './contract.ts'

const kernel = await testKernel({ apps: [keys] })
const keeper = await kernel.authorisation(['xinglin/keys.*'])
const reader = await kernel.authorisation(['xinglin/keys.key.read'])
const look = async () =>
  (await kernel.web.http.inject({ url: '/api/keys/hierarchy', headers: reader })).json() as KeysAnswer
const change = async (payload: object, headers = keeper) => {
  const answer = await kernel.web.http.inject({
    method: 'POST',
    url: '/api/keys/rotations',
    headers,
    payload,
  })
  const code = answer.body === '' ? '' : answer.json().issue?.[0]?.details?.coding?.[0]?.code
  return `${answer.statusCode} ${code}`.trim()
}
const totp = { purpose: 'signin.totp', context: 'factor/f1' }

test('the hierarchy is shown without any key, to whom it is granted', async () => {
  await kernel.keys.sealText('secret', totp)
  const answer = await kernel.web.http.inject({ url: '/api/keys/hierarchy', headers: reader })
  const held = answer.json() as KeysAnswer
  const stranger = await kernel.authorisation(['system/Patient.rs'])

  deepEqual(
    [held.suite, held.master.source, held.encrypting.map(({ id, wraps }) => `${id} ${wraps}`)],
    ['international', 'file', ['k1 1']],
  )
  deepEqual(
    held.purposes.map(({ purpose, versions, places }) => [purpose, versions.map(({ id }) => id), places]),
    [['signin.totp', ['d1'], ['signin.factor.secret']]],
  )
  const wrapped = await kernel.database.query(sql<{ hex: string }>`
    select encode(wrapped, 'hex') as hex from keys.data_key`)
  for (const { hex } of wrapped) equal(answer.body.includes(hex), false)
  equal((await kernel.web.http.inject({ url: '/api/keys/hierarchy', headers: stranger })).statusCode, 403)
})

test('a change needs its right, a known purpose, a reason, and something to do', async () => {
  deepEqual(
    [
      await change({ act: 'rotate', purpose: 'signin.totp', reason: '一年一换' }, reader),
      await change({ act: 'rotate', purpose: 'signin.none', reason: '一年一换' }),
      await change({ act: 'rotate', purpose: 'signin.totp', reason: ' ' }),
      await change({ act: 'retire', purpose: 'signin.totp', reason: '一年一换' }),
      await change({ act: 'burn', purpose: 'signin.totp', reason: '一年一换' }),
      await change({ act: 'wrap', purpose: 'signin.totp', reason: '一年一换' }),
    ],
    [
      '403 identity.not-allowed',
      '404 keys.no-purpose',
      '400 identity.reason',
      '409 keys.nothing-to-retire',
      '400 keys.field',
      '400 keys.field',
    ],
  )
})

test('a rotation, then a retirement, are carried out by the jobs and stand in the trail with their reasons', async () => {
  for (const [act, reason] of [
    ['rotate', '一年一换'],
    ['retire', '旧版本不再需要'],
  ] as const) {
    equal(await change({ act, purpose: 'signin.totp', reason }), '204')
    await ended(act)
  }

  const { purposes, rotations } = await look()
  deepEqual(
    purposes[0]?.versions.map(({ id, isCurrent, retired }) => `${id} ${isCurrent} ${retired !== undefined}`),
    ['d2 true false', 'd1 false true'],
  )
  deepEqual(
    rotations.map(({ act, state, reason }) => `${act} ${state} ${reason}`),
    ['retire done 旧版本不再需要', 'rotate done 一年一换'],
  )
  const entries = await kernel.database.query(sql<{ detail: string }>`
    select detail from identity.audit where action = 'keys.key.rotate' and outcome = 'allowed' order by at, detail desc`)
  deepEqual(
    entries.map(({ detail }) => detail),
    ['keys-changed: 一年一换', 'keys-changed: 旧版本不再需要'],
  )
})

async function ended(act: string): Promise<void> {
  for (;;) {
    const [newest] = (await look()).rotations
    if (newest?.act === act && newest.ended) return
    await pause(100)
  }
}
