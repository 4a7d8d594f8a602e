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
  ]
  runtime.advance(30_000)
  const opened = await identity.factors.proveByCode({ ticket }, codeOf(secret))

  deepEqual({ ...answer, ticket: '' }, { awaits: 'proof', methods: ['totp', 'recovery-code'], ticket: '' })
  deepEqual(outcomes, [
    'unauthenticated identity.second-factor',
    'done',
    'unauthenticated identity.wrong-code',
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

test('whose house demands a factor may do nothing but change the one-time password and add it; other sessions end', async () => {
  const strict = createIdentity({ ...hospital, settings: { secondFactor: 'administrators' } })
  after(() => strict.stop())
  const person = await identity.people.create(hospital.administrator, {
    ...{ login: 'gao', display: 'gao', roles: ['administrator'] },
  })
  const right = { kind: 'permission', permission: 'administration.people.write' } as const
  const standing = async (token: string) => {
    const actor = await strict.accounts.sessionActor(token)
    const decision = actor && strict.decide(actor, right)
    return decision?.isAllowed === false ? decision.reason : decision?.isAllowed
  }
  const elsewhere = await strict.accounts.signIn({ login: 'gao', password: person.oneTimePassword })
  const { actor, token } = await strict.accounts.signIn({ login: 'gao', password: person.oneTimePassword })

  const states = [await standing(token)]
  await strict.accounts.changePassword(actor, { current: person.oneTimePassword, next: password })
  states.push(await standing(token))
  const { token: second } = await strict.accounts.signIn({ login: 'gao', password })
  const { id, secret } = await strict.factors.beginAuthenticator(actor)
  const { recoveryCodes } = await strict.factors.confirmAuthenticator(actor, { id, code: codeOf(secret) })
  for (const each of [token, second, elsewhere.token]) states.push(await standing(each))

  const owed = 'a second factor must be added or shown first'
  deepEqual(states, ['the one-time password must be changed first', owed, true, undefined, undefined])
  equal(recoveryCodes?.length, 10)
  const proved = await strict.accounts.sessionActor(token)
  const [factor] = proved ? (await strict.factors.own(proved)).factors : []
  equal(
    proved && (await refusalOf(() => strict.factors.remove(proved, factor?.id ?? ''))),
    'conflict identity.last-factor',
  )
})

test('who becomes an administrator while signed in owes the factor at once, by a built-in role or one of the house', async () => {
  const strict = createIdentity({ ...hospital, settings: { secondFactor: 'administrators' } })
  after(() => strict.stop())
  await identity.roles.save(hospital.administrator, {
    ...{ id: 'helpdesk', title: { zh: '服务台', en: 'Help desk' }, records: [] },
    permissions: ['administration.people.*'],
  })
  const person = await signedInPerson(hospital, { login: 'tao', roles: ['nurse'] })
  const owes = async () => (await strict.accounts.sessionActor(person.token))?.mustShowFactor ?? false
  const owed = [await owes()]
  for (const role of ['helpdesk', 'nurse', 'security-administrator']) {
    const act = { id: person.id, roles: [role], reason: 'another work' }
    await strict.people.setRoles(strict.systemActor('test', hospital.administrator.tenant), act)
    owed.push(await owes())
  }

  deepEqual(owed, [false, true, false, true])
})

test('a session from before the first factor adds no second one without showing it', async () => {
  const { actor, token } = await signedInPerson(hospital, { login: 'rui', roles: ['nurse'] })
  const { id, secret } = await identity.factors.beginAuthenticator(actor)
  await identity.factors.confirmAuthenticator(actor, { id, code: codeOf(secret) })

  equal(await refusalOf(() => identity.factors.beginAuthenticator(actor)), 'forbidden identity.second-factor')
  const proved = await identity.accounts.sessionActor(token)
  equal(proved && (await refusalOf(() => identity.factors.beginAuthenticator(proved))), 'done')
})
