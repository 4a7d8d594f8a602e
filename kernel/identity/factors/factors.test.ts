/** Second factors: what a password alone opens no longer, codes that are good once, and dangerous acts. */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from '@xinglin/database'
import { epochMs } from '@xinglin/fhir'
import { Secret, TOTP } from 'otpauth'
import { createIdentity } from '../identity.ts'
import { password, refusalOf, signedInPerson, testIdentity } from '../test-identity.ts'

const hospital = await testIdentity()
const { identity, runtime, database } = hospital

const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: epochMs(runtime.now()) })

async function ticketOf(login: string): Promise<string> {
  const answer = await identity.accounts.begin({ login, password, address: '10.0.0.9' })
  return 'ticket' in answer ? answer.ticket : ''
}

/** A nurse with an authenticator app. */
async function enrolled(login: string) {
  const person = await signedInPerson(hospital, { login, roles: ['nurse'] })
  const { id, secret } = await identity.factors.beginAuthenticator(person.actor)
  const { recoveryCodes = [] } = await identity.factors.confirmAuthenticator(person.actor, {
    id,
    code: codeOf(secret),
  })
  const actor = (await identity.accounts.sessionActor(person.token)) ?? person.actor
  return { ...person, actor, secret, recoveryCodes }
}

test('after an app is added the password opens nothing but the second step, and a code is good once', async () => {
  const { secret } = await enrolled('lin')
  const answer = await identity.accounts.begin({ login: 'lin', password })
  const ticket = 'ticket' in answer ? answer.ticket : ''

  const outcomes = [
    await refusalOf(() => identity.accounts.signIn({ login: 'lin', password })),
    await refusalOf(() => identity.accounts.sessionActor(ticket)),
    await refusalOf(() => identity.factors.proveByCode({ ticket }, codeOf(secret))),
    await refusalOf(() => identity.factors.beginAuthenticator({ ticket })),
  ]
  runtime.advance(30_000)
  const opened = await identity.factors.proveByCode({ ticket }, codeOf(secret))

  deepEqual({ ...answer, ticket: '' }, { awaits: 'proof', methods: ['totp', 'recovery-code'], ticket: '' })
  deepEqual(outcomes, [
    'unauthenticated identity.second-factor',
    'done',
    'unauthenticated identity.wrong-code',
    'forbidden identity.second-factor',
  ])
  equal(await identity.accounts.sessionActor(ticket), undefined)
  const actor = await identity.accounts.sessionActor(opened?.token ?? '')
  equal(actor?.secondFactor?.method, 'totp')
  equal(
    await refusalOf(() => identity.factors.proveByCode({ ticket }, codeOf(secret))),
    'unauthenticated identity.ticket',
  )
})

test('a recovery code opens once; the secret lies sealed', async () => {
  const { recoveryCodes, secret } = await enrolled('mei')
  const [code = ''] = recoveryCodes

  const first = await identity.factors.proveByCode({ ticket: await ticketOf('mei') }, code)
  const again = await ticketOf('mei')

  equal(first?.actor.secondFactor?.method, 'recovery-code')
  equal(
    await refusalOf(() => identity.factors.proveByCode({ ticket: again }, code)),
    'unauthenticated identity.wrong-code',
  )
  equal(recoveryCodes.length, 10)
  const stored = await database.query(sql<{ secret: string }>`select secret from signin.factor`)
  ok(stored.every((row) => row.secret.startsWith('x1.') && !row.secret.includes(secret)))
})

test('five wrong codes lock the second factor, and a right password does not unlock it', async () => {
  const { secret } = await enrolled('qiu')
  runtime.advance(60_000)
  const outcomes: string[] = []
  for (let guess = 0; guess < 6; guess++) {
    const ticket = await ticketOf('qiu')
    outcomes.push(await refusalOf(() => identity.factors.proveByCode({ ticket }, '000000')))
  }
  const ticket = await ticketOf('qiu')
  outcomes.push(await refusalOf(() => identity.factors.proveByCode({ ticket }, codeOf(secret))))

  const wrong = 'unauthenticated identity.wrong-code'
  deepEqual(outcomes, [wrong, wrong, wrong, wrong, wrong, 'busy identity.locked', 'busy identity.locked'])
})

test('a dangerous act asks for the factor once more after ten minutes', async () => {
  const { actor, token, secret } = await enrolled('shen')
  runtime.advance(9 * 60_000)
  const soon = await refusalOf(() => identity.demandStepUp(actor))
  runtime.advance(2 * 60_000)
  const late = await refusalOf(() => identity.demandStepUp(actor))
  const removal = await refusalOf(() => identity.factors.remove(actor, 'any'))
  await identity.factors.proveByCode(actor, codeOf(secret))
  const fresh = await identity.accounts.sessionActor(token)

  const stepUp = 'unauthenticated identity.step-up'
  deepEqual([soon, late, removal], ['done', stepUp, stepUp])
  equal(fresh && (await refusalOf(() => identity.demandStepUp(fresh))), 'done')
})

test('where administrators must have one, an administrator without one is led to add it before anything else', async () => {
  const strict = createIdentity({ ...hospital, settings: { secondFactor: 'administrators' } })
  after(() => strict.stop())
  const person = await identity.people.create(hospital.administrator, {
    ...{ login: 'gao', display: 'gao', roles: ['administrator'] },
  })
  const begun = await strict.accounts.begin({ login: 'gao', password: person.oneTimePassword })
  const ticket = 'ticket' in begun ? begun.ticket : ''
  const { id, secret } = await strict.factors.beginAuthenticator({ ticket })
  const { opened, recoveryCodes } = await strict.factors.confirmAuthenticator(
    { ticket },
    { id, code: codeOf(secret) },
  )

  deepEqual({ ...begun, ticket: '' }, { awaits: 'enrolment', methods: ['totp', 'passkey'], ticket: '' })
  equal(recoveryCodes?.length, 10)
  equal(opened?.actor.mustChangePassword, true)
  const actor = await strict.accounts.sessionActor(opened?.token ?? '')
  const [factor] = actor ? (await strict.factors.own(actor)).factors : []
  equal(
    actor && (await refusalOf(() => strict.factors.remove(actor, factor?.id ?? ''))),
    'conflict identity.last-factor',
  )
})
