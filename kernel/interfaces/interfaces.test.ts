/** Messages between systems: queued with their acknowledgement, in order by key, one destination never in the way of another. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { after, test } from 'node:test'
import { invalid } from '@xinglin/fhir'
import { testTenant as tenant, testKernel } from '@xinglin/testkit'
import { createInterfaces } from './create-interfaces.ts'
import { type AnyInterface, defineInterface, type Incoming, textFormat } from './interfaces.ts'
import { createReceivers, silentSource } from './testing/receiver.ts'

const kernel = await testKernel()
const { database, traffic } = kernel
const receivers = createReceivers()
const { interfaces } = kernel
interfaces.offerSource(silentSource)
interfaces.offerDestination(receivers.kind)
await interfaces.start({ sources: true, destinations: true })

const to = (name: string) => ({ kind: 'test', name })
let count = 0
const arriving = (text: string, controlId = `C${++count}`): Incoming => ({
  ...{ sender: 'HIS|QLYX', subject: 'ADT^A01', controlId },
  raw: Buffer.from(text),
})
/** `key:words` keeps its order by `key`. */
const interfaceOf = (id: string, rest: Partial<AnyInterface>): AnyInterface => ({
  ...{ id, version: '1.0.0', title: { zh: '测试', en: 'Test' }, source: { kind: 'silent' } },
  format: textFormat,
  key: (text: string) => text.split(':')[0] ?? '',
  destinations: [{ id: 'lis', to: to(`${id}-lis`) }],
  ...rest,
})
const states = async (id: string) =>
  (await interfaces.deliveries({ tenant, interface: id, limit: 100 }))
    .toReversed()
    .map(({ destination, state, tries, code }) =>
      [destination, state, tries, code].filter((each) => each !== undefined).join(' '),
    )

test('a message goes where filters let it, as each map makes it, and what is made once is kept once', async () => {
  await interfaces.deploy(
    tenant,
    interfaceOf('filters', {
      filter: (text: string) => !text.endsWith('nowhere'),
      map: (text: string) => text.toUpperCase(),
      destinations: [
        { id: 'lis', to: to('filters-lis') },
        { id: 'pacs', to: to('filters-pacs'), filter: (text: string) => text.includes('CT') },
        { id: 'bill', to: to('filters-bill'), map: (text: string) => `${text}!` },
      ],
    }),
  )

  const taken = []
  for (const text of ['a:blood', 'a:ct', 'a:nowhere'])
    taken.push((await interfaces.take(tenant, 'filters', arriving(text))).kind)
  await Promise.all([
    receivers.tookAtLeast('filters-lis', 2),
    receivers.tookAtLeast('filters-pacs', 1),
    receivers.tookAtLeast('filters-bill', 2),
  ])

  deepEqual(taken, ['accepted', 'accepted', 'accepted'])
  deepEqual(
    [receivers.taken('filters-lis'), receivers.taken('filters-pacs'), receivers.taken('filters-bill')],
    [['A:BLOOD', 'A:CT'], ['A:CT'], ['A:BLOOD!', 'A:CT!']],
  )
  deepEqual(
    await database.query({ text: 'select count(*)::integer as n from interfaces.content', values: [] }),
    [{ n: 4 }],
  )
})

test('a receiver that is busy with one patient holds up that patient alone', async () => {
  let refusals = 2
  receivers.behave('busy-lis', (text) =>
    text === 'a:1' && refusals-- > 0 ? { kind: 'busy', code: 'hl7.ar', reason: 'later' } : { kind: 'taken' },
  )
  await interfaces.deploy(
    tenant,
    interfaceOf('busy', { destinations: [{ id: 'lis', to: to('busy-lis'), parallel: 4 }] }),
  )

  for (const text of ['a:1', 'a:2', 'b:1', 'a:3', 'b:2'])
    await interfaces.take(tenant, 'busy', arriving(text))
  await receivers.tookAtLeast('busy-lis', 5)

  const taken = receivers.taken('busy-lis')
  deepEqual(
    [taken.slice(0, 2).sort(), taken.slice(2)],
    [
      ['b:1', 'b:2'],
      ['a:1', 'a:2', 'a:3'],
    ],
  )
  const ids = receivers.heard('busy-lis').filter(({ text }) => text === 'a:1')
  deepEqual([new Set(ids.map(({ id }) => id)).size, ids.map(({ tries }) => tries)], [1, [0, 1, 2]])
})

