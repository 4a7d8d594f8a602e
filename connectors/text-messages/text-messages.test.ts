/** Messages go out once, by a provider that may be slow, full or away; what was settled is forgotten. */
import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { sql } from '@xinglin/database'
import { instantOf } from '@xinglin/fhir'
import { testKernel } from '@xinglin/testkit'
import { createTextMessages, httpProvider, textsMigrations } from './text-messages.ts'

const kernel = await testKernel({ migrations: [textsMigrations] })
const { database, keys, runtime } = kernel
const tenant = kernel.actor.tenant

/** What a provider was told, and what it answers next. */
const told: { authorization?: string; body: unknown }[] = []
const answers: number[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { authorization } = request.headers
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
    told.push({ ...(authorization ? { authorization } : {}), body })
    response.statusCode = answers.shift() ?? 200
    response.end(JSON.stringify({ id: `p-${told.length}` }))
  })
}).listen(0, '127.0.0.1')
await once(server, 'listening')
after(() => server.close())
const { port } = server.address() as AddressInfo
const asked: { task: string; id: unknown }[] = []
const { door, tasks } = createTextMessages({
  ...{ database, keys, runtime },
  jobs: { enqueue: async (_, { task, payload }) => void asked.push({ task, id: payload.id }) },
  provider: httpProvider({ url: `http://127.0.0.1:${port}/send`, token: 'secret' }),
})

async function send(words: string, lifeMs = 300_000): Promise<string> {
  const ends = instantOf(Date.parse(runtime.now()) + lifeMs, runtime.timeZone)
  await database.transaction((transaction) =>
    door.sendText(transaction, { tenant, phone: '+8613800001003', words, ends }),
  )
  return String(asked.at(-1)?.id)
}
const run = (id: string) => tasks['texts.send']?.({ id }, new AbortController().signal)
const rowOf = async (id: string) => {
  const [row] = await database.query(sql<Record<string, unknown>>`
    select phone_end, sealed is null as forgotten, state, tries, provider_id, status
    from texts.message
    where id = ${id}`)
  return row
}

test('a message waits sealed, is handed over once with the token, and is forgotten', async () => {
  const id = await send('Code 123456')
  const [row] = await database.query(sql<{ text: string }>`
    select message::text as text from texts.message where id = ${id}`)
  equal(/13800001003|123456/.test(row?.text ?? ''), false)

  await run(id)
  await run(id)

  deepEqual(told, [
    { authorization: 'Bearer secret', body: { id, to: '+8613800001003', text: 'Code 123456' } },
  ])
  deepEqual(await rowOf(id), {
    ...{ phone_end: '1003', forgotten: true, state: 'sent', tries: 1, provider_id: 'p-1', status: null },
  })
})

test('a provider that is full is asked again with the same id; one that refuses is not', async () => {
  answers.push(503, 200)
  const id = await send('one')
  await run(id)?.then(
    () => 'taken',
    (error: unknown) => equal(error instanceof Error && /answers 503/.test(error.message), true),
  )
  await run(id)
  deepEqual([(await rowOf(id))?.state, (await rowOf(id))?.tries], ['sent', 2])

  answers.push(400)
  const wrong = await send('two')
  await run(wrong)
  deepEqual([(await rowOf(wrong))?.state, (await rowOf(wrong))?.status], ['refused', 400])
})

test('what is late is not sent any more', async () => {
  const before = told.length
  const id = await send('late', 1_000)
  runtime.advance(2_000)
  await run(id)
  deepEqual([(await rowOf(id))?.state, told.length], ['late', before])
})

test('no line of the log holds a phone or the words', () => {
  equal(/13800001003|one|two/.test(JSON.stringify(runtime.lines.map(({ fields }) => fields))), false)
})
