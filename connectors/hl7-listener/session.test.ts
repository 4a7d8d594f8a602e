/** The door at the socket: frames, answers, duplicates, order, limits, character sets. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Patient } from '@xinglin/fhir'
import { characterSet, encodeText, valueAt } from '@xinglin/hl7v2'
import { frame } from '@xinglin/hl7v2/mllp'
import { testTenant } from '@xinglin/testkit'
import { aDoor } from './fixtures/door.ts'
import { aMessage, zhangSan } from './fixtures/messages.ts'
import { aSender, told } from './fixtures/sender.ts'
import { startHl7Listener } from './hl7-listener.ts'
import { noProfiles } from './profiles/profiles.ts'

const registration = (number: number, name = '张^三', controlId = `C${number}`) =>
  aMessage('ADT^A04^ADT_A01', ['EVN|A04|20260302', `PID|1||${number}^^^QLYX^MR||${name}`], { controlId })

test('a message byte by byte, two in one chunk and garbage between them are each answered once, in order', async () => {
  const { sender } = await aDoor()

  for (const byte of frame(Buffer.from(registration(1)))) {
    sender.write(Buffer.of(byte))
    await pause(0)
  }
  const first = await sender.answer()
  sender.write(
    Buffer.concat([
      frame(Buffer.from(registration(2))),
      Buffer.from('xx'),
      frame(Buffer.from(registration(3))),
    ]),
  )
  const answers = [first, await sender.answer(), await sender.answer()]

  assert.deepEqual(
    answers.map((answer) => answer && [told(answer), valueAt(answer, 'MSA-2')]),
    [
      ['AA', 'C1'],
      ['AA', 'C2'],
      ['AA', 'C3'],
    ],
  )
})

test('a message resent after its answer was lost, with another time in MSH-7, is answered AA and makes nothing', async () => {
  const { sender, tally, kernel, listener } = await aDoor()
  const text = registration(1)
  const other = await aSender(listener.port)

  const first = await sender.ask(text)
  const second = await other.ask(text.replace('|20260302080000|', '|20260302080500|'))
  await other.close()

  assert.deepEqual([told(first), told(second)], ['AA', 'AA'])
  assert.deepEqual(await tally(), { Patient: 1, Provenance: 1 })
  const messages = await kernel.traffic.list({ tenant: testTenant, limit: 10 })
  assert.deepEqual(
    messages.map(({ times }) => times),
    [2],
  )
})

test('the same message ten times at once on four connections makes one patient', async () => {
  const { listener, tally } = await aDoor()
  const senders = await Promise.all([1, 2, 3, 4].map(() => aSender(listener.port)))

  const answers = await Promise.all(
    senders.flatMap((sender) => Array.from({ length: 3 }, () => sender.ask(registration(1)))),
  )

  assert.deepEqual(new Set(answers.map(told)), new Set(['AA']))
  assert.deepEqual(await tally(), { Patient: 1, Provenance: 1 })
  await Promise.all(senders.map((sender) => sender.close()))
})

test('two listeners that meet the same new patients at the same moments make one patient and one visit of each', async () => {
  const { kernel, sender, tally } = await aDoor()
  const other = await startHl7Listener(kernel, { bind: '127.0.0.1', port: 0, tenant: testTenant })
  const lab = await aSender(other.port)
  after(async () => {
    await lab.close()
    await other.stop()
  })
  const admission = (number: number, controlId: string) =>
    aMessage(
      'ADT^A04^ADT_A01',
      [
        'EVN|A04|20260302',
        `PID|1||N${number}^^^QLYX^MR||新^人`,
        `PV1|1|O|OPD||||||||||||||||V${number}^^^QLYX^VN`,
      ],
      { controlId },
    )

  for (let number = 0; number < 15; number++) {
    const answers = await Promise.all([
      sender.ask(admission(number, `H${number}`)),
      lab.ask(admission(number, `L${number}`)),
    ])
    assert.deepEqual(answers.map(told), ['AA', 'AA'])
  }

  const { Patient: patients, Encounter: visits } = await tally()
  assert.deepEqual([patients, visits], [15, 15])
})

test('a message stored before a crash but not processed is processed when it is sent again', async () => {
  const { sender, kernel, tally } = await aDoor()
  const text = registration(1)
  const { readFrame } = await import('./arrival.ts')
  const { arrival } = readFrame(Buffer.from(text), {
    tenant: testTenant,
    house: { offset: () => 480, profiles: noProfiles },
  })
  await kernel.traffic.receive(arrival)

  const answer = await sender.ask(text)

  assert.equal(told(answer), 'AA')
  assert.deepEqual(await tally(), { Patient: 1, Provenance: 1 })
  assert.equal((await kernel.traffic.list({ tenant: testTenant, limit: 10 })).length, 1)
})

test('what four senders tell of their patients, one after the other without waiting, ends as told last', async () => {
  const { listener, all } = await aDoor()
  const senders = await Promise.all([1, 2, 3, 4].map(() => aSender(listener.port)))
  const last = 25

  await Promise.all(
    senders.map(async (sender, index) => {
      for (let step = 1; step <= last; step++)
        sender.send(registration(index, `张^${step}`, `S${index}-${step}`))
      for (let step = 1; step <= last; step++) {
        const answer = await sender.answer()
        assert.deepEqual(answer && [told(answer), valueAt(answer, 'MSA-2')], ['AA', `S${index}-${step}`])
      }
    }),
  )

  const patients = (await all('Patient')) as Patient[]
  assert.deepEqual(
    patients.map(({ name }) => name?.[0]?.given?.[0]),
    Array(4).fill(String(last)),
  )
  await Promise.all(senders.map((sender) => sender.close()))
})

test('names arrive whole in UTF-8, GB 18030, GBK and ISO 8859-1, and the answer keeps the set', async () => {
  const { sender, all } = await aDoor()
  const cases = [
    ['UNICODE UTF-8', '欧阳娜娜'],
    ['GB 18030-2000', '㐀𠮷'],
    ['GBK', '张三'],
    ['8859/1', 'Müller'],
  ] as const
  for (const [index, [charset, name]] of cases.entries()) {
    const text = aMessage('ADT^A04', [`PID|1||${index}^^^QLYX^MR||${name}`], {
      controlId: `C${index}`,
      charset,
    })
    const set = characterSet(charset)
    assert.ok(set)
    const answer = await sender.ask(encodeText(text, set))
    assert.deepEqual([told(answer), valueAt(answer, 'MSH-18')], ['AA', charset])
  }

  const names = ((await all('Patient')) as Patient[]).map(({ name }) => [
    name?.[0]?.family,
    name?.[0]?.given?.[0],
  ])
  assert.deepEqual(new Set(names.map(String)), new Set(['欧阳,娜娜', '㐀,𠮷', '张,三', 'Müller,']))
})

test('a hundred malformed messages each get their answer, are in the journal, and the door goes on', async () => {
  const { sender, kernel, tally } = await aDoor()
  const good = registration(1)
  const cases: readonly [string | Uint8Array, string][] = [
    ['', 'AE 100 MSH-1 hl7.segment-sequence'],
    ['hello', 'AE 100 MSH-1 hl7.segment-sequence'],
    ['MSH', 'AE 100 MSH-1 hl7.segment-sequence'],
    ['MSH|', 'AE 102 MSH-2 hl7.data-type'],
    ['MSH|^~\\&|', 'AE 101 MSH-9 hl7.required-field'],
    ['MSH|^^\\&|A|B', 'AE 102 MSH-2 hl7.data-type'],
    ['PID|1||1', 'AE 100 MSH-1 hl7.segment-sequence'],
    [good.replace('|C1|', '||'), 'AE 101 MSH-10 hl7.required-field'],
    [good.replace('ADT^A04^ADT_A01', ''), 'AE 101 MSH-9 hl7.required-field'],
    [good.replace('ADT^A04', 'PEX^P07'), 'AR 200 MSH-9 hl7.unsupported-type'],
    [good.replace('ADT^A04', 'ADT^A99'), 'AR 201 MSH-9 hl7.unsupported-event'],
    [good.replace('2.5.1', '3.0'), 'AR 203 MSH-12 hl7.unsupported-version'],
    [good.replace('UNICODE UTF-8', 'BIG-5'), 'AE 103 MSH-18 hl7.charset'],
    [Buffer.concat([Buffer.from(good), Buffer.from([0xff, 0xfe])]), 'AE 102 MSH-18 hl7.charset'],
    [good.replace('1^^^QLYX^MR', ''), 'AE 101 PID-3 hl7.required-field'],
    [good.replace(/PID.*\r/, ''), 'AE 100 PID hl7.segment-sequence'],
    [`${good}pid|1\r`, 'AE 100 hl7.segment-sequence'],
    [good.replace('张^三', '张\u0000'), 'AE 102 PID-5 hl7.data-type'],
    [good.replace('张^三', '张^三||notadate'), 'AE 102 PID-7 hl7.data-type'],
    [good.replace('A04', 'A01'), 'AE 100 PV1 hl7.segment-sequence'],
    [aMessage('ADT^A03', [...zhangSan, 'PV1|1|I'], { controlId: 'x' }), 'AE 101 PV1-19 hl7.required-field'],
    [aMessage('ADT^A40', [...zhangSan], { controlId: 'y' }), 'AE 100 MRG hl7.segment-sequence'],
    [aMessage('ORU^R01', [...zhangSan], { controlId: 'z' }), 'AE 100 OBR hl7.segment-sequence'],
    [
      aMessage('ORU^R01', [...zhangSan, 'OBR|1|||X^x^L'], { controlId: 'w' }),
      'AE 101 OBR-2 hl7.required-field',
    ],
    [aMessage('ORM^O01', [...zhangSan, 'ORC|NW|1'], { controlId: 'v' }), 'AE 100 OBR hl7.segment-sequence'],
  ]
  const answers: (readonly [string | Uint8Array, string])[] = []
  for (const [bytes] of cases) answers.push([bytes, told(await sender.ask(bytes))])
  // Random bytes without the frame's own, from a fixed seed, until there are a hundred.
  let seed = 7
  let rejected = 0
  for (let count = cases.length; count < 100; count++) {
    const bytes = Uint8Array.from({ length: 40 + count }, () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return [0x0b, 0x1c].includes((seed >>> 16) & 0xff) ? 0x20 : (seed >>> 16) & 0xff
    })
    if (/^A[ER] /.test(told(await sender.ask(bytes)))) rejected += 1
  }

  assert.deepEqual(answers, cases)
  assert.equal(rejected, 100 - cases.length)
  assert.deepEqual(await tally(), {})
  assert.equal(
    (await kernel.traffic.list({ tenant: testTenant, outcome: 'refused', limit: 500 })).length,
    100,
  )
  assert.equal(told(await sender.ask(good)), 'AA')
})

test('a frame that is too large, too slow, broken off or not framed at all is refused; the others go on', async () => {
  const limits = { frame: { frameBytes: 1000, garbageBytes: 100, frameMs: 500 }, outsideMs: 500 }
  const { sender, listener } = await aDoor({ limits })

  const large = await sender.ask(registration(1, 'x'.repeat(2000)))
  sender.write('\u000bMSH|^~\\&|HIS|QLYX')
  const late = await sender.answer()
  sender.write('\u000bMSH|^~\\&|HIS|QLYX')
  sender.write(frame(Buffer.from(registration(2))))
  const [broken, good] = [await sender.answer(), await sender.answer()]
  const unframed = await aSender(listener.port)
  unframed.write(registration(3))
  const outside = await unframed.answer()
  const web = await aSender(listener.port)
  web.write(`GET / HTTP/1.1\r\nhost: ${'x'.repeat(200)}\r\n\r\n`)
  const foreign = [await web.answer(), await web.answer()]

  assert.deepEqual([large, late, broken, good, outside, ...foreign].map(told), [
    'AR 207 hl7.frame-oversize',
    'AR 100 hl7.frame-broken',
    'AR 100 hl7.frame-broken',
    'AA',
    'AR 100 hl7.no-frame',
    'AR 100 hl7.no-frame',
    'closed',
  ])
})

test('enhanced mode gives the acknowledgements that MSH-15 and MSH-16 ask for', async () => {
  const { sender } = await aDoor()
  const asked = (number: number, more: string) =>
    registration(number).replace('|P|2.5.1||||||', `|P|2.5.1|||${more}||`)

  const commit = await sender.ask(asked(1, 'AL|NE'))
  sender.send(asked(2, 'AL|AL'))
  const both = [await sender.answer(), await sender.answer()]
  sender.send(asked(3, 'NE|NE'))
  const next = await sender.ask(asked(4, 'NE|AL'))

  assert.deepEqual([commit, ...both].map(told), ['CA', 'CA', 'AA'])
  assert.deepEqual([told(next), valueAt(next, 'MSA-2')], ['AA', 'C4'])
})

test('connections beyond the limit are refused, and a stopping door answers what is on its way', async () => {
  const { listener, sender } = await aDoor({ limits: { connections: 1 } })
  const second = await aSender(listener.port).catch(() => undefined)
  const refused = await second?.answer()
  sender.send(registration(1))
  await pause(5)

  const stopped = listener.stop()
  const answer = await sender.answer()
  await stopped

  assert.equal(told(refused), 'closed')
  assert.equal(told(answer), 'AA')
})
