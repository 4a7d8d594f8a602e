/** The trail at a SIEM: RFC 5424 over TLS, each entry once in order, nothing lost while the server is away. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer, type TLSSocket } from 'node:tls'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { testTrail } from '../proof/test-trail.ts'
import { startSyslogExport } from './syslog-export.ts'
import { selfSigned } from './test-authority.ts'

const { key, cert } = selfSigned()
const { database, identity, runtime, sealAll } = await testTrail()
const doctor = {
  ...identity.systemActor('doctor', 1 as TenantId),
  display: 'Dr. "A" & <B>',
  address: '10.0.0.7',
  purpose: 'BTG',
  client: 'growth-chart',
  session: 's-1',
}

/** A SIEM that takes frames of RFC 5425 and keeps their messages. */
async function siem(port = 0) {
  const messages: string[] = []
  const sockets = new Set<TLSSocket>()
  const server = createServer({ key, cert }, (socket) => {
    sockets.add(socket)
    let bytes = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      for (let space = bytes.indexOf(' '); space > 0; space = bytes.indexOf(' ')) {
        const end = space + 1 + Number(bytes.subarray(0, space))
        if (bytes.length < end) return
        messages.push(bytes.subarray(space + 1, end).toString())
        bytes = bytes.subarray(end)
      }
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  return { messages, close, port: (server.address() as AddressInfo).port }
}

async function until(isSo: () => boolean) {
  while (!isSo()) await sleep(20)
}

async function accesses(from: number, count: number) {
  for (let access = from; access < from + count; access++)
    await identity.audit(doctor, {
      ...{ action: 'read', outcome: 'allowed', resourceType: 'Observation' },
      ...{ resourceId: `o${access}`, patient: 'asha' },
    })
  await identity.stop()
  await sealAll()
}

const idsIn = (messages: readonly string[]) =>
  messages.map((message) => /Observation\/o(\d+)/.exec(message)?.[1])
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index))

test('each entry comes once, in order, as an audit message; a server that was away gets what it missed', async () => {
  await accesses(0, 3)
  const first = await siem()
  const target = { host: '127.0.0.1', port: first.port, ca: cert }
  const sending = startSyslogExport({ database, runtime, target })
  after(() => sending.stop())
  await until(() => first.messages.length === 3)
  const [message = ''] = first.messages

  while ((await database.query(sql`select from trail.export`)).length === 0) await sleep(20)
  await first.close()
  await accesses(3, 4)
  await until(() => runtime.lines.some(({ message }) => message.includes('wait for the syslog server')))
  const second = await siem(first.port)
  await until(() => second.messages.length >= 4)
  await sending.stop()
  await second.close()

  assert.deepEqual(idsIn(first.messages), numbers(3))
  assert.deepEqual(idsIn(second.messages), numbers(7).slice(3))
  const [header, xml] = message.split('\uFEFF')
  assert.equal(
    header,
    `<85>1 2026-03-02T08:00:00.000+08:00 ${hostname()} xinglin ${process.pid} IHE+RFC-3881 - `,
  )
  assert.equal(
    xml?.replaceAll('><', '>\n<'),
    `<?xml version="1.0" encoding="UTF-8"?>
<AuditMessage>
<EventIdentification EventActionCode="R" EventDateTime="2026-03-02T08:00:00.000+08:00" EventOutcomeIndicator="0">
<EventID csd-code="110110" codeSystemName="DCM" originalText="Patient Record"/>
<EventTypeCode csd-code="read" codeSystemName="http://hl7.org/fhir/restful-interaction" originalText="read"/>
<PurposeOfUse csd-code="BTG" codeSystemName="http://terminology.hl7.org/CodeSystem/v3-ActReason" originalText="BTG"/>
</EventIdentification>
<ActiveParticipant UserID="system/doctor" AlternativeUserID="session/s-1" UserName="Dr. &quot;A&quot; &amp; &lt;B&gt;" UserIsRequestor="true" NetworkAccessPointID="10.0.0.7" NetworkAccessPointTypeCode="2"/>
<ActiveParticipant UserID="client/growth-chart" UserIsRequestor="false"/>
<AuditSourceIdentification AuditSourceID="xinglin" AuditEnterpriseSiteID="1">
<AuditSourceTypeCode csd-code="4"/>
</AuditSourceIdentification>
<ParticipantObjectIdentification ParticipantObjectID="asha" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1">
<ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881" originalText="Patient Number"/>
</ParticipantObjectIdentification>
<ParticipantObjectIdentification ParticipantObjectID="Observation/o0" ParticipantObjectTypeCode="2" ParticipantObjectTypeCodeRole="4">
<ParticipantObjectIDTypeCode csd-code="10" codeSystemName="RFC-3881" originalText="Search Criteria"/>
<ParticipantObjectDetail type="entry" value="MQ=="/>
</ParticipantObjectIdentification>
</AuditMessage>`,
  )
})

test('a server whose certificate nobody vouches for gets nothing', async () => {
  await accesses(7, 1)
  const stranger = await siem()
  const sending = startSyslogExport({ database, runtime, target: { host: '127.0.0.1', port: stranger.port } })
  await until(() => runtime.lines.some(({ fields }) => String(fields.error).includes('self-signed')))
  await sending.stop()
  await stranger.close()
  assert.deepEqual(stranger.messages, [])
})
