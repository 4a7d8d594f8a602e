/** Joining, moving and leaving as personnel tells them, and what follows: accounts, roles, charts, sessions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant, Resource } from '@xinglin/fhir'
import {
  auditLines,
  lastAuditId,
  password,
  refusalOf,
  signedInPerson,
  testIdentity,
} from '../test-identity.ts'

const of = await testIdentity()
const { administrator, identity, records, runtime } = of
const { staff } = identity
const { tenant } = administrator
const personnel = identity.systemActor('personnel', tenant)

const write = (...resources: readonly object[]) =>
  records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'update', resource: resource as Resource }))),
  )
const encounter = (id: string, patient: string, department: string) => ({
  resourceType: 'Encounter',
  id,
  status: 'in-progress',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  subject: { reference: `Patient/${patient}` },
  serviceProvider: { reference: `Organization/${department}` },
})
const organisation = (id: string, code: string, name: string) => ({
  ...{ resourceType: 'Organization', id, name },
  identifier: [{ system: 'urn:test:unit', value: code }],
})

await write(
  organisation('cardiology', 'XIN', '心血管内科'),
  organisation('neurology', 'NEI', '神经内科'),
  { resourceType: 'Patient', id: 'asha' },
  { resourceType: 'Patient', id: 'bo' },
  encounter('asha-stay', 'asha', 'cardiology'),
  encounter('bo-stay', 'bo', 'neurology'),
)
for (const title of ['主治医师', '住院医师'])
  await staff.saveMapping(administrator, { title, roles: ['clinician'], reason: 'doctors' })
await staff.saveMapping(administrator, { title: '护士', roles: ['nurse'], reason: 'nurses' })
await staff.saveMapping(administrator, {
  ...{ title: '护士', department: 'neurology', roles: ['nurse', 'technician'], reason: 'they measure' },
})
await identity.policies.save(administrator, {
  policy: {
    ...{
      id: 'wards',
      title: { zh: '本科', en: 'Own' },
      role: 'clinician',
      types: ['*'],
      interactions: 'crus',
    },
    ...{ patients: 'own-department', afterDays: 0, purposes: [], hidden: [], isActive: true },
  },
  reason: 'own department',
})

let sequence = 0
const told = (event: object) => ({ id: `e-${++sequence}`, sequence, at: runtime.now(), ...event })
const joining = (employee: string, position: object, more: object = {}) =>
  told({ kind: 'join', employee, name: employee, login: employee.toLowerCase(), position, ...more })
const inHours = (hours: number) =>
  new Date(Date.parse(runtime.now()) + hours * 3_600_000).toISOString() as Instant
const rolesOf = async (id: string) => (await staff.person(administrator, id)).roles
const signedIn = async (login: string, id: string) => {
  const { oneTimePassword } = await identity.people.resetPassword(administrator, { id, reason: 'first day' })
  const first = await identity.accounts.signIn({ login, password: oneTimePassword })
  assert.equal(first.actor.mustChangePassword, true)
  await identity.accounts.changePassword(first.actor, { current: oneTimePassword, next: password })
  return first.token
}
const seenBy = async (token: string) => {
  const actor = await identity.accounts.sessionActor(token)
  if (!actor) return 'signed out'
  const { matches } = await identity.recordsFor(actor).search('Patient', [])
  return matches.map(({ id }) => id)
}

test('who joins has an account with the roles of his title, and sees the patients of his department', async () => {
  const event = joining(
    'LI',
    { department: 'XIN', title: '主治医师' },
    { licences: [{ kind: '医师执业证', number: 'L-1', until: '2026-03-01' }] },
  )
  const outcome = await staff.take(personnel, event)
  assert.deepEqual(outcome, {
    ...{ event: event.id, kind: 'join', employee: 'LI', account: outcome.account, login: 'li' },
    ...{ practitioner: outcome.practitioner, effective: '2026-03-02T08:00:00.000+08:00', state: 'done' },
    ...{ roles: ['clinician'], isRepeat: false },
  })
  const token = await signedIn('li', outcome.account)
  assert.deepEqual(await seenBy(token), ['asha'])
  const actor = await identity.accounts.sessionActor(token)
  assert.deepEqual([actor?.practitioner, actor?.departments], [outcome.practitioner, ['cardiology']])
  const { people, total } = await staff.list(administrator, { state: 'licence', limit: 10 })
  assert.deepEqual(
    [
      total,
      people.map(({ login, departments, titles, licenceUntil }) => [
        login,
        departments,
        titles,
        licenceUntil,
      ]),
    ],
    [1, [['li', [{ id: 'cardiology', name: '心血管内科' }], ['主治医师'], '2026-03-01']]],
  )
})

test('the same event twice does nothing more; another content, or an older event, is refused', async () => {
  const event = joining('WANG', { department: 'XIN', title: '护士' })
  const first = await staff.take(personnel, event)
  assert.deepEqual(await staff.take(personnel, event), { ...first, isRepeat: true })
  const refusals = [
    () => staff.take(personnel, { ...event, name: 'other' }),
    () => staff.take(personnel, told({ kind: 'leave', employee: 'WANG', sequence: 1 })),
    () => staff.take(personnel, joining('WANG', { department: 'XIN', title: '护士' })),
    () =>
      staff.take(
        personnel,
        told({ kind: 'move', employee: 'NOBODY', position: { department: 'XIN', title: '护士' } }),
      ),
    () => staff.take(personnel, joining('ZHAO', { department: 'NOWHERE', title: '护士' })),
    () => staff.take(personnel, { ...event, id: 'x', at: 'tomorrow' }),
  ]
  assert.deepEqual(await Promise.all(refusals.map(refusalOf)), [
    'conflict staff.event-reused',
    'conflict staff.out-of-order',
    'conflict staff.employed',
    'conflict staff.not-employed',
    'invalid staff.no-place',
    'invalid staff.event',
  ])
})

test('a transfer takes the old department away and gives the new one at its instant; what was given by hand is reviewed', async () => {
  const { account } = await staff.take(personnel, joining('MEI', { department: 'XIN', title: '住院医师' }))
  const token = await signedIn('mei', account)
  await identity.people.setRoles(administrator, {
    id: account,
    roles: ['clinician', 'auditor'],
    reason: 'quality',
  })
  const at = inHours(2)
  const position = { department: 'NEI', title: '住院医师' }
  const planned = await staff.take(personnel, told({ kind: 'move', employee: 'MEI', at, position }))
  assert.equal(planned.state, 'planned')
  assert.deepEqual(await seenBy(token), ['asha'])
  runtime.advance(2 * 3_600_000)
  await staff.applyDue()
  const anew = await identity.accounts.signIn({ login: 'mei', password })
  assert.deepEqual(await seenBy(anew.token), ['bo'])
  const [review] = await staff.reviews(administrator)
  assert.deepEqual(
    { before: review?.before, after: review?.after, kept: review?.kept, added: review?.added },
    {
      before: [{ id: 'cardiology', name: '心血管内科' }],
      after: [{ id: 'neurology', name: '神经内科' }],
      kept: ['auditor'],
      added: [],
    },
  )
  await staff.review(administrator, { id: review?.id ?? '', reason: 'quality goes on' })
  assert.deepEqual(await staff.reviews(administrator), [])
})

test('a transfer that is in effect as it is told is one move with one review', async () => {
  const { account } = await staff.take(personnel, joining('QIN', { department: 'XIN', title: '住院医师' }))
  await identity.people.setRoles(administrator, {
    ...{ id: account, roles: ['clinician', 'technician'], reason: 'stands in' },
  })
  const position = { department: 'NEI', title: '住院医师' }
  await staff.take(personnel, told({ kind: 'move', employee: 'QIN', position }))
  const { reviews } = await staff.person(administrator, account)
  assert.deepEqual(
    reviews.map(({ before, after, added, removed, kept }) => [
      ...[before.map(({ id }) => id), after.map(({ id }) => id)],
      ...[added, removed, kept],
    ]),
    [[['cardiology'], ['neurology'], [], [], ['technician']]],
  )
  const [review] = reviews
  await staff.review(administrator, { id: review?.id ?? '', reason: 'until Friday' })
})

test('roles follow the title where it means more in another department', async () => {
  const { account } = await staff.take(personnel, joining('HONG', { department: 'XIN', title: '护士' }))
  assert.deepEqual(await rolesOf(account), ['nurse'])
  await staff.take(
    personnel,
    told({ kind: 'move', employee: 'HONG', position: { department: 'NEI', title: '护士' } }),
  )
  assert.deepEqual(await rolesOf(account), ['nurse', 'technician'])
})

test('who leaves is disabled at the instant, and every session of his is over; who comes back is let in again', async () => {
  const { account } = await staff.take(personnel, joining('TAN', { department: 'XIN', title: '主治医师' }))
  const token = await signedIn('tan', account)
  const planned = await staff.take(personnel, told({ kind: 'leave', employee: 'TAN', at: inHours(1) }))
  assert.equal(planned.state, 'planned')
  assert.deepEqual(await seenBy(token), ['asha'])
  const before = await lastAuditId(of)
  runtime.advance(3_600_000)
  await staff.applyDue()
  assert.equal(await seenBy(token), 'signed out')
  assert.equal(
    await refusalOf(() => identity.accounts.signIn({ login: 'tan', password })),
    'unauthenticated identity.wrong-password',
  )
  assert.deepEqual(
    (await auditLines(of, before)).filter((line) => line.includes('staff-')),
    ['allowed staff-rights Account -clinician', 'allowed staff-leave Account'],
  )
  const { practitioner = '' } = await staff.person(administrator, account)
  const version = await records.read(tenant, 'Practitioner', practitioner)
  assert.equal(JSON.parse(version?.json ?? '{}').active, false)
  const back = await staff.take(personnel, joining('TAN', { department: 'XIN', title: '主治医师' }))
  assert.deepEqual([back.account, back.roles], [account, ['clinician']])
  assert.equal((await identity.accounts.signIn({ login: 'tan', password })).actor.id, account)
})

test('a PractitionerRole that a system writes by FHIR gives and takes the same rights, and makes the account asked for', async () => {
  const role = (id: string, title: string, more: object = {}) => ({
    ...{ resourceType: 'PractitionerRole', id, active: true, code: [{ text: title }] },
    practitioner: { reference: 'Practitioner/sun' },
    organization: { reference: 'Organization/neurology' },
    ...more,
  })
  await write({
    ...{ resourceType: 'Practitioner', id: 'sun', name: [{ text: '孙' }] },
    identifier: [{ system: 'urn:xinglin:login', value: 'sun.min' }],
  })
  await write(role('sun-1', '主治医师'))
  const { people } = await staff.list(administrator, { text: 'sun.min', limit: 10 })
  assert.deepEqual([people.length, people[0]?.roles, people[0]?.display], [1, ['clinician'], '孙'])
  await write(role('sun-1', '主治医师', { period: { end: '2026-01-01' } }))
  assert.deepEqual(await rolesOf(people[0]?.id ?? ''), [])
  await write({ resourceType: 'Practitioner', id: 'sun', active: false, name: [{ text: '孙' }] })
  assert.notEqual((await staff.person(administrator, people[0]?.id ?? '')).disabled, undefined)
})

test('no title gives roles of administrators', async () => {
  assert.equal(
    await refusalOf(() =>
      staff.saveMapping(administrator, { title: '主任', roles: ['administrator'], reason: 'chief' }),
    ),
    'forbidden staff.administrator-role',
  )
})

test('who administers a department manages its people alone, and gives roles of his list alone', async () => {
  await identity.roles.save(administrator, {
    ...{ id: 'head-nurse', title: { zh: '护士长', en: 'Head nurse' }, records: [] },
    permissions: ['administration.department-people.*'],
  })
  const head = await signedInPerson(of, { login: 'head', roles: ['head-nurse'] })
  assert.equal(await refusalOf(() => staff.list(head.actor, { limit: 10 })), 'forbidden staff.no-department')
  await staff.delegate(administrator, {
    ...{
      account: head.id,
      department: 'neurology',
      roles: ['nurse', 'technician', 'clinician'],
      reason: 'wards',
    },
  })
  const { people } = await staff.list(head.actor, { limit: 10 })
  assert.deepEqual(
    people.map(({ login }) => login),
    ['hong', 'mei', 'qin'],
  )
  const idOf = async (login: string) =>
    (await staff.list(administrator, { text: login, limit: 1 })).people[0]?.id ?? ''
  const [hong, mei, li] = [await idOf('hong'), await idOf('mei'), await idOf('li')]
  await identity.people.resetPassword(head.actor, { id: hong, reason: 'forgotten' })
  await identity.people.setRoles(head.actor, { id: hong, roles: ['nurse'], reason: 'less' })
  const made = await staff.employ(head.actor, {
    ...{
      login: 'new.nurse',
      display: '新',
      licences: [],
      position: { department: 'neurology', title: '护士' },
    },
  })
  assert.deepEqual(await rolesOf(made.id), ['nurse', 'technician'])
  const person = { display: '新', licences: [] }
  const elsewhere = { department: 'cardiology', title: '护士' }
  const attempts = [
    () => staff.person(head.actor, li),
    () => identity.people.resetPassword(head.actor, { id: li, reason: 'why not' }),
    () => identity.people.disable(head.actor, { id: mei, reason: 'has a role beyond the list' }),
    () => identity.people.setRoles(head.actor, { id: hong, roles: ['auditor'], reason: 'why not' }),
    () => identity.people.setRoles(head.actor, { id: head.id, roles: ['nurse'], reason: 'myself' }),
    () => identity.people.create(head.actor, { login: 'x.y', display: 'x', roles: ['nurse'] }),
    () => staff.employ(head.actor, { ...person, login: 'a.b', position: elsewhere }),
    () => staff.addPosition(head.actor, { id: hong, ...elsewhere, reason: 'there too' }),
    () =>
      staff.delegate(head.actor, { account: head.id, department: 'cardiology', roles: [], reason: 'more' }),
    () => staff.saveMapping(head.actor, { title: 'x', roles: ['nurse'], reason: 'rule' }),
  ]
  assert.deepEqual(await Promise.all(attempts.map(refusalOf)), [
    'notFound staff.no-person',
    ...Array.from({ length: 4 }, () => 'forbidden staff.beyond-department'),
    'forbidden identity.not-allowed',
    ...Array.from({ length: 2 }, () => 'forbidden staff.beyond-department'),
    ...Array.from({ length: 2 }, () => 'forbidden identity.not-allowed'),
  ])
  const page = await staff.person(head.actor, hong)
  assert.deepEqual(page.may, { administer: true, roles: ['clinician', 'nurse', 'technician'] })
  assert.equal(page.changes[0]?.what, 'roles-set')
})
