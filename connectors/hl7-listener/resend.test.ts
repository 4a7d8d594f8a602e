/** The resend button works in a process that has pages but no listener. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import { registerHl7Resend } from './hl7-listener.ts'

const kernel = await testKernel()

test('a stored message is processed again without a listener in the process', async () => {
  registerHl7Resend(kernel, { tenant: testTenant })
  const segments = [
    'MSH|^~\\&|HIS|QLYX|XINGLIN|QLYX|20261122093000+0800||ADT^A04^ADT_A01|R1|P|2.5.1||||||UNICODE UTF-8',
    'EVN|A04|20261122093000+0800',
    'PID|1||4711^^^QLYX&2.999.1&ISO^MR||李^雷||19800101|M',
    'PV1|1|O|OPD-NEI',
  ]
  const { id } = await kernel.traffic.receive({
    tenant: testTenant,
    door: 'hl7v2',
    sender: 'HIS|QLYX',
    subject: 'ADT^A04',
    controlId: 'R1',
    raw: Buffer.from(segments.map((segment) => `${segment}\r`).join(''), 'utf8'),
  })

  const { outcome, made } = await kernel.traffic.resend(testTenant, id)

  assert.equal(outcome, 'accepted')
  assert.deepEqual(made.map((reference) => reference.split('/')[0]).toSorted(), [
    'Encounter',
    'Location',
    'Patient',
  ])
})