test('a destination that is down holds up its own queue alone, and gets all of it in order when it is back', async () => {
  let isDown = true
  receivers.behave('down-pacs', () => (isDown ? new TypeError('refused') : { kind: 'taken' }))
  await interfaces.deploy(
    tenant,
    interfaceOf('down', {
      destinations: [
        { id: 'lis', to: to('down-lis') },
        { id: 'pacs', to: to('down-pacs') },
      ],
    }),
  )

  const texts = Array.from({ length: 30 }, (_, index) => `${index % 3}:${index}`)
  for (const text of texts) await interfaces.take(tenant, 'down', arriving(text))
  await receivers.tookAtLeast('down-lis', 30)
  const [meanwhile] = (await interfaces.states(tenant)).filter(({ id }) => id === 'down')
  isDown = false
  await receivers.tookAtLeast('down-pacs', 30)

  const pacs = meanwhile?.destinations[1]
  deepEqual([pacs?.waiting, pacs?.reason, pacs?.downSince !== undefined], [30, 'TypeError', true])
  const byKey = (key: string, all: readonly string[]) => all.filter((text) => text.startsWith(`${key}:`))
  for (const key of ['0', '1', '2']) deepEqual(byKey(key, receivers.taken('down-pacs')), byKey(key, texts))
})

test('a receiver that does not answer in time counts as one that cannot be reached', async () => {
  let hangs = 1
  receivers.behave('slow-lis', () => (hangs-- > 0 ? 'hang' : { kind: 'taken' }))
  await interfaces.deploy(
    tenant,
    interfaceOf('slow', { destinations: [{ id: 'lis', to: to('slow-lis'), answerMs: 50 }] }),
  )

  await interfaces.take(tenant, 'slow', arriving('a:1'))
  await receivers.tookAtLeast('slow-lis', 1)

  deepEqual(
    receivers.heard('slow-lis').map(({ text }) => text),
    ['a:1', 'a:1'],
  )
})

test('what a receiver refuses is laid aside, what follows goes on, and a person sends it again or gives it up', async () => {
  let isStrict = true
  receivers.behave('strict-lis', (text) =>
    isStrict && !text.endsWith('ok')
      ? { kind: 'refused', code: 'hl7.ae', reason: 'PID-3' }
      : { kind: 'taken' },
  )
  await interfaces.deploy(
    tenant,
    interfaceOf('strict', { destinations: [{ id: 'lis', to: to('strict-lis') }] }),
  )
  for (const text of ['a:bad', 'a:worse', 'a:ok']) await interfaces.take(tenant, 'strict', arriving(text))
  await receivers.tookAtLeast('strict-lis', 1)
  await until(async () => (await states('strict')).at(-1) === 'lis sent 1')
  const before = await states('strict')
  const refused = (
    await interfaces.deliveries({ tenant, interface: 'strict', state: 'refused', limit: 10 })
  ).toReversed()
  isStrict = false
  const ids = refused.map(({ id }) => id)

  const again = await database.transaction((each) => interfaces.retry(each, tenant, ids.slice(0, 1)))
  const givenUp = await database.transaction((each) => interfaces.drop(each, tenant, ids))
  await receivers.tookAtLeast('strict-lis', 2)
  await until(async () => (await states('strict')).at(-1) === 'lis sent 1')

  deepEqual(before, ['lis refused 1 hl7.ae', 'lis refused 1 hl7.ae', 'lis sent 1'])
  deepEqual([again, givenUp, receivers.taken('strict-lis')], [1, 1, ['a:ok', 'a:bad']])
  deepEqual(await states('strict'), [
    'lis dropped 1 hl7.ae',
    'lis dropped 1 hl7.ae',
    'lis sent 1',
    'lis sent 1',
  ])
})

test('what cannot be read, and what the code of an interface fails at, is refused without a word of its content', async () => {
  await interfaces.deploy(
    tenant,
    interfaceOf('failing', {
      map: (text: string) => {
        if (text.includes('wrong'))
          throw invalid('no bed of that name', { code: 'interfaces.no-bed', at: 'PV1-3' })
        throw new RangeError(`张三 ${text}`)
      },
    }),
  )

  const taken = [
    await interfaces.take(tenant, 'failing', arriving('a:wrong')),
    await interfaces.take(tenant, 'failing', arriving('a:1')),
    await interfaces.take(tenant, 'failing', { ...arriving(''), raw: Buffer.from([0xff, 0xfe]) }),
  ]
  const journal = await traffic.list({ tenant, door: 'interface', outcome: 'refused', limit: 10 })

  deepEqual(taken, [
    { kind: 'refused', code: 'interfaces.no-bed', reason: 'no bed of that name' },
    {
      kind: 'refused',
      code: 'interfaces.code',
      reason: 'the interface failed at map: RangeError',
      at: 'map',
    },
    { kind: 'refused', code: 'interfaces.no-utf8', reason: 'the message is not UTF-8' },
  ])
  deepEqual(
    journal.map(({ code }) => code),
    ['interfaces.no-utf8', 'interfaces.code', 'interfaces.no-bed'],
  )
})

