/**
 * A hospital under 国密 from end to end: fields, messages and objects sealed by SM4, the trail chained by SM3 and signed by SM2,
 * and every key changed while all of it stays readable and verifiable (GB/T 39786-2021).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { registerFhirApi } from '@xinglin/fhir-api'
import { createSealer, verifyTrail } from '@xinglin/identity/audit'
import { keysTasks } from '@xinglin/keys'
import { testKernel, textsHeldBelow, textsHeldIn } from '@xinglin/testkit'

const phone = '13700007777'
const letter = '出院小结：右肺上叶结节'
const kernel = await testKernel({
  suite: 'guomi',
  sealed: { systems: [], elements: ['Patient.telecom'] },
  register: (each) => registerFhirApi(each, { baseUrl: 'http://hospital.test/fhir/R4' }),
})
const { database, keys, objects, runtime } = kernel
const credentials = await kernel.authorisation()
const ask = (method: 'GET' | 'PUT', url: string, payload?: object) =>
  kernel.web.http.inject({
    ...{ method, url, headers: { ...credentials, 'content-type': 'application/fhir+json' } },
    ...(payload ? { payload: JSON.stringify(payload) } : {}),
  })
const patient = { resourceType: 'Patient', id: 'li', telecom: [{ system: 'phone', value: phone }] }

test('what is written is sealed by SM4, found by its SM3 word, and read as it was', async () => {
  assert.equal((await ask('PUT', '/fhir/R4/Patient/li', patient)).statusCode, 201)
  assert.equal((await ask('PUT', '/fhir/R4/Patient/li', { ...patient, gender: 'male' })).statusCode, 200)
  const { hash } = await objects.put([Buffer.from(letter)], { maxBytes: 10_000 })

  await allIsThere(hash)
  assert.deepEqual(await textsHeldIn(database, [phone]), [])
  assert.deepEqual(await textsHeldBelow(kernel.objectsFolder, [letter]), [])
  const [choice] = await database.query(sql<{ hash: string }>`
    select hash_name as hash from records.sealing order by version desc limit 1`)
  assert.equal(choice?.hash, 'sm3')
  const suites = new Set((await keys.states()).map(({ suite }) => suite))
  assert.deepEqual([...suites], ['guomi'])
})

test('every key is changed, old versions are retired, and nothing is lost by it', async () => {
  const { hash } = await objects.put([Buffer.from(letter)], { maxBytes: 10_000 })
  const purposes = new Set(
    (await keys.states()).flatMap(({ kind, purpose }) => (kind === 'data' ? purpose : [])),
  )
  assert.deepEqual([...purposes].sort(), [
    'objects.content',
    'records.sealed',
    'records.words',
    'traffic.raw',
  ])

  for (const purpose of purposes) for (const act of ['rotate', 'retire'] as const) await change(act, purpose)
  await change('wrap', '')

  await allIsThere(hash)
  const states = await keys.states()
  assert.deepEqual(
    states.filter(({ kind, isCurrent, retired }) => kind === 'data' && isCurrent === (retired !== undefined)),
    [],
  )
  for (const purpose of purposes) {
    const counts = Object.values(await keys.rotations.count(database, purpose))
    const current = states.find((state) => state.purpose === purpose && state.isCurrent)
    assert.deepEqual([...new Set(counts.flatMap((byKey) => Object.keys(byKey)))], [current?.id], purpose)
  }
})

test('the trail is chained by SM3 and signed by SM2, verifies, and tells a changed entry', async () => {
  const sealer = createSealer({ database, keys, runtime, algorithm: 'sm3' })
  const verify = () => verifyTrail({ from: database, keys, now: runtime.now(), timeZone: runtime.timeZone })
  while ((await sealer.seal()) === 0);
  const [head] = await database.query(sql<{ algorithm: string }>`select algorithm from trail.head limit 1`)
  const [seal] = await database.query(sql<{ hash: string }>`select algorithm as hash from trail.seal limit 1`)

  assert.deepEqual([head?.algorithm, seal?.hash], ['SM2-SM3', 'sm3'])
  assert.deepEqual((await verify()).findings, [])
  await database.transaction(async (transaction) => {
    await transaction.query(sql`alter table identity.audit disable trigger all`)
    await transaction.query(sql`
      update identity.audit set outcome = 'refused' where id = (select min(id) from identity.audit)`)
    await transaction.query(sql`alter table identity.audit enable trigger all`)
  })
  assert.notDeepEqual((await verify()).findings, [])
})

/** The patient by read, by history, by phone; the letter by its object. */
async function allIsThere(hash: Parameters<typeof objects.get>[0]): Promise<void> {
  const read = (await ask('GET', '/fhir/R4/Patient/li')).json()
  const before = (await ask('GET', '/fhir/R4/Patient/li/_history/1')).json()
  assert.deepEqual([read.telecom, before.telecom], [patient.telecom, patient.telecom])
  const found = (await ask('GET', `/fhir/R4/Patient?phone=${phone}`)).json()
  assert.equal(found.entry?.length, 1)
  const held = await objects.get(hash)
  assert.equal(Buffer.concat(await Array.fromAsync(held?.bytes ?? [])).toString(), letter)
}

async function change(act: 'rotate' | 'retire' | 'wrap', purpose: string): Promise<void> {
  const by = { actor: 'system/test', display: 'test', reason: '一年一换', at: runtime.now() }
  const rotation = await database.transaction((transaction) =>
    keys.rotations.ask(transaction, { act, purpose, ...by }),
  )
  await keysTasks(keys)['keys.rotation']({ rotation }, AbortSignal.timeout(60_000))
  assert.equal((await keys.rotations.list(database))[0]?.state, 'done', `${act} ${purpose}`)
}
