/** Who comes by a provider of others: whose account it is, which roles the groups give, and who is refused. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor } from '../identity.ts'
import {
  administratorPassword,
  auditLines,
  lastAuditId,
  logKinds,
  password,
  refusalOf,
  signedInPerson,
  testIdentity,
} from '../test-identity.ts'
import type { UpstreamProvider, VouchedPerson } from './upstream.ts'

const hospital = await testIdentity()
const { identity, administrator, runtime } = hospital
const { upstream } = identity

const keycloak: UpstreamProvider = {
  ...{ id: 'keycloak', kind: 'oidc', title: { zh: '统一身份', en: 'Hospital sign-on' } },
  ...{ joining: 'auto', isEnabled: true, allowsAdministrators: false, localPasswords: 'kept' },
  settings: {
    ...{ issuer: 'https://sso.hospital.example/realms/staff', clientId: 'xinglin' },
    ...{ clientAuthentication: 'client_secret_basic', scopes: ['profile'], clockSkewSeconds: 30 },
    ...{ loginClaim: 'preferred_username', displayClaim: 'name', groupsClaim: 'groups' },
    ...{ secondFactorAcr: [], secondFactorAmr: [], endsUpstreamSession: true },
  },
}
await upstream.save(administrator, { ...keycloak, secret: 'Mulberry-Grove' })
await upstream.setMappings(administrator, {
  id: 'keycloak',
  reason: 'as agreed with personnel',
  mappings: [
    { group: '/medicine/doctors', role: 'clinician' },
    { group: '/medicine/nurses', role: 'nurse' },
  ],
})

type Coming = Partial<Omit<VouchedPerson, 'provider'>> & { readonly subject: string }
const come = async (coming: Coming, provider = 'keycloak') =>
  upstream.enter({
    provider: await upstream.opened(provider),
    ...{ groups: [], hasSecondFactor: false, login: coming.subject, display: coming.subject, ...coming },
  })
const rolesOf = async (coming: Coming) => {
  const answer = await come(coming)
  return 'actor' in answer ? answer.actor.roles : answer.awaits
}
const personWith = async (login: string): Promise<{ id: string; roles: readonly string[] }> => {
  const [person] = await identity.people.list(administrator, { text: login, limit: 1 })
  if (!person) throw new Error(`there is no ${login}`)
  return person
}

test('an account is made at the first sign-in, its roles follow the groups at each one, and all of it is told', async () => {
  const before = await lastAuditId(hospital)
  const nurse = { subject: 'lin.mei', groups: ['/Medicine/Nurses', '/all-staff'] }

  const roles = [
    await rolesOf(nurse),
    await rolesOf({ ...nurse, groups: ['/medicine/nurses', '/medicine/doctors'] }),
    await rolesOf({ ...nurse, groups: ['/medicine/doctors'] }),
    await refusalOf(() => come({ ...nurse, groups: ['/all-staff'] })),
  ]

  await identity.stop()
  deepEqual(roles, [['nurse'], ['clinician', 'nurse'], ['clinician'], 'forbidden upstream.no-role'])
  deepEqual((await personWith('lin.mei')).roles, [])
  deepEqual(
    (await auditLines(hospital, before)).filter((line) => !line.includes('list')),
    [
      'allowed join Account keycloak',
      'allowed roles-by-groups Account keycloak: +nurse',
      'allowed sign-in',
      'allowed roles-by-groups Account keycloak: +clinician',
      'allowed sign-in',
      'allowed roles-by-groups Account keycloak: -nurse',
      'allowed sign-in',
      'allowed roles-by-groups Account keycloak: -clinician',
      'refused sign-in keycloak: upstream.no-role',
    ],
  )
})

test('a role that was given by hand outlives the group that gives it too', async () => {
  await come({ subject: 'zhao.ning', groups: ['/medicine/nurses'] })
  const { id } = await personWith('zhao.ning')
  const reason = 'covers the laboratory'
  await identity.people.setRoles(administrator, { id, roles: ['nurse', 'technician'], reason })

  const both = await rolesOf({ subject: 'zhao.ning', groups: ['/medicine/doctors'] })
  await identity.people.setRoles(administrator, { id, roles: [...both, 'nurse'], reason })
  const more = await rolesOf({ subject: 'zhao.ning', groups: ['/medicine/nurses'] })
  const left = await rolesOf({ subject: 'zhao.ning', groups: [] })

  deepEqual(
    [both, more, left],
    [
      ['technician', 'clinician'],
      ['technician', 'nurse'],
      ['technician', 'nurse'],
    ],
  )
  const [person] = (await upstream.people(administrator, 'keycloak')).filter(
    ({ login }) => login === 'zhao.ning',
  )
  deepEqual([person?.rolesByHand, person?.rolesByGroups], [['technician', 'nurse'], []])
})

test('roles of administrators come by no group, unless the provider may give them', async () => {
  const mappings = [
    { group: '/it', role: 'administrator' },
    { group: '/it', role: 'technician' },
  ]
  const reason = 'administrators by group'
  const map = () => upstream.setMappings(administrator, { id: 'it-desk', mappings, reason })
  await upstream.save(administrator, { ...keycloak, id: 'it-desk' })

  const refused = await refusalOf(map)
  await upstream.save(administrator, { ...keycloak, id: 'it-desk', allowsAdministrators: true })
  await map()
  const allowed = await upstream.preview(administrator, { id: 'it-desk', groups: ['/it', '/other'] })
  await upstream.save(administrator, { ...keycloak, id: 'it-desk', allowsAdministrators: false })
  const withheld = await upstream.preview(administrator, { id: 'it-desk', groups: ['/it', '/other'] })
  const answer = await come({ subject: 'it.1', groups: ['/it'] }, 'it-desk')

  equal(refused, 'forbidden upstream.administrator-role')
  const technician = { role: 'technician', groups: ['/it'] }
  deepEqual(allowed, {
    roles: [{ role: 'administrator', groups: ['/it'] }, technician],
    withheld: [],
    unmapped: ['/other'],
  })
  deepEqual(withheld, { roles: [technician], withheld: ['administrator'], unmapped: ['/other'] })
  deepEqual('actor' in answer && answer.actor.roles, ['technician'])
})

test('nobody gets an account by its name: a taken login needs an invitation, good once and for one account', async () => {
  const { id } = await signedInPerson(hospital, { login: 'chen.bo', roles: ['nurse'] })
  const stranger = { subject: 'sub-of-chen', login: 'chen.bo', groups: ['/medicine/doctors'] }
  const asked = { id: 'keycloak', login: 'chen.bo', reason: 'moves to single sign-on' }

  const byName = await refusalOf(() => come(stranger))
  const { code } = await upstream.invite(administrator, asked)
  const wrong = await refusalOf(() => come({ ...stranger, invitation: 'guessed' }))
  const linked = await come({ ...stranger, invitation: code })
  const again = await refusalOf(() => come({ ...stranger, subject: 'another', invitation: code }))
  const second = await refusalOf(() => upstream.invite(administrator, asked))

  deepEqual(
    [byName, wrong, again, second],
    [
      'conflict upstream.login-taken',
      'forbidden upstream.invitation',
      'forbidden upstream.invitation',
      'conflict upstream.linked-already',
    ],
  )
  deepEqual('actor' in linked && [linked.actor.id, linked.actor.roles], [id, ['nurse', 'clinician']])
})

test('an invitation ends after a week, and where nobody may join', async () => {
  await signedInPerson(hospital, { login: 'gao.yu', roles: ['nurse'] })
  const asked = { id: 'keycloak', login: 'gao.yu', reason: 'moves to single sign-on' }
  const { code } = await upstream.invite(administrator, asked)
  runtime.advance(8 * 24 * 3_600_000)
  equal(await refusalOf(() => come({ subject: 'gao', invitation: code })), 'forbidden upstream.invitation')

  await upstream.save(administrator, { ...keycloak, joining: 'off' })
  const { code: fresh } = await upstream.invite(administrator, asked)
  const outcomes = [
    await refusalOf(() => come({ subject: 'gao', invitation: fresh })),
    await refusalOf(() => come({ subject: 'newcomer', groups: ['/medicine/nurses'] })),
  ]
  await upstream.save(administrator, keycloak)
  deepEqual(outcomes, ['forbidden upstream.invitation', 'forbidden upstream.not-linked'])
})

test('who is disabled here stays so, whatever the provider says', async () => {
  const doctor = { subject: 'sun.li', groups: ['/medicine/doctors'] }
  await come(doctor)
  const { id } = await personWith('sun.li')
  await identity.people.disable(administrator, { id, reason: 'left' })

  equal(await refusalOf(() => come(doctor)), 'forbidden upstream.disabled')
  deepEqual(
    (await upstream.failures(administrator, 'keycloak')).slice(0, 1).map(({ code, login }) => [code, login]),
    [['upstream.disabled', 'sun.li']],
  )
})

test('a second factor here is asked for unless the provider asked for one in a way that counts', async () => {
  const { actor } = await signedInPerson(hospital, { login: 'wang.jun', roles: ['nurse'] })
  const { id, secret } = await identity.factors.beginAuthenticator(actor)
  const { Secret, TOTP } = await import('otpauth')
  const code = () =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.parse(runtime.now()) })
  await identity.factors.confirmAuthenticator(actor, { id, code: code() })
  const asked = { id: 'keycloak', login: 'wang.jun', reason: 'moves to single sign-on' }
  const { code: invitation } = await upstream.invite(administrator, asked)

  const awaiting = await come({ subject: 'wang', invitation, sid: 'there-1' })
  const trusted = await come({ subject: 'wang', hasSecondFactor: true })
  runtime.advance(60_000)
  if (!('ticket' in awaiting)) throw new Error('no second factor was asked for')
  const opened = await identity.factors.proveByCode({ ticket: awaiting.ticket }, code())

  deepEqual(awaiting.methods, ['totp', 'recovery-code'])
  equal('actor' in trusted && trusted.actor.secondFactor?.method, 'upstream')
  equal(
    await identity.upstream.endedAt(opened?.actor.session ?? '').then((ended) => ended?.provider),
    'keycloak',
  )
})

test('the provider ends its sessions here by their number or by the person, once for each token', async () => {
  const nurse = { subject: 'he.ping', groups: ['/medicine/nurses'] }
  const sessions = await Promise.all(['a', 'b', 'c'].map((sid) => come({ ...nurse, sid })))
  const tokens = sessions.map((answer) => ('token' in answer ? answer.token : ''))
  const living = async () => {
    const actors = await Promise.all(tokens.map((token) => identity.accounts.sessionActor(token)))
    return actors.map((actor?: Actor) => actor !== undefined)
  }
  const provider = await upstream.opened('keycloak')
  const expires = runtime.now()
  const end = (ended: { jti: string; sid?: string; subject?: string }) =>
    upstream.endSessions(provider, { ...ended, expires })

  const first = await end({ jti: '1', sid: 'b' })
  const afterFirst = await living()
  const replayed = await refusalOf(() => end({ jti: '1', sid: 'a' }))
  const rest = await end({ jti: '2', subject: 'he.ping' })

  deepEqual([first, afterFirst, replayed], [1, [true, false, true], 'conflict upstream.logout-token'])
  deepEqual([rest, await living()], [2, [false, false, false]])
})

test('a password of this platform may be over for who is linked, never for an administrator', async () => {
  const { id } = await signedInPerson(hospital, { login: 'tang.wei', roles: ['nurse'] })
  const { code } = await upstream.invite(administrator, {
    id: 'keycloak',
    login: 'tang.wei',
    reason: 'moves',
  })
  await come({ subject: 'tang', invitation: code, groups: ['/medicine/nurses'] })
  const { code: own } = await upstream.invite(administrator, {
    id: 'keycloak',
    login: 'admin',
    reason: 'moves',
  })
  await come({ subject: 'root', invitation: own })
  const signIn = (login: string, given: string) =>
    refusalOf(() => identity.accounts.signIn({ login, password: given }))

  const before = await signIn('tang.wei', password)
  await upstream.save(administrator, { ...keycloak, localPasswords: 'administrators' })
  const after = [await signIn('tang.wei', password), await signIn('admin', administratorPassword)]
  await upstream.unlink(administrator, { id: 'keycloak', account: id, reason: 'moves back' })
  const unlinked = await signIn('tang.wei', password)
  await upstream.save(administrator, keycloak)

  deepEqual(
    [before, ...after, unlinked],
    ['done', 'unauthenticated identity.password-elsewhere', 'done', 'done'],
  )
})

test('who is gone from the directory is disabled; an implausible number of them is not, nor the last administrator', async () => {
  await upstream.save(administrator, { ...keycloak, id: 'directory' })
  const reason = 'as agreed'
  await upstream.setMappings(administrator, {
    id: 'directory',
    reason,
    mappings: [{ group: 'g', role: 'nurse' }],
  })
  const people = Array.from({ length: 25 }, (_, number) => `d${number + 10}`)
  for (const subject of people) await come({ subject, groups: ['g'] }, 'directory')
  const { code } = await upstream.invite(administrator, { id: 'directory', login: 'admin', reason })
  await come({ subject: 'root', invitation: code }, 'directory')
  const provider = await upstream.opened('directory')

  const many = await upstream.disableGone(provider, { lookedAt: 26, gone: people })
  const few = await upstream.disableGone(provider, { lookedAt: 26, gone: ['d10', 'root'] })

  deepEqual([many, few], [0, 1])
  equal((await upstream.present(provider)).length, 25)
  equal((await logKinds(hospital)).at(-1), 'identity.person-disabled')
})

test('only who may write them sees a provider tried or changed, and nobody sees its secret again', async () => {
  const { actor } = await signedInPerson(hospital, { login: 'liu.fang', roles: ['clinician'] })

  const outcomes = [
    await refusalOf(() => upstream.list(actor)),
    await refusalOf(() => upstream.save(actor, keycloak)),
    await refusalOf(() => upstream.probe(actor, { id: 'keycloak' })),
    await refusalOf(() => upstream.preview(actor, { id: 'keycloak', groups: [] })),
    await refusalOf(() => upstream.setMappings(actor, { id: 'keycloak', mappings: [], reason: 'mine' })),
    await refusalOf(() => upstream.invite(actor, { id: 'keycloak', login: 'admin', reason: 'mine' })),
  ]

  deepEqual(outcomes, Array(6).fill('forbidden identity.not-allowed'))
  const [listed] = (await upstream.list(administrator)).filter(({ id }) => id === 'keycloak')
  equal(listed?.hasSecret, true)
  equal(JSON.stringify(await upstream.list(administrator)).includes('Mulberry'), false)
  equal((await upstream.opened('keycloak')).secret, 'Mulberry-Grove')
})

test('a setting that cannot work is refused by its name', async () => {
  const save = (settings: object) =>
    refusalOf(() =>
      upstream.save(administrator, { ...keycloak, settings: { ...keycloak.settings, ...settings } } as never),
    )
  deepEqual(
    [
      await save({ issuer: 'ftp://sso' }),
      await save({ issuer: 'https://user:pw@sso.example' }),
      await save({ clientAuthentication: 'hope' }),
      await save({ clockSkewSeconds: 86_400 }),
      await save({ groupsClaim: '' }),
      await save({ authorities: 'no certificate' }),
    ],
    Array(6).fill('invalid upstream.settings'),
  )
})
