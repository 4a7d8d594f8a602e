/** A code system comes in through the route, is loaded by the job and answers in the FHIR door's words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import { terminologyImports } from './app.ts'

const kernel = await testKernel({ apps: [{ ...terminologyImports, needs: [] }] })
const credentials = await kernel.authorisation()
const send = async (query: string, payload: string, headers: object = {}) => {
  const { statusCode, body } = await kernel.web.http.inject({
    method: 'POST',
    url: `/api/terminology/imports?${query}`,
    headers: { 'content-type': 'text/csv', ...credentials, ...headers },
    payload,
  })
  return { status: statusCode, body: JSON.parse(body) }
}
const get = async (path: string) => {
  const answer = await kernel.web.http.inject({ url: `/api/terminology/${path}`, headers: credentials })
  return { status: answer.statusCode, body: JSON.parse(answer.body) }
}
const ended = async (id: string) => {
  for (;;) {
    const { body } = await get(`imports/${id}`)
    if (body.state === 'done' || body.state === 'refused') return body
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('a file that is sent becomes a code system by the job, and its progress can be asked', async () => {
  const url = 'http://hospital.test/CodeSystem/wards'
  const query = new URLSearchParams({
    system: url,
    version: '3',
    name: 'Wards',
    columns: 'code=ID,display=名称',
  })

  const { status, body } = await send(query.toString(), 'ID,名称\nW1,内科\nW2,外科\n')

  assert.deepEqual([status, body.state, body.system, body.fileBytes], [202, 'waiting', url, 30])
  const { id, codeSystem, ...done } = await ended(body.id)
  assert.deepEqual(done, {
    state: 'done',
    system: url,
    version: '3',
    concepts: 2,
    fileBytes: 30,
    bytesRead: 30,
    asked: kernel.runtime.now(),
    ended: kernel.runtime.now(),
  })
  assert.deepEqual(
    (await get('imports')).body.imports.map((each: { id: string }) => each.id),
    [id],
  )
  const { concept, name } = await kernel.terminology.lookup(testTenant, { url }, 'W2')
  assert.deepEqual([name, concept.display, typeof codeSystem], ['Wards', '外科', 'string'])
})

test('a file that is wrong ends as refused, with its reason', async () => {
  const { body } = await send('system=http://hospital.test/CodeSystem/bad', 'code\nA\nA\n')

  const { state, code, reason } = await ended(body.id)
  assert.deepEqual(
    [state, code, reason],
    ['refused', 'terminology.import-file', 'a code stands twice in the file'],
  )
})

test('an import names its system, a known format, and needs the right to create a CodeSystem', async () => {
  const refused = async (query: string, headers: object = {}) => {
    const { status, body } = await send(query, 'code\nA\n', headers)
    return [status, body.issue[0].details.coding[0].code]
  }
  const reader = await kernel.authorisation(['system/*.read'])

  assert.deepEqual(await refused(''), [400, 'terminology.import-field'])
  assert.deepEqual(await refused('system=urn:x&format=xml'), [400, 'terminology.import-field'])
  assert.deepEqual(await refused('system=urn:x&columns=code'), [400, 'terminology.import-field'])
  assert.deepEqual(await refused('system=urn:x', reader), [403, 'identity.not-allowed'])
  assert.deepEqual(
    (await get('imports/none')).body.issue[0].details.coding[0].code,
    'terminology.unknown-import',
  )
})
