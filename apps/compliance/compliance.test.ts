/** The control board on a real platform: each point judged by what is there now, its exports, and who may see it. */
import { deepEqual, equal, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { testKernel, testTenant } from '@xinglin/testkit'
import { compliance } from './app.ts'
import type { ControlBoard } from './contract.ts'
import { controls } from './controls/controls.ts'
import { type Facts, gatherFacts } from './controls/facts.ts'
import { judges } from './controls/judge.ts'
import { pdfOf } from './exports/pdf.ts'

const kernel = await testKernel({ apps: [compliance] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/compliance.*'])
const get = (url: string) => kernel.web.http.inject({ url, headers })
await kernel.identity.ensureAdministrator({ password: 'Apricot-Grove-2026' })

const published = new URL('../../../shared/data/standards/ces_controls.json', import.meta.url)
test('the board has the points of the baseline, each with its clause and its judge', {
  skip: existsSync(published) ? false : 'the list of points is not beside this clone',
}, () => {
  const listed = JSON.parse(readFileSync(published, 'utf8')) as { no: string; clause: string }[]

  deepEqual(
    controls.map(({ number, clause }) => ({ no: number, clause })),
    listed.map(({ no, clause }) => ({ no, clause })),
  )
  deepEqual(Object.keys(judges).sort(), controls.map(({ number }) => number).sort())
})

test('the board judges each point by what is there now', async () => {
  const board = (await get('/api/compliance/board')).json() as ControlBoard
  const of = (number: string) => {
    const row = board.controls.find((each) => each.number === number)
    return row && [row.state, row.evidence.en]
  }

  equal(board.controls.length, 34)
  deepEqual(of('04'), ['fail', '1 of 1 administrators have no second factor'])
  deepEqual(of('05'), ['pass', '1 accounts; a request without credentials was answered 401 just now'])
  deepEqual(of('06'), ['fail', 'Default account admin is active; 0 accounts still have one-time passwords'])
  deepEqual(of('20'), ['pass', 'A nesting bomb was answered 413 just now, prototype pollution 400'])
  deepEqual(of('30'), ['fail', '0 streaming standbys'])
  for (const { state, todo } of board.controls) equal(todo.zh === '', state === 'pass')
})

test('a point changes with its evidence', async () => {
  await kernel.database.query(sql`update identity.account set disabled = now()`)
  const { people } = await gatherFacts(kernel, testTenant)

  deepEqual([people.active, people.isDefaultActive], [0, false])
})

test('a pass needs its evidence: separation, a whole verification, narrow policies, judged anomalies', async () => {
  const facts = await gatherFacts(kernel, testTenant)
  const trail = { ...facts.trail, sealed: 3, signed: 2, refusals: 2, oldestDays: 400 }
  const people = {
    ...facts.people,
    ...{ systemAdministrators: 1, securityAdministrators: 2, auditAdministrators: 1, mixed: 0 },
  }
  const states = (conduct: Partial<Facts['conduct']>) =>
    ['08', '10', '14', '22', '26', '35'].map((number) => {
      const judged = judges[number]?.({ ...facts, people, trail, conduct: { ...facts.conduct, ...conduct } })
      return `${number} ${judged?.state}`
    })
  const best = {
    ...{ isSeparated: true, verifiedDays: 3, manipulations: 0, anomalyRules: 4, anomaliesOpen: 0 },
    ...{ exportedDays: 0, narrowPolicies: 2 },
  }

  deepEqual(states(best), ['08 pass', '10 pass', '14 pass', '22 not-yet', '26 pass', '35 pass'])
  deepEqual(
    states({
      ...best,
      isSeparated: false,
      narrowPolicies: 0,
      exportedDays: null,
      anomaliesOpen: 1,
      verifiedDays: null,
    }),
    ['08 fail', '10 fail', '14 not-yet', '22 fail', '26 not-yet', '35 fail'],
  )
  deepEqual(states({ ...best, manipulations: 1 })[4], '26 fail')
})

test('TLS of the doors is told by settings; the loopback interface leaves it open', async () => {
  const facts = await gatherFacts(kernel, testTenant)
  const judged = (settings: Facts['settings']) => judges['03']?.({ ...facts, settings })?.state

  deepEqual(
    [
      judged({ XINGLIN_BIND: '0.0.0.0' }),
      judged({ XINGLIN_BIND: '127.0.0.1' }),
      judged({ XINGLIN_BIND: '0.0.0.0', XINGLIN_TLS_CERTIFICATE: 'a.pem', XINGLIN_TLS_DOORS: ['http'] }),
      judged({ XINGLIN_BIND: '0.0.0.0', XINGLIN_TLS_CERTIFICATE: 'a.pem', XINGLIN_TLS_DOORS: ['hl7'] }),
    ],
    ['fail', 'not-yet', 'pass', 'fail'],
  )
})

test('the exports hold every point: CSV for tables, PDF in Chinese for assessors', async () => {
  const csv = await get('/api/compliance/board.csv')
  const pdf = await get('/api/compliance/board.pdf')

  equal(csv.body.split('\r\n').length, 1 + 34 + 1 + 1)
  match(csv.body, /^\uFEFF序号 number,条款 clause/)
  equal(pdf.headers['content-type'], 'application/pdf')
  match(pdf.body, /^%PDF-1\.4\n/)
  const text = Buffer.from('个人信息保护', 'utf16le').swap16().toString('hex')
  equal(pdf.body.includes(text), true)
})

test('every object of a PDF stands where its table says, and readers open it', (t) => {
  const file = pdfOf(
    Array.from({ length: 120 }, (_, index) => ({ text: `第 ${index} 行 ${'长'.repeat(80)}`, sizePt: 11 })),
  )
  const text = file.toString('latin1')
  const at = Number(/startxref\n(\d+)/.exec(text)?.[1])
  const offsets = [...text.slice(at).matchAll(/^(\d{10}) 00000 n/gm)].map(([, offset]) => Number(offset))

  deepEqual(
    offsets.map((offset) => text.slice(offset).split('\n')[0]),
    offsets.map((_, index) => `${index + 1} 0 obj`),
  )
  const reader = spawnSync('pdftotext', ['-', '-'], { input: file })
  if (reader.error) return t.diagnostic('pdftotext is not installed; no reader has opened the file')
  equal(reader.status, 0)
})

test('who lacks the permission is refused', async () => {
  const other = await kernel.authorisation(['system/Patient.rs'])

  equal((await kernel.web.http.inject({ url: '/api/compliance/board', headers: other })).statusCode, 403)
})
