/** Rules of signing in that look back: old passwords, sessions beyond the limit, what a person sees of his own account. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { password, refusalOf, signedInPerson, testIdentity } from '../test-identity.ts'

const hospital = await testIdentity({ passwordsRemembered: 3, sessionsAtOnce: 2 })
const { identity, runtime } = hospital
const dayMs = 24 * 3_600_000

test('a new password is none of the last three, then the first may come again', async () => {
  const { actor } = await signedInPerson(hospital, { login: 'wang', roles: ['nurse'] })
  const change = (current: string, next: string) =>
    refusalOf(() => identity.accounts.changePassword(actor, { current, next }))

  const outcomes = [
    await change(password, password),
    await change(password, 'Maple-61-river'),
    await change('Maple-61-river', password),
    await change('Maple-61-river', 'Cedar-72-field'),
    await change('Cedar-72-field', 'Maple-61-river'),
    await change('Cedar-72-field', 'Birch-83-stone'),
    await change('Birch-83-stone', password),
  ]

  const refused = 'invalid identity.password-rule'
  deepEqual(outcomes, [refused, 'done', refused, 'done', refused, 'done', 'done'])
})

test('a third session ends the oldest', async () => {
  const { token: first } = await signedInPerson(hospital, { login: 'zhao', roles: ['nurse'] })
  const tokens = [first]
  for (let turn = 0; turn < 2; turn++) {
    runtime.advance(1_000)
    tokens.push((await identity.accounts.signIn({ login: 'zhao', password })).token)
  }

  const live = await Promise.all(tokens.map((token) => identity.accounts.sessionActor(token)))

  deepEqual(
    live.map((actor) => actor?.display),
    [undefined, 'zhao', 'zhao'],
  )
})

test('a person sees when and from where somebody signed in or tried to, and ends his other sessions', async () => {
  const { token: here, actor } = await signedInPerson(hospital, { login: 'sun', roles: ['nurse'] })
  const wrong = () => identity.accounts.signIn({ login: 'sun', password: 'Wrong-1', address: '10.0.0.66' })
  runtime.advance(1_000)
  equal(await refusalOf(wrong), 'unauthenticated identity.wrong-password')
  runtime.advance(1_000)
  const { token: elsewhere } = await identity.accounts.signIn({ login: 'sun', password, address: '10.0.0.7' })

  await identity.accounts.endOtherSessions(actor)

  const { login, signIns } = await identity.accounts.own(actor)
  deepEqual(
    [login, ...signIns.map(({ outcome, address }) => `${outcome} ${address}`)],
    ['sun', 'allowed 10.0.0.7', 'refused 10.0.0.66', 'allowed undefined'],
  )
  equal((await identity.accounts.sessionActor(here))?.id, actor.id)
  equal(await identity.accounts.sessionActor(elsewhere), undefined)
})

test('a person sees where he is signed in now and ends one of his sessions, nobody else’s', async () => {
  const { actor } = await signedInPerson(hospital, { login: 'he', roles: ['nurse'] })
  const other = await signedInPerson(hospital, { login: 'wu', roles: ['nurse'] })
  runtime.advance(1_000)
  const { token } = await identity.accounts.signIn({ login: 'he', password, address: '10.0.0.8' })
  const open = await identity.accounts.openSessions(actor)

  deepEqual(
    open.map(({ address, isThis }) => `${address} ${isThis}`),
    ['10.0.0.8 false', 'undefined true'],
  )
  const [elsewhere] = open
  equal(
    await refusalOf(() => identity.accounts.endSession(other.actor, elsewhere?.id ?? '')),
    'notFound identity.no-session',
  )
  await identity.accounts.endSession(actor, elsewhere?.id ?? '')
  equal(await identity.accounts.sessionActor(token), undefined)
  const throughApp = { ...actor, client: 'an-app' }
  equal(await refusalOf(() => identity.accounts.own(throughApp)), 'forbidden identity.no-password')
})

test('a password older than 90 days must be changed at the next sign-in', async () => {
  await signedInPerson(hospital, { login: 'qian', roles: ['nurse'] })
  const signIn = async () => (await identity.accounts.signIn({ login: 'qian', password })).actor

  runtime.advance(89 * dayMs)
  const before = await signIn()
  runtime.advance(2 * dayMs)
  const after = await signIn()

  deepEqual([before.mustChangePassword, after.mustChangePassword], [undefined, true])
  equal((await identity.accounts.own(after)).passwordEnds, (await identity.accounts.own(before)).passwordEnds)
})
