/** The patients' realm: phone and code, papers and name, children, relatives, password, change of phone, closing. */
import { deepEqual, equal, notEqual, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { type Instant, instantOf, OutcomeError, type Resource } from '@xinglin/fhir'
import { ouyangXue, testKernel, zhangSan } from '@xinglin/testkit'
import { codeTo, keepTexts, signInByPhone } from './testing.ts'

const kernel = await testKernel()
const { identity, records, database, runtime } = kernel
const { patients } = identity
const { texts, door } = keepTexts()
const tenant = kernel.actor.tenant
const zhangNumber = zhangSan.identifier?.[1]?.value ?? ''
const ouyangNumber = ouyangXue.identifier?.find(({ system }) => system?.endsWith('9.2'))?.value ?? ''
const niType = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NI' }] }
const write = (...resources: readonly object[]) =>
  records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'update', resource: resource as Resource }))),
  )
const code = (expected: string) => (error: unknown) =>
  error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
const later = (ms: number): Instant => instantOf(Date.parse(runtime.now()) + ms, runtime.timeZone)
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

test('without a door for texts nobody is promised a code', async () => {
  await rejects(patients.requestCode({ phone: '13800001003', purpose: 'sign-in' }), code('patients.no-texts'))
  patients.sendTextsBy(door)
})

test('a phone and its code open an account, and the same phone comes back to it', async () => {
  const first = await signInByPhone(identity, texts, '13800001003')
  runtime.advance(2 * minuteMs)
  const second = await signInByPhone(identity, texts, '13800001003')

  equal(first.actor.id, second.actor.id)
  notEqual(first.token, second.token)
  deepEqual(second.actor, {
    ...{ kind: 'patient', id: first.actor.id, reference: `patient/${first.actor.id}`, tenant },
    ...{ roles: [], scopes: [], display: '手机尾号 1003', purpose: 'PATRQT', charts: [] },
    session: second.actor.session,
  })
  deepEqual(await identity.accounts.sessionActor(first.token), undefined)
})

test('neither the phone nor the code lies readable in the tables', async () => {
  const [row] = await database.query(sql<{ text: string }>`
    select (select string_agg(account::text, ' ') from patients.account)
      || (select string_agg(code::text, ' ') from patients.code) as text`)

  equal(row?.text.includes('13800001003'), false)
  equal(row?.text.includes(codeTo(texts, '13800001003')), false)
})

test('the text says the code and nothing of the record', () => {
  equal(
    texts.at(-1)?.words,
    `【杏林】验证码 ${codeTo(texts, '1003')}，5 分钟内有效。请勿告诉任何人。 Code ${codeTo(texts, '1003')}, valid 5 minutes. Tell it to nobody.`,
  )
})

test('a code is for five tries, five minutes and one use', async () => {
  runtime.advance(2 * minuteMs)
  const { challenge } = await patients.requestCode({ phone: '13800001003', purpose: 'sign-in' })
  const right = codeTo(texts, '13800001003')
  const wrong = right === '000000' ? '000001' : '000000'
  const tries = Array.from({ length: 5 }, () => patients.signIn({ challenge, code: wrong }))
  for (const tried of await Promise.allSettled(tries)) equal(tried.status, 'rejected')
  await rejects(patients.signIn({ challenge, code: right }), code('patients.wrong-code'))

  runtime.advance(2 * minuteMs)
  const next = await patients.requestCode({ phone: '13800001003', purpose: 'sign-in' })
  const nextCode = codeTo(texts, '13800001003')
  const twice = await Promise.allSettled([
    patients.signIn({ challenge: next.challenge, code: nextCode }),
    patients.signIn({ challenge: next.challenge, code: nextCode }),
  ])
  equal(twice.filter(({ status }) => status === 'fulfilled').length, 1)

  runtime.advance(2 * minuteMs)
  const late = await patients.requestCode({ phone: '13800001003', purpose: 'sign-in' })
  const lateCode = codeTo(texts, '13800001003')
  runtime.advance(6 * minuteMs)
  await rejects(patients.signIn({ challenge: late.challenge, code: lateCode }), code('patients.wrong-code'))
})

test('codes are limited by phone and by address, for known and unknown phones alike', async () => {
  for (const phone of ['13800001003', '13911112222']) {
    runtime.advance(dayMs)
    await patients.requestCode({ phone, purpose: 'sign-in' })
    await rejects(patients.requestCode({ phone, purpose: 'sign-in' }), code('patients.too-many-codes'))
    for (let sent = 1; sent < 5; sent++) {
      runtime.advance(2 * minuteMs)
      await patients.requestCode({ phone, purpose: 'sign-in' })
    }
    runtime.advance(2 * minuteMs)
    await rejects(patients.requestCode({ phone, purpose: 'sign-in' }), code('patients.too-many-codes'))
  }
  runtime.advance(dayMs)
  const asked = Array.from({ length: 61 }, (_, at) =>
    patients.requestCode({ phone: `1370000${String(1000 + at)}`, purpose: 'sign-in', address: '10.9.9.9' }),
  )
  const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected')
  equal(refused.length, 1)
})