test('a message that its sender gives again is accepted again and goes out once', async () => {
  await interfaces.deploy(tenant, interfaceOf('resent', {}))

  const both = await Promise.all([
    interfaces.take(tenant, 'resent', arriving('a:1', 'SAME')),
    interfaces.take(tenant, 'resent', arriving('a:1', 'SAME')),
  ])
  const later = await interfaces.take(tenant, 'resent', arriving('a:1', 'SAME'))
  await interfaces.take(tenant, 'resent', arriving('a:2'))
  await receivers.tookAtLeast('resent-lis', 2)

  deepEqual(
    [...both, later].map(({ kind }) => kind),
    ['accepted', 'accepted', 'accepted'],
  )
  deepEqual(receivers.taken('resent-lis'), ['a:1', 'a:2'])
})

test('a paused destination collects, and goes on where it stood', async () => {
  await interfaces.deploy(tenant, interfaceOf('paused', {}))
  const part = { interface: 'paused', destination: 'lis' }
  await database.transaction((each) => interfaces.setPaused(each, tenant, part, true))
  await until(async () =>
    (await interfaces.states(tenant)).some(
      ({ id, destinations }) => id === 'paused' && destinations[0]?.isPaused,
    ),
  )
  // The pause is heard by NOTIFY; what is taken after another act was heard cannot slip through.
  await interfaces.deploy(tenant, interfaceOf('paused', { version: '1.0.1' }))

  await interfaces.take(tenant, 'paused', arriving('a:1'))
  await interfaces.take(tenant, 'paused', arriving('a:2'))
  const [meanwhile] = (await interfaces.states(tenant)).filter(({ id }) => id === 'paused')
  await database.transaction((each) => interfaces.setPaused(each, tenant, part, false))
  await receivers.tookAtLeast('paused-lis', 2)

  deepEqual([meanwhile?.version, meanwhile?.destinations[0]?.waiting], ['1.0.1', 2])
  deepEqual(receivers.taken('paused-lis'), ['a:1', 'a:2'])
  await rejects(
    database.transaction((each) => interfaces.setPaused(each, tenant, { interface: 'nobody' }, true)),
    /no such interface/,
  )
})

test('of two processes one sends; when it ends the other goes on, in order', async () => {
  const other = createInterfaces({ ...kernel, isSealing: async () => false })
  after(() => other.stop())
  other.offerSource(silentSource)
  other.offerDestination(receivers.kind)
  await other.start({ sources: true, destinations: true })
  const definition = interfaceOf('two', {})
  await other.deploy(tenant, definition)
  await other.take(tenant, 'two', arriving('a:1'))
  await receivers.tookAtLeast('two-lis', 1)
  await interfaces.deploy(tenant, definition)

  await interfaces.take(tenant, 'two', arriving('a:2'))
  await receivers.tookAtLeast('two-lis', 2)
  await other.stop()
  await interfaces.take(tenant, 'two', arriving('a:3'))
  await receivers.tookAtLeast('two-lis', 3)

  deepEqual(
    receivers.heard('two-lis').map(({ text }) => text),
    ['a:1', 'a:2', 'a:3'],
  )
})

test('purging deletes what is settled and old, and nothing else', async () => {
  await until(async () => (await states('two')).every((state) => state === 'lis sent 1'))
  const waiting = await interfaces.deliveries({ tenant, state: 'refused', limit: 10 })

  const purged = await interfaces.purge(tenant, kernel.runtime.advance(60_000))
  const left = await interfaces.deliveries({ tenant, limit: 100 })

  equal(purged > 40, true)
  deepEqual(left, waiting)
})

test('an interface with a wrong id, version, number or kind is refused by the name of the part', async () => {
  const wrong: readonly (readonly [Partial<AnyInterface>, RegExp])[] = [
    [{ id: 'No Spaces' }, /an id is at most 64/],
    [{ version: 'one' }, /three numbers/],
    [
      {
        destinations: [
          { id: 'a', to: to('x') },
          { id: 'a', to: to('y') },
        ],
      },
      /two destinations are called a/,
    ],
    [{ destinations: [{ id: 'a', to: to('x'), parallel: 0 }] }, /parallel is a whole number/],
    [
      { source: { kind: 'carrier-pigeon' } },
      /no door offers the source kind carrier-pigeon; there are: silent/,
    ],
  ]
  for (const [part, words] of wrong)
    await rejects(interfaces.deploy(tenant, { ...interfaceOf('wrong', {}), ...part }), words)
  equal(defineInterface(interfaceOf('right', {})).id, 'right')
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 10_000
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to be')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
