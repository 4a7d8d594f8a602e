/** Coming back from a provider: what the address says, and where it may lead. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressAsked, cameBack, invitationIn, startAddress } from './sign-in-elsewhere.ts'

test('a return says who refused and why, and where the person wanted to go', () => {
  assert.deepEqual(cameBack('?sign-in=house&failure=upstream.expired&back=%2Fchart%2F1%3Ftab%3D2'), {
    ...{ provider: 'house', isAwaited: false, failure: 'upstream.expired', back: '/chart/1?tab=2' },
  })
  assert.equal(cameBack('?q=house'), undefined)
})

test('nobody is led to another site', () => {
  for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example', '/a\tb', 'chart'])
    assert.equal(cameBack(`?${new URLSearchParams({ 'sign-in': 'house', back })}`)?.back, '/')
})

test('the address that was asked for outlives a refused sign-in', () => {
  assert.equal(addressAsked({ pathname: '/chart/1', search: '?tab=2' }), '/chart/1?tab=2')
  assert.equal(
    addressAsked({ pathname: '/', search: '?sign-in=house&failure=upstream.nonce&back=%2Fchart%2F1' }),
    '/chart/1',
  )
})

test('a sign-in begins at the provider with the way back and the invitation', () => {
  assert.equal(invitationIn('#invitation=7Q-2'), '7Q-2')
  assert.equal(
    startAddress('house', { back: '/chart/1', invitation: '7Q-2' }),
    '/api/session/upstream/house/start?back=%2Fchart%2F1&invitation=7Q-2',
  )
})
