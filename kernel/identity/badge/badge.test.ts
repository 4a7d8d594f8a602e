/** Changing places at the shared terminal of a ward, and those who try to take a place that is not theirs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Resource } from '@xinglin/fhir'
import {
  auditLines,
  lastAuditId,
  logKinds,
  password,
  refusalOf,
  signedInPerson,
  testIdentity,
} from '../test-identity.ts'

const of = await testIdentity()
const { administrator, database, identity, records, runtime } = of
const { badges, accounts } = identity
const { tenant } = administrator

await records.commit({ tenant, actor: 'system/test' }, (unit) =>
  unit.write([
    { kind: 'update', resource: { resourceType: 'Location', id: 'ward', name: '三病区' } as Resource },
  ]),
)
const registered = (label: string) =>
  badges.register(administrator, { label, location: 'ward', idleSeconds: 60, reason: 'new terminal' })
const lin = await signedInPerson(of, { login: 'lin', roles: ['nurse'] })
const mei = await signedInPerson(of, { login: 'mei', roles: ['nurse'] })
const [linShows, meiShows] = [
  { number: '04a1-b2c3', pin: '271828' },
  { number: '04A1-FFFF', pin: '314159' },
]
await badges.enrol(lin.actor, { ...linShows, password })
await badges.enrol(mei.actor, { ...meiShows, password })
const desk = await registered('护士站 1')

const isIn = async (token: string) => (await accounts.sessionActor(token))?.display ?? 'signed out'

test('a terminal tells its ward and nobody’s secret; what is no terminal tells nothing', async () => {
  assert.deepEqual(await badges.terminal(desk.secret), {
    ...{ label: '护士站 1', place: '三病区', idleSeconds: 60, isLocked: false },
  })
  assert.equal(await badges.terminal('guessed'), undefined)
  const rows = await database.query(sql<{ text: string }>`
    select concat(terminal::text, badge::text) as text from staff.terminal, staff.badge`)
  const kept = rows.map(({ text }) => text).join()
  for (const secret of [desk.secret, '04A1', linShows.pin, meiShows.pin])
    assert.equal(kept.includes(secret), false)
})

test('the next nurse’s badge ends the session of the one before; one’s own locked session goes on', async () => {
  const before = await lastAuditId(of)
  const first = await badges.enter(desk.secret, { ...linShows, address: '10.0.0.7' })
  assert.equal(await isIn(first.token), 'lin')
  assert.equal((await badges.terminal(desk.secret))?.holder, 'lin')

  await badges.lock({ ...first.actor })
  assert.equal(await isIn(first.token), 'signed out')
  assert.equal((await badges.terminal(desk.secret))?.isLocked, true)
  const again = await badges.enter(desk.secret, linShows)
  assert.equal(again.actor.session, first.actor.session)
  assert.deepEqual([await isIn(again.token), await isIn(first.token)], ['lin', 'signed out'])

  const next = await badges.enter(desk.secret, meiShows)
  assert.deepEqual([await isIn(next.token), await isIn(again.token)], ['mei', 'signed out'])
  await identity.stop()
  assert.deepEqual(await auditLines(of, before), [
    'allowed sign-in',
    'allowed terminal-entered Terminal',
    'allowed terminal-locked Terminal',
    'allowed terminal-unlocked Terminal',
    'allowed sign-in',
    'allowed terminal-entered Terminal',
  ])
  assert.deepEqual((await logKinds(of)).slice(-2), ['identity.terminal-locked', 'identity.terminal-left'])
})

test('an untouched terminal asks for the PIN after its own time, and a session at a desk does not', async () => {
  const { token } = await badges.enter(desk.secret, linShows)
  runtime.advance(59_000)
  assert.equal(await isIn(token), 'lin')
  runtime.advance(61_000)
  assert.deepEqual([await isIn(token), await isIn(lin.token)], ['signed out', 'lin'])
  const again = await badges.enter(desk.secret, linShows)
  assert.equal(await isIn(again.token), 'lin')
})

test('who goes on at another terminal has left the first; who signs in by password stands there too', async () => {
  const other = await registered('护士站 2')
  const first = await badges.enter(desk.secret, linShows)
  const second = await badges.enter(other.secret, linShows)
  assert.deepEqual([await isIn(first.token), await isIn(second.token)], ['signed out', 'lin'])
  const byPassword = await accounts.signIn({ login: 'mei', password })
  await badges.stand(other.secret, byPassword.actor)
  assert.deepEqual([await isIn(second.token), await isIn(byPassword.token)], ['signed out', 'mei'])
  runtime.advance(61_000)
  assert.equal(await isIn(byPassword.token), 'signed out')
})

test('a badge without its PIN, another’s PIN, an unknown badge and an unregistered terminal look alike and open nothing', async () => {
  const attempts = [
    () => badges.enter(desk.secret, { ...linShows, pin: meiShows.pin }),
    () => badges.enter(desk.secret, { number: 'FFFF-0000', pin: linShows.pin }),
    () => badges.enter(desk.secret, { number: '', pin: '' }),
    () => badges.enter('no terminal', linShows),
    () => badges.enter('', linShows),
  ]
  const refusals = []
  for (const attempt of attempts) refusals.push(await refusalOf(attempt))
  assert.deepEqual(refusals, [
    ...Array.from({ length: 3 }, () => 'unauthenticated badge.wrong'),
    ...Array.from({ length: 2 }, () => 'unauthenticated badge.no-terminal'),
  ])
})

test('PINs cannot be guessed: five failures lock badge and password together, and an administrator unlocks them', async () => {
  const guess = (pin: string) => refusalOf(() => badges.enter(desk.secret, { ...meiShows, pin }))
  const refusals = []
  for (let pin = 200_000; pin < 200_006; pin++) refusals.push(await guess(String(pin)))
  assert.deepEqual(refusals, [
    ...Array.from({ length: 5 }, () => 'unauthenticated badge.wrong'),
    'busy identity.locked',
  ])
  assert.equal(await guess(meiShows.pin), 'busy identity.locked')
  assert.equal(await refusalOf(() => accounts.signIn({ login: 'mei', password })), 'busy identity.locked')
  const unknown = []
  for (let pin = 0; pin < 6; pin++)
    unknown.push(await refusalOf(() => badges.enter(desk.secret, { number: 'NOBODY', pin: `20000${pin}` })))
  assert.deepEqual(unknown, refusals)
  await identity.people.unlock(administrator, { id: mei.id, reason: 'forgot' })
  assert.equal(await guess(meiShows.pin), 'done')
})

test('passwords guessed elsewhere lock nobody out of a ward', async () => {
  for (let guess = 0; guess < 6; guess++)
    await refusalOf(() => accounts.signIn({ login: 'mei', password: 'Wrong-password-1' }))

  assert.equal(await refusalOf(() => accounts.signIn({ login: 'mei', password })), 'busy identity.locked')
  assert.equal(await refusalOf(() => badges.enter(desk.secret, meiShows)), 'done')
  await identity.people.unlock(administrator, { id: mei.id, reason: 'attacked' })
})

test('a badge is one person’s, its PIN is no row, and its enrolment asks for the password', async () => {
  const enrol = (badge: object) => () => badges.enrol(lin.actor, { ...linShows, password, ...badge })
  const attempts = [
    enrol({ number: meiShows.number }),
    enrol({ number: 'x y' }),
    enrol({ pin: '123456' }),
    enrol({ pin: '000000' }),
    enrol({ pin: '27182' }),
    enrol({ password: 'guessed' }),
    () => badges.enrol(administrator, { ...linShows, password: 'whatever' }),
  ]
  const refusals = []
  for (const attempt of attempts) refusals.push(await refusalOf(attempt))
  assert.deepEqual(refusals, [
    'conflict badge.taken',
    'invalid badge.number',
    'invalid badge.weak-pin',
    'invalid badge.weak-pin',
    'invalid badge.weak-pin',
    'invalid identity.wrong-password',
    'forbidden badge.administrator',
  ])
})

test('a person who was disabled, must change the password, or became an administrator does not enter by badge', async () => {
  const enter = () => refusalOf(() => badges.enter(desk.secret, linShows))
  const change = (roles: readonly string[]) =>
    identity.people.setRoles(administrator, { id: lin.id, roles, reason: 'other work' })
  await change(['nurse', 'administrator'])
  assert.equal(await enter(), 'forbidden badge.administrator')
  await change(['nurse'])
  assert.equal(await enter(), 'done')
  await identity.people.disable(administrator, { id: lin.id, reason: 'left' })
  assert.equal(await enter(), 'unauthenticated badge.wrong')
  await identity.people.enable(administrator, { id: lin.id, reason: 'back' })
  const { oneTimePassword } = await identity.people.resetPassword(administrator, {
    ...{ id: lin.id, reason: 'forgotten' },
  })
  assert.equal(await enter(), 'forbidden badge.password-due')
  const { actor } = await accounts.signIn({ login: 'lin', password: oneTimePassword })
  await accounts.changePassword(actor, { current: oneTimePassword, next: 'Meadow-69-rain' })
  assert.equal(await enter(), 'done')
})

test('a terminal that was withdrawn signs out who stands there and lets nobody in; a lost badge is taken away', async () => {
  const gone = await registered('护士站 3')
  const { token } = await badges.enter(gone.secret, meiShows)
  await badges.withdraw(administrator, { id: gone.id, reason: 'stolen' })
  assert.equal(await isIn(token), 'signed out')
  assert.equal(await badges.terminal(gone.secret), undefined)
  assert.equal(
    await refusalOf(() => badges.enter(gone.secret, meiShows)),
    'unauthenticated badge.no-terminal',
  )
  await badges.remove(administrator, { id: mei.id, reason: 'lost' })
  assert.equal(await refusalOf(() => badges.enter(desk.secret, meiShows)), 'unauthenticated badge.wrong')
  assert.equal(await badges.own(mei.actor), undefined)
  const listed = await badges.terminals(administrator)
  assert.deepEqual(
    listed.map(({ label, ended, holder }) => [label, ended !== undefined, holder]),
    [
      ['护士站 1', false, 'lin'],
      ['护士站 2', false, undefined],
      ['护士站 3', true, undefined],
    ],
  )
})

test('only who may administer terminals registers or withdraws one', async () => {
  const attempts = [
    () => badges.register(lin.actor, { label: 'mine', location: 'ward', idleSeconds: 60, reason: 'mine' }),
    () => badges.withdraw(lin.actor, { id: desk.id, reason: 'mine' }),
    () => badges.terminals(lin.actor),
    () => badges.register(administrator, { label: 'x', location: 'nowhere', idleSeconds: 60, reason: 'new' }),
    () => badges.register(administrator, { label: 'x', location: 'ward', idleSeconds: 3_600, reason: 'new' }),
  ]
  const refusals = []
  for (const attempt of attempts) refusals.push(await refusalOf(attempt))
  assert.deepEqual(refusals, [
    ...Array.from({ length: 3 }, () => 'forbidden identity.not-allowed'),
    'invalid staff.no-place',
    'invalid badge.terminal',
  ])
})
