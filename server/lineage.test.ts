/** From a value of the chart to the bytes of a message and back, over the doors and the web of one platform. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { chart } from '@xinglin/chart/server'
import { createMllpClient } from '@xinglin/client'
import { startHl7Listener } from '@xinglin/hl7-listener'
import { integration } from '@xinglin/integration/server'
import { testKernel, testTenant } from '@xinglin/testkit'

const kernel = await testKernel({ apps: [chart, integration] })
const listener = await startHl7Listener(kernel, { bind: '127.0.0.1', port: 0, tenant: testTenant })
after(() => listener.stop())
const sender = createMllpClient({ host: '127.0.0.1', port: listener.port })
after(() => sender.close())

const pid = 'PID|1||100001^^^QLYX&2.999.86.1.1&ISO^MR||张^三||19800101|M'
const messageOf = (type: string, controlId: string, segments: readonly string[]) =>
  [
    `MSH|^~\\&|LIS|QLYX|XINGLIN|QLYX|20260302080000||${type}|${controlId}|P|2.5.1||||||UNICODE UTF-8`,
    ...segments,
  ]
    .map((each) => `${each}\r`)
    .join('')
const result = (controlId: string, status: string) =>
  messageOf('ORU^R01', controlId, [
    pid,
    `OBR|1|P1|F1|GLU^葡萄糖^L|||20260302070000||||||||||||||||||${status}`,
    `OBX|1|NM|GLU^葡萄糖^L||5.6|mmol/L|||||${status}`,
  ])
const first = result('R1', 'P')
const second = result('R2', 'F')

for (const text of [first, second]) {
  const { code, reason } = await sender.send(Buffer.from(text))
  assert.equal(code, 'AA', reason)
}
const ids = new Map(
  (await kernel.traffic.list({ tenant: testTenant, limit: 10 })).map(({ controlId, id }) => [controlId, id]),
)
const [observation, patient] = await Promise.all(
  (['Observation', 'Patient'] as const).map(async (type) => {
    const { matches } = await kernel.records.search(testTenant, type, [])
    return matches[0]?.id ?? assert.fail(`no ${type}`)
  }),
)

type Told = {
  readonly path: string
  readonly value: string
  readonly message: { readonly id: string }
  readonly sources: readonly { readonly field: string }[]
}

async function get(path: string, scopes: readonly string[]) {
  const headers = await kernel.authorisation(scopes)
  const response = await kernel.web.http.inject({ url: `/api/${path}`, headers })
  return { status: response.statusCode, body: response.json() }
}
const chartPath = `chart/patients/${patient}/sources/Observation/${observation}/lineage`
const chartScopes = ['system/*.*', 'xinglin/chart.*']

test('each value of a result names the newest message that made it, the field, its bytes and the rule', async () => {
  const { status, body } = await get(chartPath, chartScopes)

  assert.equal(status, 200, JSON.stringify(body))
  const told = body.elements.map(
    ({ path, value, message, sources }: Told) =>
      `${path} = ${value} ← ${message.id === ids.get('R2') ? 'R2' : 'R1'} ${sources.map(({ field }) => field).join(' ')}`,
  )
  assert.deepEqual(told, [
    'code.coding[0].system = urn:xinglin:codes:QLYX ← R2 MSH-4.1 OBX-3.3',
    'effectiveDateTime = 2026-03-02T07:00:00+08:00 ← R2 OBR-7.1',
    'valueQuantity.value = 5.6 ← R2 OBX-5.1 OBX-2.1',
    'valueQuantity.unit = mmol/L ← R2 OBX-6.1 OBX-2.1',
    'code.coding[0].code = GLU ← R2 OBX-3.1',
    'code.coding[0].display = 葡萄糖 ← R2 OBX-3.2',
    'code.text = 葡萄糖 ← R2 OBX-3.2',
    'status = final ← R2 OBX-11.1',
  ])
  assert.deepEqual(
    body.elements.find(({ path }: { path: string }) => path === 'valueQuantity.value'),
    {
      path: 'valueQuantity.value',
      value: '5.6',
      message: { id: ids.get('R2'), subject: 'ORU^R01', sender: 'LIS|QLYX' },
      sources: [
        {
          field: 'OBX-5.1',
          byteOffset: Buffer.byteLength(second.slice(0, second.indexOf('5.6'))),
          byteLength: 3,
          role: 'value',
          map: 'OBX[Observation]',
          clause: 'HL7 v2.5.1 §7.4.2',
          file: 'connectors/hl7-listener/segments/observation-value.ts',
          text: '5.6',
        },
        {
          field: 'OBX-2.1',
          byteOffset: Buffer.byteLength(second.slice(0, second.indexOf('|NM|') + 1)),
          byteLength: 2,
          role: 'condition',
          map: 'OBX[Observation]',
          clause: 'HL7 v2.5.1 §7.4.2',
          file: 'connectors/hl7-listener/segments/observation-value.ts',
          text: 'NM',
        },
      ],
    },
  )
})

test('each field of a message names what it made', async () => {
  const { status, body } = await get(`integration/messages/${ids.get('R2')}/lineage`, [
    'xinglin/integration.*',
  ])

  assert.equal(status, 200, JSON.stringify(body))
  const value = body.fields.find(({ field }: { field: string }) => field === 'OBX-5.1')
  assert.deepEqual(value, {
    field: 'OBX-5.1',
    byteOffset: Buffer.byteLength(second.slice(0, second.indexOf('5.6'))),
    byteLength: 3,
    startOffset: second.indexOf('5.6'),
    endOffset: second.indexOf('5.6') + 3,
    made: [
      {
        reference: `Observation/${observation}/_history/2`,
        path: 'valueQuantity.value',
        role: 'value',
        map: 'OBX[Observation]',
        clause: 'HL7 v2.5.1 §7.4.2',
        file: 'connectors/hl7-listener/segments/observation-value.ts',
      },
    ],
  })
})

test('who may not read the resource, the chart or the journal is told nothing', async () => {
  const answers = [
    await get(chartPath, ['system/Patient.rs', 'xinglin/chart.*']),
    await get(chartPath, ['system/*.*']),
    await get(chartPath.replace(patient ?? '', 'another'), chartScopes),
    await get(`integration/messages/${ids.get('R2')}/lineage`, chartScopes),
  ]

  assert.deepEqual(
    answers.map(({ status }) => status),
    [403, 403, 404, 403],
  )
})
