/** Who may subscribe to what: checked when a Subscription is written, by its place (backport §"Accepting subscription requests"). */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '@xinglin/database'
import type { Subscription } from '@xinglin/fhir'
import { asha } from '@xinglin/testkit'
import { extensions } from './canonicals.ts'
import { type Answered, aStay, aSubscription, openHospital, put } from './testing/hospital.ts'
import { openReceiver, typeOf } from './testing/receiver.ts'

const [hospital, receiver] = await Promise.all([openHospital(), openReceiver()])
const { endpoint } = receiver
await put(hospital, asha)

type Outcome = {
  readonly issue?: readonly {
    readonly details?: { readonly coding?: readonly { readonly code?: string }[] }
    readonly expression?: readonly string[]
  }[]
}
const said = ({ status, body }: Answered) => {
  const [issue] = (body as Outcome).issue ?? []
  return [status, issue?.details?.coding?.[0]?.code, issue?.expression?.[0]]
}
const good = aSubscription({ endpoint })
const withChannel = (channel: Partial<Subscription['channel']>): Subscription => ({
  ...good,
  channel: { ...good.channel, ...channel },
})
const filtered = (...filters: readonly string[]) => aSubscription({ endpoint, filters })
const number = (url: string, value: number) => withChannel({ extension: [{ url, valueUnsignedInt: value }] })

const criteria = 'Subscription.criteria'
const filter = 'Subscription.criteria.extension'
const channel = 'Subscription.channel'

const refusals: readonly (readonly [what: string, Subscription, readonly unknown[]])[] = [
  [
    'a search string of R4 as criteria',
    { ...good, criteria: 'Observation?code=x' },
    [422, 'subscription.criteria', criteria],
  ],
  [
    'a topic that is not known',
    { ...good, criteria: 'urn:xinglin:topic:nothing' },
    [422, 'subscription.criteria', criteria],
  ],
  [
    'an e-mail channel',
    withChannel({ type: 'email', endpoint: 'mailto:a@b.cn' }),
    [422, 'subscription.channel', `${channel}.type`],
  ],
  [
    'a channel type of somebody else',
    withChannel({ _type: { extension: [{ url: extensions.channelType, valueCoding: { code: 'zulip' } }] } }),
    [422, 'subscription.channel', `${channel}.type`],
  ],
  [
    'no endpoint',
    withChannel({ endpoint: undefined }),
    [400, 'subscription.endpoint', `${channel}.endpoint`],
  ],
  [
    'a file as endpoint',
    withChannel({ endpoint: 'file:///etc/passwd' }),
    [400, 'subscription.endpoint', `${channel}.endpoint`],
  ],
  [
    'a password in the endpoint',
    withChannel({ endpoint: 'https://a:b@c.cn/' }),
    [400, 'subscription.endpoint', `${channel}.endpoint`],
  ],
  [
    'the address of a cloud metadata service',
    withChannel({ endpoint: 'http://169.254.169.254/' }),
    [400, 'subscription.endpoint', `${channel}.endpoint`],
  ],
  [
    'a private address by https',
    withChannel({ endpoint: 'https://[::1]/' }),
    [400, 'subscription.endpoint', `${channel}.endpoint`],
  ],
  [
    'plain text as payload',
    withChannel({ payload: 'text/plain' }),
    [422, 'subscription.payload', `${channel}.payload`],
  ],
  [
    'FHIR 5 as payload',
    withChannel({ payload: 'application/fhir+json; fhirVersion=5.0' }),
    [422, 'subscription.payload', `${channel}.payload`],
  ],
  [
    'no content level',
    withChannel({ _payload: undefined }),
    [400, 'subscription.payload', `${channel}.payload.extension`],
  ],
  [
    'a heartbeat every second',
    number(extensions.heartbeat, 1),
    [400, 'subscription.range', `${channel}.extension`],
  ],
  [
    'a time limit of an hour',
    number(extensions.timeout, 3600),
    [400, 'subscription.range', `${channel}.extension`],
  ],
  [
    'a header with a line break',
    withChannel({ header: ['X-A: b\r\nX-C: d'] }),
    [400, 'subscription.header', `${channel}.header`],
  ],
  [
    'a header of the connection',
    withChannel({ header: ['Host: elsewhere.cn'] }),
    [400, 'subscription.header', `${channel}.header`],
  ],
  ['a filter without type', filtered('patient=Patient/1'), [400, 'subscription.filter', filter]],
  ['a filter on another type', filtered('Patient?_id=1'), [400, 'subscription.filter', filter]],
  [
    'a filter that the topic does not list',
    filtered('Encounter?length=3'),
    [400, 'subscription.filter', filter],
  ],
  [
    'a chain from a reference that the topic does not list',
    filtered('Encounter?diagnosis.code=I10'),
    [400, 'subscription.filter', filter],
  ],
  [
    'a chain back from what the topic does not list',
    filtered('Encounter?_has:Observation:encounter:code=1'),
    [400, 'subscription.filter', filter],
  ],
  [
    'a filter by a value set that is not known',
    filtered('Encounter?class:in=http://x.cn/vs'),
    [404, 'terminology.unknown-value-set', undefined],
  ],
  ['a filter by words of the text', filtered('Encounter?_text=ward'), [400, 'subscription.filter', filter]],
  ['a filter without value', filtered('Encounter?patient='), [400, 'search.empty-value', 'patient']],
]