test('papers and name bind the account to the one Patient who bears both; every failure answers alike', async () => {
  await write(zhangSan, ouyangXue)
  runtime.advance(dayMs)
  const { actor, token } = await signInByPhone(identity, texts, '13800001003')
  const papers = { kind: 'identity-card', number: zhangNumber, name: '张三' } as const
  const failure = async (given: object) => {
    const error = await patients.prove(actor, { ...papers, ...given }).catch((each: unknown) => each)
    return error instanceof OutcomeError ? JSON.stringify(error.outcome) : undefined
  }
  const otherName = await failure({ name: '李四' })
  const unknown = await failure({ number: '11010519491231002X' })
  equal(otherName, unknown)

  await patients.prove(actor, { ...papers, name: ' 张 三 ' })

  const proved = await patients.sessionActor(token)
  deepEqual([proved?.display, proved?.patientContext, proved?.charts], ['张 三', 'zhang-san', ['zhang-san']])
  await rejects(patients.prove(actor, papers), code('patients.proved'))
  deepEqual(await patients.desk(tenant), [])
})

test('one who is bound already goes to the desk, with the same answer; the desk decides', async () => {
  runtime.advance(dayMs)
  const other = await signInByPhone(identity, texts, '13800002003')
  await rejects(
    patients.prove(other.actor, { kind: 'identity-card', number: zhangNumber, name: '张三' }),
    code('patients.not-confirmed'),
  )
  const [row, ...more] = await patients.desk(tenant)
  deepEqual([row?.reason, row?.patients, row?.phoneEnd, more], ['bound', ['zhang-san'], '2003', []])
  const desk = { ...kernel.actor, kind: 'user', reference: 'user/desk' } as const
  await rejects(
    patients.settle(desk, { id: row?.id ?? '', patient: 'ouyang-xue' }),
    code('patients.desk-patient'),
  )
  await patients.settle(desk, { id: row?.id ?? '' })
  deepEqual(await patients.desk(tenant), [])
})

test('two records with the same papers bind nobody; the desk chooses', async () => {
  const twin = { ...ouyangXue, id: 'ouyang-twice' }
  await write(twin)
  runtime.advance(dayMs)
  const { actor, token } = await signInByPhone(identity, texts, '13800003003')
  await rejects(
    patients.prove(actor, { kind: 'identity-card', number: ouyangNumber, name: '欧阳雪' }),
    code('patients.not-confirmed'),
  )
  const [row] = await patients.desk(tenant)
  deepEqual([row?.reason, [...(row?.patients ?? [])].sort()], ['several', ['ouyang-twice', 'ouyang-xue']])

  await patients.settle(kernel.actor, { id: row?.id ?? '', patient: 'ouyang-xue' })

  deepEqual((await patients.sessionActor(token))?.charts, ['ouyang-xue'])
})

test('five attempts a day, then tomorrow', async () => {
  runtime.advance(dayMs)
  const { actor } = await signInByPhone(identity, texts, '13800004003')
  const papers = { kind: 'passport', number: 'E12345678', name: 'Nobody' } as const
  for (let tries = 0; tries < 5; tries++)
    await rejects(patients.prove(actor, papers), code('patients.not-confirmed'))
  await rejects(patients.prove(actor, papers), code('patients.too-many-proofs'))
})

test('a parent whom the RelatedPerson of his child names reaches its chart until it is of age', async () => {
  const child = {
    ...{ resourceType: 'Patient', id: 'zhang-xiao', birthDate: '2015-05-01', name: [{ text: '张小' }] },
    identifier: [{ type: niType, value: '110105201505010014' }],
  }
  const parent = {
    ...{ resourceType: 'RelatedPerson', id: 'father', active: true, name: [{ text: '张三' }] },
    patient: { reference: 'Patient/zhang-xiao' },
    relationship: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'FTH' }] },
    ],
    identifier: [{ type: niType, value: zhangNumber }],
  }
  const number = numberWithCheck('11010520150501001')
  await write({ ...child, identifier: [{ type: niType, value: number }] })
  runtime.advance(dayMs)
  const { actor, token } = await signInByPhone(identity, texts, '13800001003')
  const papers = { kind: 'identity-card', number, name: '张小' } as const
  await rejects(patients.addChild(actor, papers), code('patients.not-confirmed'))

  await write(parent)
  await patients.addChild(actor, papers)

  const reached = async () => (await patients.sessionActor(token))?.charts?.toSorted()
  deepEqual(await reached(), ['zhang-san', 'zhang-xiao'])
  deepEqual(
    (await patients.charts(actor)).map(({ relation, until }) => [relation, until]),
    [
      ['self', undefined],
      ['guardian', '2033-05-01T00:00:00.000+08:00'],
    ],
  )
  await write({ ...parent, active: false })
  deepEqual(await reached(), ['zhang-san'])
})

