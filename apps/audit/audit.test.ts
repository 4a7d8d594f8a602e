/** Audit over HTTP: what stands out and its judgement, a patient's report, the proof; each for those who may. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { createSealer } from '@xinglin/identity/audit'
import { testKernel } from '@xinglin/testkit'
import { audit } from './app.ts'
import { verify } from './jobs/verify.ts'
import { watch } from './jobs/watch.ts'

const password = 'Heron-47-lake'
const kernel = await testKernel({ apps: [audit] })
const { identity, runtime, database, keys } = kernel
await identity.ensureAdministrator({ password })
const { token, actor } = await identity.accounts.signIn({ login: 'admin', password })
const headers = { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' }
const call = async (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  payload?: object,
  own: object = headers,
) => {
  const answer = await kernel.web.http.inject({
    method,
    url: `/api/audit${path}`,
    headers: { ...own },
    payload,
  })
  const isJson = String(answer.headers['content-type']).includes('json')
  return { status: answer.statusCode, body: isJson ? answer.json() : answer.body }
}
const doctor = { ...actor, id: 'li', reference: 'user/li', display: '李伟', address: '10.0.0.9' }
for (let patient = 0; patient < 60; patient++)
  await identity.audit(doctor, {
    action: 'read',
    outcome: 'allowed',
    resourceType: 'Patient',
    patient: `p${patient}`,
  })
await identity.stop()
runtime.advance(1_000)

test('who opened this record and what did this person open: filtered, page after page, each entry as AuditEvent', async () => {
  const record = await call('GET', '/entries?patient=p7')
  const { id, at } = record.body.entries[0]
  assert.deepEqual(record.body, {
    entries: [
      {
        ...{ id, at: '2026-03-02T08:00:00.000+08:00', tenant: 1 },
        ...{ actor: 'user/li', actorDisplay: '李伟', address: '10.0.0.9', action: 'read' },
        ...{ resourceType: 'Patient', patient: 'p7', outcome: 'allowed', session: actor.session },
      },
    ],
    patients: { p7: { id: 'p7', name: 'Patient/p7' } },
  })
  const one = await call('GET', `/entries/${id}?at=${encodeURIComponent(at)}`)
  assert.deepEqual(
    [one.body.entry.id, one.body.event.resourceType, one.body.event.agent[0].who.display],
    [id, 'AuditEvent', '李伟'],
  )
  const counts = async (query: string) => {
    const { status, body } = await call('GET', `/entries?${query}`)
    return status === 200 ? body.entries.length : `${status} ${body.issue[0].expression}`
  }
  assert.deepEqual(
    {
      person: await counts('actor=user/li'),
      both: await counts('actor=user/li&patient=p8'),
      from: await counts('actor=user/li&address=10.0.*'),
      elsewhere: await counts('actor=user/li&address=10.1.*'),
      treatment: await counts('actor=user/li&purpose=TREAT'),
      research: await counts('actor=user/li&purpose=HRESCH'),
      noTime: await counts('from=yesterday'),
      noOutcome: await counts('outcome=perhaps'),
    },
    {
      ...{ person: 60, both: 1, from: 60, elsewhere: 0, treatment: 60, research: 0 },
      ...{ noTime: '400 from', noOutcome: '400 outcome' },
    },
  )
  const gone = await call('GET', `/entries/${id}?at=2026-03-01T08:00:00Z`)
  assert.deepEqual([gone.status, gone.body.issue[0].details.coding[0].code], [404, 'audit.no-entry'])
})

test('the answer goes out as CSV: no cell is a formula, each line says who took it, numbers are masked by role', async () => {
  await identity.masking.set(actor, {
    ...{ role: 'administrator', fields: ['identity-number', 'name'], hasWatermark: true, reason: 'desk' },
  })
  const patient = { ...actor, reference: 'patient/zhang', display: '张三', address: undefined }
  const detail = '=identifier 110101197003070012'
  await identity.audit(patient, { action: 'my-record.read', outcome: 'allowed', detail })
  const { body } = await call('GET', '/entries.csv?actor=patient/zhang')
  assert.equal(
    body.replace(/\r\n\d+,/, '\r\n#,'),
    '\uFEFFid,at,actor,actorDisplay,address,action,resourceType,resourceId,patient,purpose,detail,outcome,exportedBy,exportedAt\r\n' +
      `#,2026-03-02T08:00:01.000+08:00,patient/zhang,张*,,my-record.read,,,,,'=identifier 110***********0012,allowed,${actor.display},2026-03-02T08:00:01.000+08:00\r\n`,
  )
  await identity.masking.set(actor, {
    role: 'administrator',
    fields: [],
    hasWatermark: false,
    reason: 'over',
  })
})

test('a record is found by a whole number or by its id, and the search is audited', async () => {
  const zhang = {
    ...{ resourceType: 'Patient' as const, id: 'zhang', name: [{ text: '张三' }] },
    identifier: [{ value: 'V1001', type: { coding: [{ code: 'MR' }] } }],
  }
  await kernel.records.commit({ tenant: actor.tenant, actor: actor.reference }, (unit) =>
    unit.write([{ kind: 'update', resource: zhang }]),
  )
  const found = async (text: string) => (await call('POST', '/patients/find', { text })).body.patients
  assert.deepEqual(
    [await found('V1001'), await found('gone-1'), await found('张三')],
    [[{ id: 'zhang', name: '张三', mrn: 'V1001' }], [{ id: 'gone-1', name: 'Patient/gone-1' }], []],
  )
})

test('what stands out is listed with its threshold, judged once with grounds, and both are audited', async () => {
  const { body } = await call('GET', '/anomalies?days=1')
  const [found] = body.anomalies
  assert.deepEqual(
    [body.anomalies.length, found.rule, found.actorDisplay, found.patients, found.review],
    [1, 'mass', '李伟', 60, undefined],
  )
  const judgement = { id: found.id, outcome: 'not-justified', note: 'no ward round then' }
  const judged = await call('POST', '/anomalies/review', judgement)
  const again = await call('POST', '/anomalies/review', judgement)
  assert.deepEqual([judged.status, again.status], [204, 409])
  const after = await call('GET', '/anomalies')
  assert.equal(after.body.anomalies[0].review.note, 'no ward round then')
  const { entries } = await identity.auditTrail.list(actor, { action: 'audit.anomaly', limit: 9 })
  assert.deepEqual(entries.map(({ action }) => action).sort(), [
    'audit.anomaly.read',
    'audit.anomaly.read',
    'audit.anomaly.review',
  ])
})

test('thresholds are set version after version, with a reason, within their ranges, and the change is audited', async () => {
  const put = (body: object) => call('PUT', '/rules/mass', { isOn: true, reason: 'ward rounds', ...body })
  const answers = [
    await put({ version: 0, thresholds: { patients: 61 } }),
    await put({ version: 0, thresholds: { patients: 62 } }),
    await put({ version: 1, thresholds: { patients: 'many' } }),
    await put({ version: 1, thresholds: { patients: 62 }, reason: '' }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [204, 409, 400, 400],
  )
  const { body } = await call('GET', '/rules')
  const mass = body.rules.find(({ id }: { id: string }) => id === 'mass')
  assert.deepEqual(mass, {
    ...{ id: 'mass', version: 1, isOn: true, thresholds: { patients: 61 } },
    ranges: { patients: [2, 100_000, 60] },
  })
  assert.deepEqual(
    body.versions.map(({ id, version, reason }: Record<string, unknown>) => [id, version, reason]),
    [['mass', 1, 'ward rounds']],
  )
  assert.equal((await call('GET', '/anomalies')).body.anomalies.length, 0)
  const { entries } = await identity.auditTrail.list(actor, { action: 'audit.rule.write', limit: 9 })
  assert.deepEqual(
    entries.map(({ resourceId, detail }) => `${resourceId} ${detail}`),
    ['mass version 1: on {"patients":61} · ward rounds'],
  )
})

test('whose second factor was shown long ago shows it anew before a threshold changes', async () => {
  const late = await identity.accounts.signIn({ login: 'admin', password })
  await database.query(sql`
    insert into signin.proof (session, method, at)
    values (${late.actor.session}, 'totp', ${runtime.now()}::timestamptz - interval '11 minutes')`)
  const own = { ...headers, cookie: `xinglin_session=${late.token}` }
  const body = { isOn: true, reason: 'ward rounds', version: 1, thresholds: { patients: 62 } }
  const answer = await call('PUT', '/rules/mass', body, own)
  assert.deepEqual([answer.status, answer.body.issue[0].details.coding[0].code], [401, 'identity.step-up'])
})

test('a report tells a patient who by a masked name and role, when, what and why, without addresses and sessions', async () => {
  const { body } = await call('GET', '/reports/zhang')
  assert.deepEqual([body.openings, body.hasMore], [[], false])
  const glass = { ...doctor, purpose: 'BTG', reference: `user/${actor.id}` }
  await identity.audit(glass, {
    ...{ action: 'read', outcome: 'allowed', resourceType: 'Condition', resourceId: 'c1', patient: 'zhang' },
  })
  const told = (await call('GET', '/reports/zhang')).body
  const [first] = told.openings
  assert.deepEqual(told.patient, { id: 'zhang', name: '张三', mrn: 'V1001' })
  assert.deepEqual(first, {
    ...{ from: first.from, until: first.until, accesses: 1, actions: ['looked'], types: ['Condition'] },
    ...{ isRefused: false, purpose: 'BTG' },
    who: {
      ...{ kind: 'staff', name: '李*', departments: [] },
      roles: [{ zh: '系统管理员', en: 'Administrator' }],
    },
  })
  const file = (await call('GET', '/reports/zhang/csv')).body.split('\r\n')
  assert.deepEqual(
    [file[0].slice(1), file.at(-2).replaceAll(/\d{4}-[\d\-T:.+]+/g, '#')],
    [
      'from,until,kind,who,role,department,app,actions,content,purpose,outcome,accesses',
      '#,#,staff,李*,系统管理员 Administrator,,,looked,Condition,BTG,allowed,1',
    ],
  )
})

test('a verification is asked for, carried out as a job, and told day by day; a young month is not dropped', async () => {
  await createSealer({ database, keys, runtime, algorithm: 'sha256' }).seal()
  const asked = await call('POST', '/verifications', { days: 7 })
  assert.equal(asked.status, 202)
  await verify(kernel, asked.body, new AbortController().signal)
  const { body } = await call('GET', '/verifications')
  const [{ id, state, result }] = body.verifications
  assert.deepEqual([id, state, result.findings], [asked.body.id, 'finished', []])
  const days = await call('GET', '/proof-days?month=2026-03')
  assert.deepEqual(
    days.body.days.map(({ day, missing }: Record<string, unknown>) => [day, missing]),
    [['2026-03-02', 0]],
  )
  const stopped = await call('POST', `/verifications/${id}/stop`, {})
  const dropped = await call('POST', '/months/2026-03/drop', { reason: 'to make room' })
  assert.deepEqual([stopped.status, dropped.status], [404, 409])
})

test('what stands out is told of in the log, once, and waits to be judged', async () => {
  const nurse = { ...doctor, reference: 'user/sun', display: '孙芳' }
  for (let patient = 0; patient < 61; patient++)
    await identity.audit(nurse, { action: 'read', outcome: 'allowed', patient: `p${patient}` })
  await identity.stop()
  await watch(kernel)
  await watch(kernel)
  const { body } = await call('GET', '/anomalies/waiting')
  const told = await database.query(
    sql<{ data: object }>`select data from events.entry where kind = 'audit.anomaly-found'`,
  )
  assert.deepEqual([body.waiting, told.map(({ data }) => data)], [1, [{ count: 1 }]])
})

test('who holds none of its permissions is refused everywhere', async () => {
  const client = await kernel.authorisation()
  const paths = [
    '/entries',
    '/entries.csv',
    '/anomalies',
    '/anomalies/waiting',
    '/rules',
    '/reports/p1',
    '/verifications',
    '/proof-days',
    '/months',
    '/head',
  ]
  const answers = await Promise.all(paths.map((path) => call('GET', path, undefined, client)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    paths.map(() => 403),
  )
})
