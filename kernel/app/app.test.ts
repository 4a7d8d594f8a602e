/** Apps: refused with one sentence when something is missing; commands, reactions, jobs and routes over a real kernel. */

import { deepEqual, equal, rejects, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { conflict, invalid, OutcomeError } from '@xinglin/fhir'
import { testKernel } from '@xinglin/testkit'
import { type AppDefinition, type Command, defineApp, runCommand, startApps } from './app.ts'
import { orderApps } from './check-apps.ts'

const freeBed: Command<{ readonly bed: string }, { readonly freed: string }> = {
  name: 'free-bed',
  permission: 'ward.bed.write',
  parse(input) {
    const bed = typeof input === 'object' && input !== null && 'bed' in input ? input.bed : undefined
    if (typeof bed !== 'string') throw invalid('the bed is missing', { code: 'ward.bed-missing', at: 'bed' })
    return { bed }
  },
  async run(unit, { bed }, kernel) {
    unit.state({ kind: 'ward.bed-freed', data: { bed } })
    if (bed === 'occupied') throw conflict('the bed is occupied', { code: 'ward.bed-occupied', at: 'bed' })
    await kernel.jobs.enqueue(unit.transaction, { task: 'ward.clean', payload: { bed } })
    return { freed: bed }
  },
}

const reacted: string[] = []
const cleaned: string[] = []
const ward = defineApp({
  id: 'ward',
  title: { zh: '病房', en: 'Ward' },
  needs: ['fhir-api'],
  permissions: [{ id: 'ward.bed.write', title: { zh: '管理床位', en: 'Manage beds' } }],
  commands: { freeBed },
  reactions: {
    'tell-porters': {
      on: ['ward.*'],
      from: 'start',
      async react(entries) {
        reacted.push(...entries.map((entry) => entry.kind))
      },
    },
  },
  jobs: () => ({ 'ward.clean': async ({ bed }) => void cleaned.push(String(bed)) }),
  routes(http) {
    http.get('/beds', () => ({ beds: [] }))
  },
})

const kernel = await testKernel({ apps: [ward] })
const { http } = kernel.web
const client = await kernel.authorisation()
await kernel.identity.ensureAdministrator({ password: 'Apricot-Grove-2026' })
const { actor: administrator } = await kernel.identity.accounts.signIn({
  login: 'admin',
  password: 'Apricot-Grove-2026',
})

test('a command is one act: its statement, its job and its audit entry commit together', async () => {
  deepEqual(await runCommand(kernel)(freeBed, { bed: 'A12' }, administrator), { freed: 'A12' })

  await until(() => cleaned.includes('A12') && reacted.includes('ward.bed-freed'))
  deepEqual(await auditOf('ward.bed.write'), ['allowed free-bed'])
})

test('a command that fails leaves nothing but an audit entry', async () => {
  const before = reacted.length

  await rejects(runCommand(kernel)(freeBed, { bed: 'occupied' }, administrator), code('ward.bed-occupied'))
  await runCommand(kernel)(freeBed, { bed: 'A13' }, administrator)

  await until(() => reacted.length > before)
  deepEqual(cleaned.includes('occupied'), false)
  equal(reacted.length, before + 1)
  await until(async () => (await auditOf('ward.bed.write')).includes('failed free-bed'))
})

test('a command is refused to whom lacks its permission before its input is looked at', async () => {
  const nurse = { ...administrator, id: 'nobody', reference: 'user/nobody', roles: [] }

  await rejects(runCommand(kernel)(freeBed, 'nonsense', nurse), code('identity.not-allowed'))
})

test('over HTTP a command has its own address; its refusals name the field', async () => {
  const cookie = await signIn()
  const post = (payload: object) =>
    http.inject({
      method: 'POST',
      url: '/api/ward/commands/free-bed',
      headers: { cookie, 'x-xinglin': '1' },
      payload,
    })

  deepEqual((await post({ bed: 'A14' })).json(), { freed: 'A14' })
  const refused = await post({})
  equal(refused.statusCode, 400)
  deepEqual(refused.json().issue[0].expression, ['bed'])
})

test('every route of an app refuses a request without an actor, also one that forgot to ask', async () => {
  equal((await http.inject('/api/ward/beds')).statusCode, 401)
  equal((await http.inject({ url: '/api/ward/beds', headers: client })).statusCode, 200)
})

test('the list of apps names the permissions that its reader holds, and gives the titles of all', async () => {
  const cookie = await signIn()

  deepEqual((await http.inject({ url: '/api/apps', headers: { cookie } })).json(), {
    apps: [
      {
        id: 'ward',
        title: { zh: '病房', en: 'Ward' },
        permissions: ['ward.bed.write'],
        permissionTitles: { 'ward.bed.write': { zh: '管理床位', en: 'Manage beds' } },
      },
    ],
  })
  equal((await http.inject('/api/apps')).statusCode, 401)
})

test('apps come after what they need', () => {
  const apps = [app('billing', { needs: ['orders'] }), app('orders', { needs: ['chart'] }), app('chart')]

  deepEqual(
    orderApps(apps, { doors: [], settings: {} }).map(({ id }) => id),
    ['chart', 'orders', 'billing'],
  )
})

const refusals: readonly (readonly [string, readonly AppDefinition[]])[] = [
  [
    'app orders needs chart, which is neither in server/apps.ts nor a door',
    [app('orders', { needs: ['chart'] })],
  ],
  ['the list of apps names chart twice', [app('chart'), app('chart')]],
  ["app id 'Chart App' must be lower-case words joined by '-'", [app('Chart App')]],
  ['apps need one another in a circle: a → b → a', [app('a', { needs: ['b'] }), app('b', { needs: ['a'] })]],
  [
    'app printing needs the setting XINGLIN_PRINTER, which has no value',
    [app('printing', { config: ['XINGLIN_PRINTER'] })],
  ],
  [
    'command free-bed of app beds asks for permission ward.bed.write, which the app does not declare',
    [app('beds', { commands: { freeBed } })],
  ],
  [
    "permission 'other.bed.write' of app beds must read beds.<thing>.<verb>",
    [app('beds', { permissions: [{ id: 'other.bed.write', title: { zh: '', en: '' } }] })],
  ],
]
for (const [sentence, apps] of refusals)
  test(`start-up is refused: ${sentence}`, () => {
    throws(() => orderApps(apps, { doors: [], settings: { XINGLIN_PRINTER: '' } }), { message: sentence })
  })

test('a job task that does not carry the name of its app is refused', async () => {
  const apps = [app('beds', { jobs: () => ({ clean: async () => undefined }) })]

  await rejects(startApps({ apps, kernel, roles: ['worker'] }), {
    message: 'job task clean of app beds must read beds.<verb>',
  })
})

function app(id: string, parts: Partial<AppDefinition> = {}): AppDefinition {
  return { id, title: { zh: id, en: id }, needs: [], permissions: [], ...parts }
}

async function signIn(): Promise<string> {
  const payload = { login: 'admin', password: 'Apricot-Grove-2026' }
  const answer = await http.inject({ method: 'POST', url: '/api/session', payload })
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}

/** Outcome and detail of the audit entries of one action, oldest first. */
async function auditOf(action: string): Promise<readonly string[]> {
  const rows = await kernel.database.query(sql<{ outcome: string; detail: string }>`
    select outcome, detail
    from identity.audit
    where action = ${action}
    order by id`)
  return rows.map(({ outcome, detail }) => `${outcome} ${detail}`)
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((wake) => setTimeout(wake, 5))
}

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}