test('what is opened to a relative needs his phone and his proved name, ends by itself and at once', async () => {
  runtime.advance(dayMs)
  const from = await signInByPhone(identity, texts, '13800001003')
  const to = await signInByPhone(identity, texts, '13800003003')
  const reached = async () => (await patients.sessionActor(to.token))?.charts?.toSorted()
  const give = (name: string, until: Instant) =>
    patients.delegate(from.actor, { phone: '13800003003', name, until })
  await give('欧阳霜', later(dayMs))
  deepEqual(await reached(), ['ouyang-xue'])

  await give('欧阳雪', later(10 * minuteMs))
  deepEqual(await reached(), ['ouyang-xue', 'zhang-san'])
  runtime.advance(11 * minuteMs)
  deepEqual(await reached(), ['ouyang-xue'])

  await give('欧阳雪', later(dayMs))
  deepEqual(await reached(), ['ouyang-xue', 'zhang-san'])
  const standing = await patients.delegations(from.actor)
  for (const { id } of standing) await patients.endDelegation(from.actor, id)
  deepEqual([await reached(), await patients.delegations(from.actor)], [['ouyang-xue'], []])
  await rejects(give('欧阳雪', later(400 * dayMs)), code('patients.delegation'))
})

test('with a password the code alone does not open the account', async () => {
  runtime.advance(dayMs)
  const phone = '13800001003'
  const { actor, token } = await signInByPhone(identity, texts, phone)
  runtime.advance(2 * minuteMs)
  const confirm = await patients.requestOwnCode(actor)
  const shown = { challenge: confirm.challenge, code: codeTo(texts, phone) }
  await patients.setPassword(actor, shown, 'Willow-58-hill')

  runtime.advance(2 * minuteMs)
  const { challenge } = await patients.requestCode({ phone, purpose: 'sign-in' })
  const typed = { challenge, code: codeTo(texts, phone) }
  await rejects(patients.signIn(typed), code('patients.password-needed'))
  await rejects(patients.signIn({ ...typed, password: 'Willow-59-hill' }), code('patients.wrong-password'))
  const entered = await patients.signIn({ ...typed, password: 'Willow-58-hill', device: 'a phone' })
  const account = await patients.own(entered.actor)
  deepEqual(
    [account.hasPassword, account.isProved, account.signIns.slice(0, 2).map(({ outcome }) => outcome)],
    [true, true, ['allowed', 'refused']],
  )
  const sessions = await patients.sessions(entered.actor)
  deepEqual(
    sessions.map(({ device, isThis }) => [device, isThis]),
    [
      ['a phone', true],
      [undefined, false],
    ],
  )
  await patients.endSession(entered.actor, sessions[1]?.id ?? '')
  deepEqual(await patients.sessionActor(token), undefined)
})

test('a phone is changed by codes of both and the number of the paper', async () => {
  runtime.advance(dayMs)
  const { actor, token } = await signInByPhone(identity, texts, '13800003003')
  runtime.advance(2 * minuteMs)
  const old = await patients.requestOwnCode(actor)
  const next = await patients.requestCode({ phone: '13800005003', purpose: 'new-phone' })
  const act = {
    old: { challenge: old.challenge, code: codeTo(texts, '13800003003') },
    next: { challenge: next.challenge, code: codeTo(texts, '13800005003') },
  }
  await rejects(patients.changePhone(actor, { ...act, number: zhangNumber }), code('patients.other-document'))
  await patients.changePhone(actor, { ...act, number: ouyangNumber })

  deepEqual((await patients.own(actor)).phoneEnd, '5003')
  deepEqual((await patients.sessionActor(token))?.charts, ['ouyang-xue'])
})

test('a closed account leaves nothing of the phone and opens anew as a stranger', async () => {
  runtime.advance(dayMs)
  const { actor, token } = await signInByPhone(identity, texts, '13800005003')
  runtime.advance(2 * minuteMs)
  const confirm = await patients.requestOwnCode(actor)
  await patients.close(actor, { challenge: confirm.challenge, code: codeTo(texts, '13800005003') })

  deepEqual(await patients.sessionActor(token), undefined)
  runtime.advance(2 * minuteMs)
  const again = await signInByPhone(identity, texts, '13800005003')
  notEqual(again.actor.id, actor.id)
  deepEqual(again.actor.charts, [])
})

test('a session without a request for half an hour has ended', async () => {
  runtime.advance(dayMs)
  const { token } = await signInByPhone(identity, texts, '13800006003')
  runtime.advance(29 * minuteMs)
  notEqual(await patients.sessionActor(token), undefined)
  runtime.advance(31 * minuteMs)
  equal(await patients.sessionActor(token), undefined)
})

/** GB 11643-1999 §4.2. */
function numberWithCheck(first: string): string {
  const sum = [...first].reduce((total, digit, place) => total + Number(digit) * (2 ** (17 - place) % 11), 0)
  return `${first}${'10X98765432'.charAt(sum % 11)}`
}
