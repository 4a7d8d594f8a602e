/** Known browsers: strangers who guess lock nobody out of a browser where he showed a second factor. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { epochMs } from '@xinglin/fhir'
import { Secret, TOTP } from 'otpauth'
import { password, refusalOf, signedInPerson, testIdentity } from '../test-identity.ts'

const hospital = await testIdentity()
const { identity, administrator, database, runtime } = hospital
const { accounts, devices, factors } = identity

const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: epochMs(runtime.now()) })

/** A nurse with an authenticator app and a browser that knows her. */
async function known(login: string) {
  const person = await signedInPerson(hospital, { login, roles: ['nurse'] })
  const { id, secret } = await factors.beginAuthenticator(person.actor)
  await factors.confirmAuthenticator(person.actor, { id, code: codeOf(secret) })
  const actor = (await accounts.sessionActor(person.token)) ?? person.actor
  const device = await devices.remember(actor, { label: 'Firefox' })
  return { ...person, actor, device, factor: id }
}

const tried = (login: string, given: string, device?: string) =>
  refusalOf(() => accounts.begin({ login, password: given, ...(device ? { device } : {}) }))

async function lockedByStrangers(login: string): Promise<void> {
  for (let guess = 0; guess < 6; guess++) await tried(login, 'Wrong-password-1')
}

const locked = 'busy identity.locked'
const wrong = 'unauthenticated identity.wrong-password'

test('who showed a factor in this browser before signs in while strangers have locked the login', async () => {
  const { device } = await known('lin')
  await lockedByStrangers('lin')

  const answer = await accounts.begin({ login: 'lin', password, device })

  deepEqual('ticket' in answer && answer.awaits, 'proof')
  deepEqual([await tried('lin', password), await tried('lin', password, 'another value')], [locked, locked])
})

test('a known browser is one account’s, and after five wrong passwords it is a stranger', async () => {
  const { device } = await known('mei')
  await known('hui')
  await lockedByStrangers('mei')
  await lockedByStrangers('hui')

  equal(await tried('hui', password, device), locked)
  const guesses: string[] = []
  for (let guess = 0; guess < 6; guess++) guesses.push(await tried('mei', 'Wrong-password-1', device))
  deepEqual(guesses, [wrong, wrong, wrong, wrong, wrong, locked])
  equal(await tried('mei', password, device), locked)
})

test('known browsers are seen and ended one by one; a value that somebody planted in a browser is not kept', async () => {
  const { actor, device } = await known('qiu')
  const other = await known('rui')
  runtime.advance(60_000)
  const renewed = await devices.remember(
    { ...actor, address: '10.0.0.5' },
    { secret: device, label: 'Chromium' },
  )
  const shared = await devices.remember(other.actor, { secret: renewed, label: 'Chromium' })
  const elsewhere = await devices.remember(actor, {})

  deepEqual(
    (await devices.own(actor, shared)).map(({ label, address, isThis }) => [label, address, isThis]),
    [
      ['Chromium', '10.0.0.5', true],
      [undefined, undefined, false],
    ],
  )
  equal(renewed === device, false)
  await lockedByStrangers('qiu')
  deepEqual([await tried('qiu', password, device), await tried('qiu', password, renewed)], [locked, locked])
  equal(await tried('qiu', password, shared), 'done')
  const [first] = (await devices.own(actor, elsewhere)).filter(({ isThis }) => isThis)
  await devices.forget(actor, first?.id ?? '')
  equal(await tried('qiu', password, elsewhere), locked)
  equal(await refusalOf(() => devices.forget(actor, first?.id ?? '')), 'notFound identity.no-device')
  equal(await refusalOf(() => devices.own({ ...actor, client: 'an-app' })), 'forbidden identity.no-password')
  const kept = await database.query(sql<{ text: string }>`select device::text as text from signin.device`)
  equal(
    kept.some(({ text }) => text.includes(shared)),
    false,
  )
})

test('they end with a reset password, with cleared factors, with the last factor, and after 90 days', async () => {
  const ways = {
    reset: ({ id }) => identity.people.resetPassword(administrator, { id, reason: 'lost' }),
    cleared: ({ id }) => identity.people.clearFactors(administrator, { id, reason: 'lost' }),
    removed: ({ actor, factor }) => factors.remove(actor, factor),
    forgotten: async () => runtime.advance(90 * 86_400_000),
  } satisfies Record<string, (person: Awaited<ReturnType<typeof known>>) => Promise<unknown>>
  const left: number[] = []
  for (const [login, end] of Object.entries(ways)) {
    const person = await known(login)
    left.push((await devices.own(person.actor)).length)
    await end(person)
    left.push((await devices.own(person.actor)).length)
  }

  deepEqual(left, [1, 0, 1, 0, 1, 0, 1, 0])
})

test('whom strangers have locked out changes his password where he is signed in', async () => {
  const { actor } = await signedInPerson(hospital, { login: 'tao', roles: ['nurse'] })
  await lockedByStrangers('tao')

  equal(
    await refusalOf(() => accounts.changePassword(actor, { current: password, next: 'Maple-61-river' })),
    'done',
  )
})

test('nobody locks what has its own count by typing its name as a login', async () => {
  const { actor, device } = await known('yan')
  for (const name of [
    ` own-password ${actor.id} `,
    `own-password ${actor.id}`,
    `second factor of ${actor.id}`,
  ])
    await lockedByStrangers(name)

  equal(await tried('yan', password, device), 'done')
  equal(
    await refusalOf(() => accounts.changePassword(actor, { current: password, next: 'Maple-61-river' })),
    'done',
  )
})
