/** Work that goes on when whoever asked for it has left. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import { authorityOf } from '../subscriptions/authority.ts'
import { ownerOf } from './authority.ts'

test('an app that acts for a person leaves no export and no subscription behind', async () => {
  const kernel = await testKernel()
  const { id, oneTimePassword } = await kernel.identity.people.create(kernel.actor, {
    ...{ login: 'lin.mei', display: '林梅', roles: ['clinician'] },
  })
  const { actor } = await kernel.identity.accounts.signIn({ login: 'lin.mei', password: oneTimePassword })
  await kernel.identity.accounts.changePassword(actor, { current: oneTimePassword, next: 'Willow-58-hill' })
  const owned = { tenant: testTenant, owner: `user/${id}` }

  assert.equal((await ownerOf(kernel, { ...owned, scopes: [] })).id, id)
  assert.equal((await authorityOf(kernel, { ...owned, scopes: [] }))?.actor.id, id)
  await assert.rejects(ownerOf(kernel, { ...owned, scopes: ['user/*.rs'] }), /leaves no work behind/)
  assert.equal(await authorityOf(kernel, { ...owned, scopes: ['user/*.rs'] }), undefined)
})