for (const [what, subscription, expected] of refusals)
  test(`${what} is refused by its place`, async () => {
    deepEqual(said(await hospital.ask('POST', 'Subscription', subscription)), expected)
  })

test('who may not read what a topic tells may not subscribe to it, however empty the payload', async () => {
  const scopes = ['system/Subscription.cruds', 'system/Observation.rs']
  const ofTopic = (topic: string, filters: readonly string[] = []) =>
    hospital.ask(
      'POST',
      'Subscription',
      aSubscription({ endpoint, topic, filters, content: 'empty' }),
      scopes,
    )

  deepEqual(said(await ofTopic('urn:xinglin:topic:encounter-start')), [
    403,
    'identity.not-allowed',
    undefined,
  ])
  deepEqual(said(await ofTopic('urn:xinglin:topic:resource-change')), [
    403,
    'identity.not-allowed',
    undefined,
  ])
  equal((await ofTopic('urn:xinglin:topic:observation')).status, 201)
  equal((await ofTopic('urn:xinglin:topic:resource-change', ['Observation?status=final'])).status, 201)
})

test('who may not write Subscriptions may not subscribe', async () => {
  const answer = await hospital.ask('POST', 'Subscription', good, ['system/*.rs'])

  deepEqual(said(answer), [403, 'identity.not-allowed', undefined])
})

test('headers are in no read, no version and no search, and are kept where a hidden one comes back', async () => {
  const id = await hospital.subscribe(
    aSubscription({ endpoint, headers: ['Authorization: Bearer secret-1'] }),
  )
  const active = await hospital.untilStatus(id, 'active')

  await put(hospital, { ...active, reason: 'another reason' })
  await hospital.untilStatus(id, 'active')
  const texts = await Promise.all(
    [`Subscription/${id}`, `Subscription/${id}/_history`, `Subscription?_id=${id}`].map(
      async (path) => (await hospital.ask('GET', path)).text,
    ),
  )

  deepEqual(
    texts.map((text) => text.includes('secret-1')),
    [false, false, false],
  )
  const handshakes = receiver.received.filter(({ bundle }) => JSON.stringify(bundle).includes(id))
  deepEqual(
    handshakes.map(({ headers }) => headers.authorization),
    ['Bearer secret-1', 'Bearer secret-1'],
  )
})

test('headers stand in no journal of the doors either, however they are sent', async () => {
  const secret = aSubscription({ endpoint, headers: ['Authorization: Bearer secret-2'] })
  const id = await hospital.subscribe(secret)
  const active = await hospital.untilStatus(id, 'active')
  await hospital.ask('POST', 'Subscription', { ...secret, criteria: 'urn:nothing:secret-2' })
  await hospital.ask('POST', '', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ resource: secret, request: { method: 'POST', url: 'Subscription' } }],
  })
  await hospital.kernel.web.http.inject({
    method: 'PATCH',
    url: `/fhir/R4/Subscription/${id}`,
    headers: { ...(await hospital.kernel.authorisation()), 'content-type': 'application/json-patch+json' },
    payload: JSON.stringify([
      { op: 'replace', path: '/channel/header/0', value: 'Authorization: Bearer secret-3' },
    ]),
  })
  const lost = await hospital.ask('PUT', `Subscription/${id}`, {
    ...active,
    channel: { ...active.channel, header: ['X-Other: (hidden)'] },
  })

  const tables = await hospital.kernel.database.query(sql<{ name: string }>`
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name
    from pg_tables
    where schemaname in ('traffic', 'records', 'events', 'identity')
    order by name`)
  const namesWith = async (text: string) => {
    const counts = await Promise.all(
      tables.map(({ name }) =>
        hospital.kernel.database.query<{ found: number }>({
          text: `select count(*)::integer as found from ${name} as kept
          where kept::text like '%' || $1 || '%' or kept::text like '%' || encode($1::bytea, 'hex') || '%'`,
          values: [text],
        }),
      ),
    )
    return tables.filter((_, index) => counts[index]?.[0]?.found !== 0).map(({ name }) => name)
  }

  deepEqual(said(lost), [400, 'subscription.header', `${channel}.header`])
  deepEqual(
    await namesWith('a test of the ward'),
    ['traffic.message', 'records.history', 'records.current'].sort(),
  )
  deepEqual(await namesWith('Bearer secret-'), [])
})

