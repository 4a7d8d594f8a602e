/** The life of a session: idle end, absolute end, revoking, no write a request. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { createIdentity } from './identity.ts'
import { administratorPassword, refusalOf, signedInPerson, testIdentity } from './test-identity.ts'

const minuteMs = 60_000
const signIn = { login: 'admin', password: administratorPassword, address: '10.0.0.1' }

test('a session ends 15 minutes after its last request and 12 hours after its first', async () => {
  const { identity, runtime } = await testIdentity()
  const { token } = await identity.accounts.signIn(signIn)
  const isLive = async () => (await identity.accounts.sessionActor(token)) !== undefined

  runtime.advance(14 * minuteMs)
  assert.equal(await isLive(), true)
  runtime.advance(14 * minuteMs)
  assert.equal(await isLive(), true)
  runtime.advance(15 * minuteMs)
  assert.equal(await isLive(), false)

  const { token: long } = await identity.accounts.signIn(signIn)
  for (let quarter = 0; quarter < 71; quarter++) {
    runtime.advance(10 * minuteMs)
    assert.notEqual(await identity.accounts.sessionActor(long), undefined)
  }
  runtime.advance(10 * minuteMs)
  assert.equal(await identity.accounts.sessionActor(long), undefined)
})

test('requests of one minute cost neither a write nor, within seconds, a question to the database', async () => {
  const { identity, runtime, database } = await testIdentity()
  const { token } = await identity.accounts.signIn(signIn)
  const writes = async () => {
    const [row] = await database.query(sql<{ version: string }>`
      select string_agg(xmin::text, ' ' order by id) as version
      from identity.session`)
    return row?.version
  }
  const before = await writes()
  for (let second = 0; second < 59; second++) {
    runtime.advance(1_000)
    await identity.accounts.sessionActor(token)
  }
  assert.equal(await writes(), before)
  runtime.advance(1_000)
  await identity.accounts.sessionActor(token)
  assert.notEqual(await writes(), before)
})

test('only a digest of the token is stored, and another text is no session', async () => {
  const { identity, database } = await testIdentity()
  const { token } = await identity.accounts.signIn(signIn)
  const [row] = await database.query(sql<{ all: string }>`
    select string_agg(session::text, ' ') as all
    from identity.session`)
  assert.equal(token.length, 43)
  assert.equal(row?.all.includes(token), false)
  assert.equal(await identity.accounts.sessionActor(`${token}x`), undefined)
  assert.equal(await identity.accounts.sessionActor(''), undefined)
})

test('a session that another process ended is over within 3 seconds', async () => {
  const hospital = await testIdentity()
  const { identity, runtime, administrator } = hospital
  const other = createIdentity(hospital)
  const { token, actor } = await identity.accounts.signIn(signIn)
  assert.notEqual(await other.accounts.sessionActor(token), undefined)

  await identity.sessions.revoke(administrator, { id: actor.session ?? '', reason: 'a lost tablet' })

  assert.equal(await identity.accounts.sessionActor(token), undefined)
  runtime.advance(3_001)
  assert.equal(await other.accounts.sessionActor(token), undefined)
})

test('a change of roles acts on sessions that are open', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  const { id, token } = await signedInPerson(hospital, { login: 'lin.mei', roles: ['nurse'] })
  await identity.people.setRoles(administrator, { id, roles: ['auditor'], reason: 'moved to quality' })
  const actor = await identity.accounts.sessionActor(token)
  assert.deepEqual(actor?.roles, ['auditor'])
})

test('people see their own sessions, others only with the permission', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  const { actor, id } = await signedInPerson(hospital, { login: 'lin.mei', roles: ['nurse'] })
  const own = await identity.sessions.list(actor, { account: id, limit: 10 })
  assert.deepEqual(
    own.map(({ login }) => login),
    ['lin.mei'],
  )
  assert.equal(
    await refusalOf(() => identity.sessions.list(actor, { limit: 10 })),
    'forbidden identity.not-allowed',
  )
  const all = await identity.sessions.list(administrator, { limit: 10 })
  assert.deepEqual(all.map(({ login, address }) => [login, address]).sort(), [
    ['admin', '10.0.0.1'],
    ['lin.mei', undefined],
  ])
})
