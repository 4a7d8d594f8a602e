/** AuditEvent over the audit trail: for those who may read it, by who, whose, when and what; written by nobody. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { interpretResource } from '@xinglin/fhir/validate'
import { testDoor } from '../testing/door.ts'

const { ask, askAnonymously, kernel } = await testDoor()
const password = 'Heron-47-lake'
await kernel.identity.ensureAdministrator({ password })
const { token } = await kernel.identity.accounts.signIn({ login: 'admin', password, address: '10.0.0.9' })
const headers = { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' }
const look = async (path: string) => {
  const { body, status } = await askAnonymously('GET', path, { headers })
  return { status, body: body as Bundle }
}

type Event = {
  readonly id: string
  readonly action: string
  readonly recorded: string
  readonly outcome: string
  readonly subtype: readonly { readonly code: string }[]
}
type Bundle = {
  readonly entry?: readonly { readonly resource: Event }[]
  readonly link: readonly { readonly relation: string; readonly url: string }[]
  readonly issue?: readonly { readonly details: { readonly coding: readonly { readonly code: string }[] } }[]
}
const codes = ({ entry = [] }: Bundle) =>
  entry.map(({ resource }) => `${resource.action} ${resource.subtype[0]?.code} ${resource.outcome}`)

const leo = { resourceType: 'Patient', id: 'leo' }
kernel.runtime.advance(60_000)
await ask('PUT', 'Patient/leo', { body: leo })
kernel.runtime.advance(60_000)
await ask('PUT', 'Observation/o1', {
  body: {
    ...{ resourceType: 'Observation', id: 'o1', status: 'final', code: { text: 'weight' } },
    subject: { reference: 'Patient/leo' },
  },
})
kernel.runtime.advance(60_000)
await ask('GET', 'Observation/o1')
await ask('GET', 'Observation?patient=leo')

test('who opened this record: by patient, newest first, each a valid AuditEvent', async () => {
  const { body } = await look('AuditEvent?patient=Patient/leo')
  assert.deepEqual(codes(body), ['E search 0', 'R read 0', 'U update 0', 'U update 0'])
  for (const { resource } of body.entry ?? []) assert.deepEqual([...interpretResource(resource)], [])
})

test('an entry says who, from where, what and whose', async () => {
  const { body } = await look('AuditEvent?patient=leo&action=R')
  const { id, recorded } = body.entry?.[0]?.resource ?? { id: '', recorded: '' }
  const one = await look(`AuditEvent/${id}`)
  assert.deepEqual(one.body, {
    resourceType: 'AuditEvent',
    id,
    meta: { lastUpdated: recorded },
    type: {
      system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
      code: 'rest',
      display: 'RESTful Operation',
    },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'read', display: 'read' }],
    action: 'R',
    recorded: '2026-03-02T08:03:00.000+08:00',
    outcome: '0',
    agent: [
      {
        type: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
        },
        who: {
          identifier: { system: 'urn:xinglin:actor', value: 'client/test-system-' },
          display: 'test-system-',
        },
        requestor: true,
        network: { address: '127.0.0.1', type: '2' },
      },
    ],
    source: {
      observer: { display: 'Xinglin' },
      type: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
          code: '4',
          display: 'Application Server',
        },
      ],
    },
    entity: [
      {
        what: { reference: 'Patient/leo' },
        type: {
          system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
          code: '1',
          display: 'Person',
        },
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1', display: 'Patient' },
      },
      {
        what: { reference: 'Observation/o1' },
        type: {
          system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
          code: '2',
          display: 'System Object',
        },
        role: {
          system: 'http://terminology.hl7.org/CodeSystem/object-role',
          code: '4',
          display: 'Domain Resource',
        },
      },
    ],
  })
})

test('by agent, date, entity, kind and outcome, and page after page', async () => {
  const of = async (query: string) => codes((await look(`AuditEvent?${query}`)).body)
  const first = await look('AuditEvent?patient=leo&_count=3')
  const next = first.body.link.find(({ relation }) => relation === 'next')?.url ?? ''
  const second = await look(next.slice(next.indexOf('AuditEvent')))
  assert.deepEqual(
    {
      agent: await of('agent:identifier=urn:xinglin:actor%7Cclient/test-system-&subtype=read'),
      date: await of('patient=leo&date=ge2026-03-02T08:01:00%2B08:00&date=lt2026-03-02T08:02:00%2B08:00'),
      entity: await of('entity=Observation/o1&action=U'),
      outcome: await of('patient=leo&outcome=4'),
      pages: [codes(first.body).length, codes(second.body).length],
    },
    {
      agent: ['R read 0'],
      date: ['U update 0'],
      entity: ['U update 0'],
      outcome: [],
      pages: [3, 1],
    },
  )
})

test('a search that it does not understand is refused, never widened', async () => {
  const answers = await Promise.all(
    ['who=x', 'date=yesterday', 'patient=leo&patient=asha', '_sort=date', 'outcome=9'].map((query) =>
      look(`AuditEvent?${query}`),
    ),
  )
  assert.deepEqual(
    answers.map(({ status, body }) => `${status} ${body.issue?.[0]?.details.coding[0]?.code}`),
    answers.map(() => '400 fhir-api.audit-event-search'),
  )
})

test('who may not read the trail gets 403, and nobody writes it', async () => {
  const event = {
    resourceType: 'AuditEvent',
    type: { code: 'rest' },
    recorded: '2026-03-02T08:03:00+08:00',
    agent: [{ requestor: true }],
    source: { observer: { display: 'x' } },
  }
  const refused = await ask('GET', 'AuditEvent')
  const created = await ask('POST', 'AuditEvent', { body: event })
  const updated = await ask('PUT', 'AuditEvent/1', { body: { ...event, id: '1' } })
  assert.deepEqual([refused.status, created.status, updated.status], [403, 405, 405])
})