test('others may switch a subscription off or delete it, and not send it elsewhere or listen to it', async () => {
  const id = await hospital.subscribe(good)
  const active = await hospital.untilStatus(id, 'active')
  const scopes = ['system/*.cruds']
  const other = (method: string, path: string, body?: unknown) => hospital.ask(method, path, body, scopes)

  const moved = await other('PUT', `Subscription/${id}`, { ...active, reason: 'mine now' })
  const listened = await other('GET', `Subscription/${id}/$get-ws-binding-token`)
  const read = await other('GET', `Subscription/${id}/$events`)
  const off = await other('PUT', `Subscription/${id}`, { ...active, status: 'off' })
  await put(hospital, aStay('after-off', 'asha'))

  deepEqual([moved, listened, read].map(said), [
    [403, 'subscription.owner', undefined],
    [403, 'subscription.owner', undefined],
    [403, 'subscription.owner', undefined],
  ])
  equal(off.status, 200)
  deepEqual((await hospital.ask('GET', `Subscription/${id}/$status`)).status, 200)
})

test('what the owner may not read any more is told as a number alone, and audited as refused', async () => {
  const scopes = ['system/Subscription.cruds', 'system/*.rs']
  // A patient of its own: changes made before a subscription may still be told where an older transaction held them back.
  const patient = 'seen-no-more'
  await put(hospital, { ...asha, id: patient })
  const filters = [`Encounter?patient=Patient/${patient}`, 'Patient?_id=nobody']
  const topic = 'urn:xinglin:topic:resource-change'
  const id = await hospital.subscribe(
    aSubscription({ endpoint, content: 'full-resource', topic, filters }),
    scopes,
  )
  await hospital.untilStatus(id, 'active')
  const before = receiver.received.length
  await hospital.kernel.database.query(sql`
    update identity.client set scopes = '{system/Subscription.cruds,system/Patient.rs}'
    where scopes = ${scopes}::text[]`)

  await put(hospital, aStay('not-shown', patient))
  const ofThis = () =>
    receiver.received.slice(before).filter((each) => JSON.stringify(each.bundle).includes(id))
  while (ofThis().length === 0) await sleep(10)

  const bundle = ofThis()[0]?.bundle
  equal(bundle?.entry?.length, 1)
  equal(JSON.stringify(bundle).includes('not-shown'), false)
  await hospital.kernel.identity.stop()
  const trail = await hospital.kernel.database.query(sql`
    select action, outcome, resource_type as type, resource_id as id, patient, detail
    from identity.audit
    where action = 'subscription.notify' and detail like ${`%${id}%`}`)
  deepEqual(trail, [
    {
      action: 'subscription.notify',
      outcome: 'refused',
      type: 'Encounter',
      id: 'not-shown',
      patient,
      detail: `Subscription/${id} event 1`,
    },
  ])
})

test('an owner who may read nothing of the topic any more is told nothing at all, with the emptiest payload too', async () => {
  const scopes = ['system/Subscription.cruds', 'system/Encounter.rs']
  const id = await hospital.subscribe(aSubscription({ endpoint, content: 'empty' }), scopes)
  await hospital.untilStatus(id, 'active')
  await hospital.kernel.database.query(sql`
    update identity.client set scopes = '{system/Subscription.cruds}' where scopes = ${scopes}::text[]`)

  await put(hospital, aStay('not-told', 'asha'))
  const { error } = await hospital.untilStatus(id, 'error')

  equal(error, 'who asked for the subscription may not read any more what it tells')
  const told = receiver.received.filter(
    ({ bundle }) => typeOf(bundle) === 'event-notification' && JSON.stringify(bundle).includes(id),
  )
  deepEqual(told, [])
})
