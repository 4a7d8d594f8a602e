/** What an integration engineer sees of interfaces between systems, and does to their queues. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import { integration } from './app.ts'

const scopes = ['xinglin/integration.*']
const kernel = await testKernel({ apps: [integration] })
const { interfaces } = kernel
const manner = { isStrict: true }

interfaces.offerSource({
  kind: 'silent',
  check: () => undefined,
  open: async () => ({ address: 'here', stop: async () => undefined }),
})
interfaces.offerDestination({
  kind: 'test',
  check: () => undefined,
  open: () => ({
    send: async ({ content }) =>
      manner.isStrict && Buffer.from(content).toString().includes('bad')
        ? { kind: 'refused', code: 'hl7.ae', reason: 'no bed 12' }
        : { kind: 'taken' },
    close: async () => undefined,
  }),
})
await interfaces.deploy(testTenant, {
  ...{ id: 'admissions', version: '1.2.0', title: { zh: '入出转', en: 'Admissions' } },
  source: { kind: 'silent' },
  format: {
    contentType: 'text/plain',
    read: (content: Uint8Array) => Buffer.from(content).toString(),
    write: (text: string) => Buffer.from(text),
  },
  key: (text: string) => text.split(':')[0] ?? '',
  destinations: [
    { id: 'lis', to: { kind: 'test' } },
    { id: 'pacs', to: { kind: 'test' }, filter: (text: string) => text.includes('ct'), parallel: 4 },
  ],
})
await interfaces.start({ sources: true, destinations: true })
const [bad] = await Promise.all(
  ['a:bad', 'b:ct'].map((text, index) =>
    interfaces.take(testTenant, 'admissions', {
      ...{ sender: 'HIS|QLYX', subject: 'ADT^A01', controlId: `C${index}` },
      raw: Buffer.from(text),
    }),
  ),
)
const badMessage = bad?.kind === 'accepted' ? bad.message : ''

async function ask(method: 'GET' | 'POST', path: string, body?: object, as: readonly string[] = scopes) {
  const response = await kernel.web.http.inject({
    method,
    url: `/api/integration${path}`,
    headers: await kernel.authorisation(as),
    ...(body ? { payload: body } : {}),
  })
  return { status: response.statusCode, body: response.body === '' ? undefined : response.json() }
}
type Line = { readonly id: string; readonly destination: string; readonly state: string }
const search = async (question: object): Promise<readonly Line[]> =>
  (await ask('POST', '/deliveries/search', question)).body.deliveries
const lines = async (question: object) =>
  (await search(question)).map(({ destination, state }) => `${destination} ${state}`)

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 10_000
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to be')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
await until(async () => !(await lines({})).some((line) => line.endsWith('waiting')))

test('an interface is shown with what it is made of and what each part did in the last hour', async () => {
  const { body } = await ask('GET', '/interfaces')

  const [{ destinations, ...shown }] = body.interfaces
  assert.deepEqual(shown, {
    ...{ id: 'admissions', version: '1.2.0', title: { zh: '入出转', en: 'Admissions' } },
    source: {
      ...{ kind: 'silent', isPaused: false, address: 'here' },
      tally: { done: 2, refused: 0, doneLately: 2 },
    },
    ...{ hasKey: true, hasFilter: false, hasMap: false },
  })
  assert.deepEqual(
    destinations.map(({ id, refused, waiting, hasFilter, parallel, tally }: Record<string, unknown>) => [
      ...[id, refused, waiting, hasFilter, parallel],
      tally,
    ]),
    [
      ['lis', 1, 0, false, 1, { done: 1, refused: 1, doneLately: 1, lagMeanMs: 0, lagMostMs: 0 }],
      ['pacs', 0, 0, true, 4, { done: 1, refused: 0, doneLately: 1, lagMeanMs: 0, lagMostMs: 0 }],
    ],
  )
})

test('deliveries are found by destination, state, key, control id and words of the refusal', async () => {
  assert.deepEqual(await lines({ interface: 'admissions', destination: 'pacs' }), ['pacs sent'])
  assert.deepEqual(await lines({ state: 'refused' }), ['lis refused'])
  assert.deepEqual((await lines({ key: 'b' })).toSorted(), ['lis sent', 'pacs sent'])
  assert.deepEqual(await lines({ text: 'bed' }), ['lis refused'])
  assert.deepEqual(await lines({ text: 'C0' }), ['lis refused'])
  assert.deepEqual(await lines({ text: '100%' }), [])
})

test('a message is followed from its arrival to what each destination made of it', async () => {
  const { body } = await ask('GET', `/messages/${badMessage}/life`)
  const content = await ask('GET', `/deliveries/${body.deliveries[0].id}/content`)

  assert.deepEqual([body.message.controlId, body.message.outcome], ['C0', 'accepted'])
  assert.deepEqual(
    body.deliveries.map(({ id: _, ...delivery }: Line) => delivery),
    [
      {
        ...{ interface: 'admissions', version: '1.2.0', destination: 'lis', message: badMessage },
        ...{ state: 'refused', tries: 1, code: 'hl7.ae', reason: 'no bed 12', sizeBytes: 5 },
        askedAt: '2026-03-02T08:00:00.000+08:00',
        settledAt: '2026-03-02T08:00:00.000+08:00',
      },
    ],
  )
  assert.deepEqual(content.body, { raw: { kind: 'text', content: 'a:bad', isCut: false } })
})

test('a refused delivery is sent again, and one that nobody will take is given up for a reason', async () => {
  const [first] = await search({ state: 'refused' })
  const again = await ask('POST', '/deliveries/retry', { ids: [first?.id] })
  await until(async () => (await lines({ key: 'a' })).includes('lis refused'))
  const [second] = await search({ state: 'refused' })
  const unsaid = await ask('POST', '/deliveries/drop', { ids: [second?.id] })
  const dropped = await ask('POST', '/deliveries/drop', { ids: [second?.id], reason: 'bed closed' })

  assert.deepEqual([again.body, unsaid.status, dropped.body], [{ changed: 1 }, 400, { changed: 1 }])
  assert.deepEqual(await lines({ key: 'a' }), ['lis dropped', 'lis dropped'])
})

test('a destination is paused and goes on, and each act is in the trail with who did it and why', async () => {
  const pause = (isPaused: boolean, destination = 'lis') =>
    ask('POST', '/interfaces/admissions/pause', { destination, isPaused, reason: 'maintenance' })
  const isPaused = async () => (await ask('GET', '/interfaces')).body.interfaces[0].destinations[0].isPaused
  const before = [(await pause(true)).status, await isPaused()]
  const after = [(await pause(false)).status, await isPaused()]
  const nowhere = await pause(true, 'moon')

  const trail = await kernel.database.query<{ detail: string }>({
    text: "select detail from identity.audit where action = 'integration.interface.operate' and outcome = 'allowed' order by id",
    values: [],
  })
  assert.deepEqual([before, after, nowhere.status], [[204, true], [204, false], 404])
  assert.deepEqual(trail.map(({ detail }) => detail.replaceAll(/ \d+( ·|$)/g, ' #$1')).slice(-4), [
    'retry 1 of deliveries #',
    'drop 1 of deliveries # · bed closed',
    'interface admissions · pause lis: maintenance',
    'interface admissions · resume lis: maintenance',
  ])
})

test('who may only see does nothing, who may neither sees nothing, and a malformed list is refused', async () => {
  const seeing = ['xinglin/integration.interface.read']
  const statuses = [
    await ask('GET', '/interfaces', undefined, seeing),
    await ask('POST', '/deliveries/retry', { ids: ['1'] }, seeing),
    await ask('POST', '/interfaces/admissions/pause', { isPaused: true, reason: 'x' }, seeing),
    await ask('GET', '/interfaces', undefined, ['system/Patient.rs']),
    await ask('POST', '/deliveries/retry', { ids: [] }),
    await ask('POST', '/deliveries/search', { state: 'lost' }),
    await ask('GET', '/messages/999/life'),
  ].map(({ status }) => status)

  assert.deepEqual(statuses, [200, 403, 403, 403, 400, 400, 404])
})
