/** Signing in: unknown logins, lock-out, one-time passwords. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  administratorPassword,
  auditLines,
  lastAuditId,
  logKinds,
  password,
  refusalOf,
  signedInPerson,
  testIdentity,
} from './test-identity.ts'

const minuteMs = 60_000

test('the first start makes an administrator whose one-time password is made anew until it is used', async () => {
  const { database, identity } = await testIdentity()
  await database.query({
    text: 'update identity.account set must_change_password = true, last_sign_in = null',
    values: [],
  })

  const first = await identity.ensureAdministrator({})
  const second = await identity.ensureAdministrator({})

  assert.notEqual(first.oneTimePassword, second.oneTimePassword)
  assert.equal(
    await refusalOf(() =>
      identity.accounts.signIn({ login: 'admin', password: first.oneTimePassword ?? '' }),
    ),
    'unauthenticated identity.wrong-password',
  )
  const { actor } = await identity.accounts.signIn({ login: 'Admin', password: second.oneTimePassword ?? '' })
  assert.deepEqual(
    { roles: actor.roles, mustChangePassword: actor.mustChangePassword },
    { roles: ['administrator'], mustChangePassword: true },
  )
  assert.deepEqual(await identity.ensureAdministrator({}), { login: 'admin' })
})

test('a one-time password allows nothing but its change, which ends all other sessions', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  const { oneTimePassword } = await identity.people.create(administrator, {
    login: 'lin.mei',
    display: '林梅',
    roles: ['nurse'],
  })
  const other = await identity.accounts.signIn({ login: 'lin.mei', password: oneTimePassword })
  const present = await identity.accounts.signIn({ login: 'lin.mei', password: oneTimePassword })
  const request = { kind: 'record', interaction: 'read', type: 'Patient', id: 'leo' } as const

  assert.equal(identity.decide(present.actor, request).isAllowed, false)
  const change = (next: string, current = oneTimePassword) =>
    refusalOf(() => identity.accounts.changePassword(present.actor, { current, next }))
  assert.equal(await change('short'), 'invalid identity.password-rule')
  assert.equal(await change(oneTimePassword), 'invalid identity.password-rule')
  assert.equal(await change(password, 'wrong'), 'invalid identity.wrong-password')
  assert.equal(await change(password), 'done')

  assert.equal(await identity.accounts.sessionActor(other.token), undefined)
  const actor = await identity.accounts.sessionActor(present.token)
  assert.equal(actor?.mustChangePassword, undefined)
  assert.equal(actor && identity.decide(actor, request).isAllowed, true)
})

test('an unknown login is refused as a wrong password is, in the same words and about the same time', async () => {
  const { identity } = await testIdentity()
  const attempt = async (login: string) => {
    let ms = Infinity
    let refusal = ''
    // The quickest of three: on a busy machine any one may wait for others.
    for (let turn = 0; turn < 3; turn++) {
      const startMs = performance.now()
      refusal = await refusalOf(() => identity.accounts.signIn({ login, password: 'Wrong-password-1' }))
      ms = Math.min(ms, performance.now() - startMs)
    }
    return { refusal, ms }
  }
  const known = await attempt('admin')
  const unknown = await attempt('nobody')
  assert.equal(known.refusal, 'unauthenticated identity.wrong-password')
  assert.equal(unknown.refusal, known.refusal)
  assert.ok(unknown.ms > known.ms / 4, `unknown ${unknown.ms} ms, known ${known.ms} ms`)
})

test('five wrong passwords lock a login for 15 minutes, known or not, and trying on does not lengthen it', async () => {
  const hospital = await testIdentity()
  const { identity, runtime } = hospital
  const attempts = async (login: string) => {
    const refusals: string[] = []
    for (let attempt = 0; attempt < 7; attempt++)
      refusals.push(await refusalOf(() => identity.accounts.signIn({ login, password: 'Wrong-password-1' })))
    return refusals
  }
  const wrong = 'unauthenticated identity.wrong-password'
  const locked = 'busy identity.locked'
  const expected = [wrong, wrong, wrong, wrong, wrong, locked, locked]

  assert.deepEqual(await attempts('admin'), expected)
  assert.deepEqual(await attempts('nobody'), expected)
  const right = () =>
    refusalOf(() => identity.accounts.signIn({ login: 'admin', password: administratorPassword }))
  assert.equal(await right(), locked)
  runtime.advance(15 * minuteMs - 1_000)
  assert.equal(await right(), locked)
  runtime.advance(1_000)
  assert.equal(await right(), 'done')
  assert.deepEqual(
    (await logKinds(hospital)).filter((kind) => kind === 'identity.login-locked'),
    ['identity.login-locked'],
  )
})

test('guesses in parallel are not counted as one', async () => {
  const { identity } = await testIdentity()
  const guesses = Array.from({ length: 20 }, () =>
    refusalOf(() => identity.accounts.signIn({ login: 'admin', password: 'Wrong-password-1' })),
  )
  const looked = (await Promise.all(guesses)).filter(
    (refusal) => refusal === 'unauthenticated identity.wrong-password',
  )
  assert.equal(looked.length, 5)
})

test('an administrator unlocks a login, and a right password forgets the wrong ones before it', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  const { id } = await signedInPerson(hospital, { login: 'lin.mei', roles: ['nurse'] })
  const signIn = (given: string) =>
    refusalOf(() => identity.accounts.signIn({ login: 'lin.mei', password: given }))
  const fail = async (times: number) => {
    for (let time = 0; time < times; time++) await signIn('Wrong-password-1')
  }
  await fail(4)
  assert.equal(await signIn(password), 'done')
  await fail(5)
  assert.equal(await signIn(password), 'busy identity.locked')
  await identity.people.unlock(administrator, { id, reason: 'phoned' })
  assert.equal(await signIn(password), 'done')
})

test('a disabled person cannot sign in and every session ends at once', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  const { id, token } = await signedInPerson(hospital, { login: 'lin.mei', roles: ['nurse'] })
  assert.notEqual(await identity.accounts.sessionActor(token), undefined)

  await identity.people.disable(administrator, { id, reason: 'left the hospital' })

  assert.equal(await identity.accounts.sessionActor(token), undefined)
  assert.equal(
    await refusalOf(() => identity.accounts.signIn({ login: 'lin.mei', password })),
    'unauthenticated identity.wrong-password',
  )
})

test('signing in and out leaves one entry each, and the text typed as an unknown login is kept nowhere', async () => {
  const hospital = await testIdentity()
  const { identity, database } = hospital
  const before = await lastAuditId(hospital)
  await refusalOf(() =>
    identity.accounts.signIn({ login: 'My-Password-1', password: 'x', address: '10.0.0.9' }),
  )
  const { token } = await identity.accounts.signIn({ login: 'admin', password: administratorPassword })
  await identity.accounts.signOut(token)
  await lastAuditId(hospital)

  assert.deepEqual(await auditLines(hospital, before), [
    'refused sign-in wrong password',
    'allowed sign-in',
    'allowed sign-out',
  ])
  const [kept] = await database.query<{ text: string }>({
    text: 'select string_agg(audit::text, $1) as text from identity.audit',
    values: [' '],
  })
  assert.equal(kept?.text.includes('My-Password-1'), false)
})
