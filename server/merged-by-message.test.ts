/** Merges by ADT^A40 (v2.5.1 §3.3.40), both ways: told by others they are undone as those of the desk, and the desk's are told to others. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createMllpClient } from '@xinglin/client'
import type { Resource } from '@xinglin/fhir'
import { mllpDestination, startHl7Listener } from '@xinglin/hl7-listener'
import { defineInterface, hl7v2Format } from '@xinglin/interfaces'
import type { MergesAnswer, UndoPreview } from '@xinglin/master-index/contract'
import { masterIndex } from '@xinglin/master-index/server'
import { testKernel, testTenant } from '@xinglin/testkit'

const kernel = await testKernel({ apps: [masterIndex] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/master-index.*'])
const listener = await startHl7Listener(kernel, { bind: '127.0.0.1', port: 0, tenant: testTenant })
after(() => listener.stop())
const sender = createMllpClient({ host: '127.0.0.1', port: listener.port })
after(() => sender.close())

const numberOf = (value: string) => `${value}^^^QLYX&2.999.86.1.1&ISO^MR`
const zhang = (value: string) => `PID|1||${numberOf(value)}||张^三||19800101|M`
const visit = (value: string) => `PV1|1|I|||||||||||||||||${value}^^^QLYX&2.999.86.1.2&ISO^VN`

async function send(trigger: string, controlId: string, segments: readonly string[]): Promise<void> {
  const header = `MSH|^~\\&|HIS|QLYX|XINGLIN|QLYX|20260302080000||ADT^${trigger}|${controlId}|P|2.5.1||||||UNICODE UTF-8`
  const text = [header, `EVN|${trigger}|20260302`, ...segments]
  const { code, reason } = await sender.send(Buffer.from(text.map((each) => `${each}\r`).join('')))
  assert.equal(code, 'AA', reason)
}

/** Patients, visits and allergies, without versions and times. */
async function record(): Promise<readonly unknown[]> {
  const types = ['Patient', 'Encounter', 'AllergyIntolerance'] as const
  const found = await Promise.all(
    types.map((type) => kernel.records.search(testTenant, type, [['_sort', '_id']])),
  )
  return found
    .flatMap(({ matches }) => matches)
    .map(({ json }) => {
      const { meta: _meta, ...resource }: Resource = JSON.parse(json)
      return resource
    })
}

async function get<T>(path: string): Promise<T> {
  const response = await kernel.web.http.inject({ url: `/api/master-index${path}`, headers })
  assert.equal(response.statusCode, 200, response.body)
  return response.json()
}

