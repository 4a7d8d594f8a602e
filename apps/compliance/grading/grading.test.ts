/** J-SEC-1 on a real platform: a system is filed, tested, its gaps are closed by Tasks, tested again, assessed, and the next round starts. */
import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { testKernel, testTenant } from '@xinglin/testkit'
import { compliance } from '../app.ts'
import type { Gap, Round, SystemsAnswer } from './contract.ts'
import { dueAfter, stateOf } from './round.ts'

const kernel = await testKernel({ apps: [compliance] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/compliance.*'])
await kernel.identity.ensureAdministrator({ password: 'Apricot-Grove-2026' })
const due = '2099-12-31'

const get = (path: string) => kernel.web.http.inject({ url: `/api/compliance/grading${path}`, headers })
const post = async (path: string, payload: object = {}) => {
  const { statusCode, body } = await kernel.web.http.inject({
    ...{ method: 'POST', url: `/api/compliance/${path}`, headers, payload },
  })
  return { statusCode, body: body === '' ? undefined : JSON.parse(body) }
}
const made = async (path: string, payload: object): Promise<string> => (await post(path, payload)).body.id
const roundNow = async (id: string): Promise<Round> => (await get(`/rounds/${id}`)).json()
const gapNow = async (id: string, control: string): Promise<Gap | undefined> =>
  (await roundNow(id)).gaps.find((gap) => gap.control === control)
const refusal = (answer: { statusCode: number; body: { issue: { details: { coding: unknown[] } }[] } }) => [
  answer.statusCode,
  JSON.stringify(answer.body.issue[0]?.details.coding[0]).includes('compliance.') &&
    /compliance\.[a-z-]+/.exec(JSON.stringify(answer.body))?.[0],
]

const system = await made('commands/register-system', { name: '电子病历系统', level: '3' })
const round = await made('commands/start-round', { system })

test('a system is registered with its level once, and filed with its number', async () => {
  const twice = await post('commands/register-system', { name: '电子病历系统', level: '2' })
  const filed = await post('commands/file-system', {
    ...{ system, filingNumber: '11010843001-23001', filed: '2023-05-10' },
  })
  const { systems } = (await get('')).json<SystemsAnswer>()

  deepEqual(refusal(twice), [409, 'compliance.system-exists'])
  equal(filed.statusCode, 204)
  deepEqual(
    systems.map(({ name, level, filingNumber, filed: day, isOverdue, rounds }) => [
      ...[name, level, filingNumber, day, isOverdue, rounds.length],
    ]),
    [['电子病历系统', 3, '11010843001-23001', '2023-05-10', false, 1]],
  )
})

test('the self test finds the gaps, and what it found is never changed', async () => {
  const early = await post('commands/record-assessment', {
    ...{ round, assessor: '测评中心', reportNumber: 'R-1', conclusion: 'mostly' },
  })
  deepEqual(refusal(early), [409, 'compliance.not-tested'])

  deepEqual(await post(`grading/rounds/${round}/self-tests`), { statusCode: 200, body: { number: 1 } })
  const { tests, gaps } = await roundNow(round)
  const [first] = tests
  equal(first && first.counts.pass + first.counts.fail + first.counts['not-yet'], 34)
  equal(gaps.length, first && 34 - first.counts.pass)
  deepEqual([...new Set(gaps.map(({ state }) => state))], ['open'])
  await rejects(kernel.database.query(sql`delete from compliance.self_test`), /refused a statement/)
  await rejects(kernel.database.query(sql`truncate compliance.self_test cascade`), /refused a statement/)
})

test('a fix is a Task with owner and due day; the next self test proves it', async () => {
  const plan = { round, control: '06', owner: 'admin', due, plan: '停用默认账户' }
  const nobody = await post('commands/plan-fix', { ...plan, owner: 'nobody' })
  const past = await post('commands/plan-fix', { ...plan, due: '2001-01-01' })
  const unplanned = await post('commands/report-fix', { round, control: '06', done: '已停用' })
  deepEqual([nobody, past, unplanned].map(refusal), [
    [400, 'compliance.field'],
    [400, 'compliance.field'],
    [409, 'compliance.not-planned'],
  ])

  equal((await post('commands/plan-fix', plan)).statusCode, 204)
  const planned = await gapNow(round, '06')
  deepEqual([planned?.state, planned?.task?.due, planned?.task?.isOverdue], ['planned', due, false])
  const task = await kernel.records.read(testTenant, 'Task', planned?.task?.id ?? '')
  match(task?.json ?? '', /"status":"in-progress".*"owner":\{"identifier":\{[^}]*"value":"admin"/)

  equal((await post('commands/report-fix', { round, control: '06', done: '已停用' })).statusCode, 204)
  equal((await gapNow(round, '06'))?.state, 'fixed')
  await post(`grading/rounds/${round}/self-tests`)
  equal((await gapNow(round, '06'))?.state, 'failing')

  equal((await post('commands/plan-fix', plan)).statusCode, 204)
  equal((await gapNow(round, '06'))?.state, 'planned')
  await kernel.database.query(sql`update identity.account set disabled = now(), must_change_password = false`)
  await post('commands/report-fix', { round, control: '06', done: '已停用' })
  await post(`grading/rounds/${round}/self-tests`)
  const proven = await gapNow(round, '06')
  deepEqual([proven?.state, proven?.found.number, proven?.latest.number], ['proven', 1, 3])
})

test('what the platform cannot show by itself is said by who fixed it', () => {
  deepEqual(
    [
      stateOf({ task: 't', fixedAfter: 1 }, 2, 'not-yet'),
      stateOf({ task: 't', fixedAfter: 2 }, 2, 'not-yet'),
      stateOf({ task: null, fixedAfter: null }, 2, 'pass'),
    ],
    ['stated', 'fixed', 'proven'],
  )
})

test('a second round waits for the assessment, which ends the first; the next is due by law', async () => {
  deepEqual(refusal(await post('commands/start-round', { system })), [409, 'compliance.round-open'])
  const assessment = { round, assessor: '测评中心', reportNumber: 'R-1', conclusion: 'mostly' }
  equal((await post('commands/record-assessment', assessment)).statusCode, 204)
  const after = [
    await post('commands/record-assessment', assessment),
    await post(`grading/rounds/${round}/self-tests`),
    await post('commands/plan-fix', { round, control: '06', owner: 'admin', due, plan: '-' }),
  ]
  deepEqual(after.map(refusal), Array(3).fill([409, 'compliance.round-closed']))

  equal((await post('commands/start-round', { system })).statusCode, 200)
  const { systems } = (await get('')).json<SystemsAnswer>()
  const assessed = systems[0]?.rounds.at(-1)?.assessed
  deepEqual([systems[0]?.rounds.length, systems[0]?.nextDue], [2, dueAfter(assessed, 3)])
  deepEqual(
    [dueAfter('2024-02-29T08:00:00Z', 3), dueAfter('2025-08-31T08:00:00Z', 4), dueAfter('2025-08-31', 2)],
    ['2025-02-28', '2026-02-28', undefined],
  )
})

test('the report holds system, self tests, gaps and fixes', async () => {
  const csv = await get(`/rounds/${round}/report.csv`)
  const pdf = await get(`/rounds/${round}/report.pdf`)

  equal(csv.body.trimEnd().split('\r\n').length, 1 + (await roundNow(round)).gaps.length)
  match(csv.body, /06,.*停用默认账户,已停用/)
  match(pdf.body, /^%PDF-1\.4\n/)
  for (const text of ['电子病历系统', '基本符合', '停用默认账户'])
    equal(pdf.body.includes(Buffer.from(text, 'utf16le').swap16().toString('hex')), true, text)
})

test('who lacks a permission is refused, and every act stands in the trail', async () => {
  const reader = await kernel.authorisation(['system/Patient.rs', 'xinglin/compliance.grading.read'])
  const asks = [
    { method: 'GET', url: '/api/compliance/grading' },
    { method: 'POST', url: `/api/compliance/grading/rounds/${round}/self-tests`, payload: {} },
    { method: 'POST', url: '/api/compliance/commands/start-round', payload: { system } },
  ] as const
  const statuses = []
  for (const ask of asks)
    statuses.push((await kernel.web.http.inject({ ...ask, headers: reader })).statusCode)
  const [trail] = await kernel.database.query(sql<{ details: string[] }>`
    select array_agg(distinct detail order by detail) as details from identity.audit
    where action = 'compliance.grading.write' and outcome = 'allowed'`)

  deepEqual(statuses, [200, 403, 403])
  deepEqual(trail?.details, [
    'file-system',
    'plan-fix',
    'record-assessment',
    'register-system',
    'report-fix',
    'run-self-test',
    'start-round',
  ])
})
