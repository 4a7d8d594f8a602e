/**
 * Sealed fields across the doors: what came in by HL7 and FHIR before and after an institution chose to seal is nowhere to be
 * read in the database or among the objects, and everything that people do with it still works.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createMllpClient } from '@xinglin/client'
import { sql } from '@xinglin/database'
import { bulkMigrations, bulkTasks, registerFhirApi, subscriptionsMigrations } from '@xinglin/fhir-api'
import { startHl7Listener } from '@xinglin/hl7-listener'
import { sealFields, testKernel, testTenant, textsHeldBelow, textsHeldIn } from '@xinglin/testkit'

const number = '37010219800101001X'
const numberSystem = 'urn:oid:2.16.156.10011.1.3'
const secrets = [
  number,
  '13800000001',
  '13900000000',
  '泉城路1号',
  'Quancheng-Lu',
  '13700007777',
  '370102197001010017',
]

const kernel = await testKernel({
  migrations: [subscriptionsMigrations, bulkMigrations],
  register: (each) => registerFhirApi(each, { baseUrl: 'http://hospital.test/fhir/R4' }),
})
const listener = await startHl7Listener(kernel, { bind: '127.0.0.1', port: 0, tenant: testTenant })
after(() => listener.stop())
await kernel.jobs.start(bulkTasks(kernel, { importOrigins: [] }))
after(() => kernel.jobs.stop())
const hl7 = createMllpClient({ host: '127.0.0.1', port: listener.port })
after(() => hl7.close())
const credentials = await kernel.authorisation()

async function ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object, headers: object = {}) {
  const answer = await kernel.web.http.inject({
    method,
    url: path.startsWith('http') ? new URL(path).pathname : `/fhir/R4/${path}`,
    headers: { ...credentials, ...(body ? { 'content-type': 'application/fhir+json' } : {}), ...headers },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  })
  return { status: answer.statusCode, headers: answer.headers, text: answer.body }
}

function admission(trigger: string, controlId: string): Buffer {
  const segments = [
    `MSH|^~\\&|HIS|QLYX|XINGLIN|QLYX|20260302080000||ADT^${trigger}^ADT_${trigger}|${controlId}|P|2.5.1||||||UNICODE UTF-8`,
    `EVN|${trigger}|20260302080000`,
    `PID|1||100001^^^QLYX&2.999.86.1.1&ISO^MR~${number}^^^GA&2.16.156.10011.1.3&ISO^NI||张^三||19800101|M|||泉城路1号^历下区^济南市^^250011^CHN^H||^PRN^CP^^^^^^^^^13800000001`,
    'NK1|1|张大|FTH^父亲^HL70063||^PRN^CP^^^^^^^^^13900000000',
    'PV1|1|I|W05^W05-R01^12^QLYX||||||||||||||||V0001^^^QLYX&2.999.86.1.2&ISO^VN',
  ]
  return Buffer.from(segments.map((segment) => `${segment}\r`).join(''))
}

const li = {
  resourceType: 'Patient',
  id: 'li',
  identifier: [{ system: numberSystem, value: '370102197001010017' }],
  name: [{ text: '李四' }],
  telecom: [{ system: 'phone', value: '13700007777' }],
  address: [{ line: ['Quancheng-Lu 2'] }],
}

async function found(query: string): Promise<number | string> {
  const { text } = await ask('GET', query)
  const { total, entry, issue } = JSON.parse(text)
  return issue?.[0]?.details?.coding?.[0]?.code ?? total ?? entry?.length ?? 0
}

const searches = [
  [`Patient?identifier=${numberSystem}|${number}`, 1],
  ['Patient?phone=13800000001', 1],
  ['Patient?address=Quancheng-Lu', 1],
  ['Patient?name=李四&_total=accurate', 1],
  [`Encounter?subject.identifier=${number}`, 1],
] as const

/** Reads are in the trail within a second: waits for that of one more. */
async function untilAudited(): Promise<void> {
  const count = async () => {
    const [row] = await kernel.database.query(sql<{ count: number }>`
      select count(*)::integer as count from identity.audit where resource_type = 'Basic'`)
    return row?.count ?? 0
  }
  const before = await count()
  await ask('GET', 'Basic?code=x')
  while ((await count()) === before) await pause(20)
}

async function ordinaryDay(): Promise<void> {
  assert.equal((await ask('PUT', 'Patient/li', { ...li, gender: 'female' })).status < 300, true)
  await ask('GET', 'Patient/li')
  await ask('GET', `Patient?identifier=${numberSystem}|${number}`)
  await ask(
    'POST',
    'Patient',
    { ...li, id: undefined },
    { 'if-none-exist': `identifier=${numberSystem}|370102197001010017` },
  )
  await ask('PUT', `Patient?identifier=${numberSystem}|370102197001010017`, {
    ...li,
    id: undefined,
    gender: 'male',
  })
  await untilAudited()
}

test('what stood before a choice and what comes after it is nowhere to be read', async () => {
  assert.equal((await hl7.send(admission('A01', 'C1'))).code, 'AA')
  await ordinaryDay()
  for (const [query, count] of searches) assert.equal(await found(query), count, query)
  const before = await kernel.records.history(testTenant, { count: 100 })
  const [first] = await kernel.traffic.list({ tenant: testTenant, limit: 1, door: 'hl7v2' })
  assert.ok(first)

  await sealFields(kernel, { tenant: testTenant, actor: 'system/test' })
  for (const choice of await kernel.records.sealing.choices())
    for (let isDone = false; !isDone; ) isDone = await kernel.traffic.followSealing(choice)

  assert.deepEqual(await kernel.records.history(testTenant, { count: 100 }), before)
  assert.deepEqual(await textsHeldIn(kernel.database, secrets), [])
  assert.equal(
    Buffer.from((await kernel.traffic.read(testTenant, first.id))?.raw ?? []).toString(),
    admission('A01', 'C1').toString(),
  )

  // The same person comes again: known by the identity number, not made twice.
  assert.equal((await hl7.send(admission('A08', 'C2'))).code, 'AA')
  await ordinaryDay()
  const exported = await ask('GET', 'Patient/$export', undefined, { prefer: 'respond-async' })
  const files = await exportedFiles(String(exported.headers['content-location']))

  assert.equal(files.includes(number), true)
  for (const [query, count] of searches)
    assert.equal(await found(query), query.includes('address=') ? 'records.sealed-search' : count, query)
  assert.deepEqual(await textsHeldIn(kernel.database, secrets), [])
  assert.deepEqual(await textsHeldBelow(kernel.objectsFolder, secrets), [])
  const [counted] = await kernel.database.query(sql<{ patients: number }>`
    select count(*)::integer as patients from records.current where type = 'Patient' and not deleted`)
  assert.deepEqual(counted, { patients: 2 })
})

async function exportedFiles(status: string): Promise<string> {
  for (;;) {
    const { status: code, text } = await ask('GET', status)
    if (code === 200) {
      const { output } = JSON.parse(text)
      const files = await Promise.all(
        output.map(async ({ url }: { url: string }) => (await ask('GET', url)).text),
      )
      return files.join('\n')
    }
    assert.equal(code, 202)
    await pause(50)
  }
}
