/** What an integration engineer asks about messages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import { integration } from './app.ts'
import { markedField } from './queries/marked-field.ts'

const refusedText = 'MSH|^~\\&|HIS|QLYX|||20260302||ADT^A01|C1|P|2.5.1\rPID|1||||张^三\r'

async function aDesk() {
  const kernel = await testKernel({ apps: [integration] })
  const ask = async (method: 'GET' | 'POST', path: string, scopes?: readonly string[]) => {
    const response = await kernel.web.http.inject({
      method,
      url: `/api/integration${path}`,
      headers: await kernel.authorisation(scopes),
    })
    return { status: response.statusCode, body: response.json() }
  }
  const { id } = await kernel.traffic.receive({
    tenant: testTenant,
    door: 'hl7v2',
    sender: 'HIS|QLYX',
    subject: 'ADT^A01',
    controlId: 'C1',
    raw: Buffer.from(refusedText),
    charset: 'UNICODE UTF-8',
  })
  await kernel.traffic.settle(id, {
    outcome: 'refused',
    code: 'hl7.required-field',
    reason: 'PID-3 is empty and required',
    at: 'PID-3',
  })
  return { kernel, ask, id }
}

const scopes = ['xinglin/integration.*']

test('a refused message is shown with its text, its reason and the field marked', async () => {
  const { ask, id } = await aDesk()

  const { status, body } = await ask('GET', `/messages/${id}`, scopes)

  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(body, {
    id,
    door: 'hl7v2',
    sender: 'HIS|QLYX',
    subject: 'ADT^A01',
    controlId: 'C1',
    receivedAt: '2026-03-02T08:00:00.000+08:00',
    settledAt: '2026-03-02T08:00:00.000+08:00',
    outcome: 'refused',
    latencyMs: 0,
    sizeBytes: Buffer.byteLength(refusedText),
    times: 1,
    made: 0,
    code: 'hl7.required-field',
    at: 'PID-3',
    reason: 'PID-3 is empty and required',
    charset: 'UNICODE UTF-8',
    versions: [],
    raw: { kind: 'text', content: refusedText, isCut: false },
    marked: {
      startOffset: refusedText.indexOf('PID|1||') + 6,
      endOffset: refusedText.indexOf('PID|1||') + 7,
    },
    canResend: true,
  })
})

test('the list and the doors tell what came', async () => {
  const { ask, id } = await aDesk()

  const list = await ask('GET', '/messages?outcome=refused&text=his', scopes)
  const none = await ask('GET', '/messages?door=dicom', scopes)
  const doors = await ask('GET', '/doors', scopes)

  assert.deepEqual(
    list.body.messages.map((message: { id: string }) => message.id),
    [id],
  )
  assert.deepEqual(none.body, { messages: [] })
  assert.deepEqual(doors.body.doors[0].refused, 1)
})

test('a resend is done by the door and answers what became of the message', async () => {
  const { kernel, ask, id } = await aDesk()
  kernel.traffic.onResend('hl7v2', async (message) => {
    await kernel.traffic.settle(message.id, { outcome: 'accepted', made: ['Patient/p1/_history/1'] })
  })

  const { body } = await ask('POST', `/messages/${id}/resend`, scopes)
  const again = await ask('POST', `/messages/${id}/resend`, scopes)

  assert.deepEqual([body.outcome, body.canResend], ['accepted', false])
  assert.deepEqual(body.versions, [
    { type: 'Patient', id: 'p1', version: 1, reference: 'Patient/p1/_history/1' },
  ])
  assert.equal(again.status, 409)
})

test('unknown messages, malformed filters and missing permissions are refused', async () => {
  const { ask } = await aDesk()

  const statuses = [
    await ask('GET', '/messages/999', scopes),
    await ask('GET', '/messages/x', scopes),
    await ask('GET', '/messages?door=fax', scopes),
    await ask('GET', '/messages?limit=0', scopes),
    await ask('GET', '/doors?minutes=-1', scopes),
    await ask('GET', '/messages', ['system/Patient.rs']),
    await ask('POST', '/messages/1/resend', ['system/Patient.rs']),
  ].map(({ status }) => status)

  assert.deepEqual(statuses, [404, 404, 400, 400, 400, 403, 403])
})

test('the refused field is found in the text by its path', () => {
  const text = 'MSH|^~\\&|A|B\rOBX|1|NM|x||a\rOBX|2|NM|y||b|c\r'
  const marked = (at: string) => {
    const span = markedField(text, at)
    return span && text.slice(span.startOffset, span.endOffset)
  }
  assert.deepEqual(
    ['MSH-3', 'MSH-4', 'OBX[2]-5', 'OBX-5', 'OBX[2]', 'OBX[3]-1', 'OBX-9', 'PV1'].map(marked),
    ['A', 'B', 'b', 'a', 'OBX|2|NM|y||b|c', undefined, '', undefined],
  )
})