/** The index follows the log by itself; what is asked becomes true some milliseconds after the commit. */
async function mergesOnce(holds: (answer: MergesAnswer) => boolean): Promise<MergesAnswer> {
  for (;;) {
    const answer = await get<MergesAnswer>('/merges')
    if (holds(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('a merge by message is listed with its sender, and undone: both charts are as they were', async () => {
  await send('A01', 'C1', [zhang('100001'), visit('V1')])
  await send('A01', 'C2', [zhang('900009'), visit('V2'), 'AL1|1|DA|C01^青霉素^L'])
  const before = await record()

  await send('A40', 'C3', [zhang('100001'), `MRG|${numberOf('900009')}`])

  const { merges } = await mergesOnce((answer) => answer.merges.length === 1)
  const [merge] = merges
  assert.ok(merge)
  assert.deepEqual(
    [merge.origin, merge.actorDisplay, merge.reason, merge.undone],
    ['message', 'HIS|QLYX', 'ADT^A40', undefined],
  )
  const preview = await get<UndoPreview>(`/merges/${merge.id}/undo`)
  assert.deepEqual(
    preview.items.map(({ type, kind }) => [type, kind]),
    [
      ['AllergyIntolerance', 'restored'],
      ['Encounter', 'restored'],
      ['Patient', 'restored'],
      ['Patient', 'restored'],
    ],
  )
  const undone = await kernel.web.http.inject({
    ...{ method: 'POST', url: '/api/master-index/commands/undo-merge', headers },
    payload: { merge: merge.id, reason: '两人' },
  })
  assert.equal(undone.statusCode, 200, undone.body)
  assert.deepEqual(await record(), before)
})

test('the same two are merged by message again after the merge was undone', async () => {
  await send('A40', 'C4', [zhang('100001'), `MRG|${numberOf('900009')}`])

  const { merges } = await mergesOnce((answer) => answer.merges.length === 2)
  assert.deepEqual(
    merges.map(({ undone }) => undone !== undefined),
    [false, true],
  )
})

test('a merge of the desk is told to others as A40, and its undoing as A37, with the numbers that stand', async () => {
  await send('A01', 'C5', ['PID|1||500005^^^QLYX&2.999.86.1.1&ISO^MR||李^四||19900210|F', visit('V5')])
  await send('A01', 'C6', ['PID|1||600006^^^QLYX&2.999.86.1.1&ISO^MR||李^肆||19900210|F', visit('V6')])
  const [survivor, merged] = await Promise.all(['500005', '600006'].map(idOf))
  kernel.interfaces.offerDestination(mllpDestination)
  await kernel.interfaces.deploy(
    testTenant,
    defineInterface({
      ...{ id: 'merges-told', version: '1.0.0', title: { zh: '合并通知', en: 'Merges told' } },
      source: { kind: 'patient-merges', name: 'told', application: 'XINGLIN', facility: 'QLYX' },
      format: hl7v2Format,
      destinations: [{ id: 'laboratory', to: { kind: 'mllp', host: '127.0.0.1', port: listener.port } }],
    }),
  )
  await kernel.interfaces.start({ sources: true, destinations: true })

  const { merge }: { merge: string } = await act('merge-patients', { survivor, merged, reason: '同一人' })
  await act('undo-merge', { merge, reason: '两人' })

  const sent = await deliveriesOnce(2)
  const texts = await Promise.all(
    sent.map(async ({ id }) =>
      Buffer.from((await kernel.interfaces.content(testTenant, id)) ?? []).toString(),
    ),
  )
  assert.deepEqual(
    texts.map((text) =>
      text
        .replaceAll(/\|\d{14}[+-]\d{4}/g, '|<time>')
        .replace(/\|[\w]{20}\|P/, '|<id>|P')
        .trimEnd()
        .split('\r'),
    ),
    [
      [
        'MSH|^~\\&|XINGLIN|QLYX|||<time>||ADT^A40^ADT_A39|<id>|P|2.5.1||||||UNICODE UTF-8',
        'EVN|A40|<time>',
        'PID|1||500005^^^&2.999.86.1.1&ISO^MR||李^四^^^^^L||19900210|F',
        'MRG|600006^^^&2.999.86.1.1&ISO^MR||||||李^肆^^^^^L',
      ],
      [
        'MSH|^~\\&|XINGLIN|QLYX|||<time>||ADT^A37^ADT_A37|<id>|P|2.5.1||||||UNICODE UTF-8',
        'EVN|A37|<time>',
        'PID|1||500005^^^&2.999.86.1.1&ISO^MR||李^四^^^^^L||19900210|F',
        'PID|2||600006^^^&2.999.86.1.1&ISO^MR||李^肆^^^^^L||19900210|F',
      ],
    ],
  )
})

async function idOf(number: string): Promise<string> {
  const { matches } = await kernel.records.search(testTenant, 'Patient', [['identifier', number]])
  return matches[0]?.id ?? assert.fail()
}

async function act<T>(name: string, payload: object): Promise<T> {
  const url = `/api/master-index/commands/${name}`
  const response = await kernel.web.http.inject({ method: 'POST', url, headers, payload })
  assert.equal(response.statusCode, 200, response.body)
  return response.json()
}

/** The oldest first, once so many are there. */
async function deliveriesOnce(count: number) {
  for (;;) {
    const found = await kernel.interfaces.deliveries({
      ...{ tenant: testTenant, interface: 'merges-told', limit: 10 },
    })
    if (found.length >= count) return found.toReversed()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
