/** What the command line says of guides, by a client whose answers are known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { perform, usage } from './commands.ts'
import type { GuideClient, GuideRow } from './guide-client.ts'

const row: GuideRow = {
  name: 'org.example',
  version: '1.0.0',
  state: 'ready',
  definitions: 2,
  stored: 2,
  refused: [],
}

function tools(answers: Partial<GuideClient>) {
  const shown: unknown[] = []
  const client: GuideClient = {
    list: async () => [row],
    add: async () => row,
    remove: async () => undefined,
    demands: async () => ({ required: [], unknown: 'warn' }),
    require: async (profile) => ({ type: 'Patient', profile }),
    release: async () => undefined,
    setUnknown: async () => undefined,
    ...answers,
  }
  return {
    shown,
    tools: { client, progress: { show: (state: unknown) => shown.push(state), end: () => undefined } },
  }
}

test('a command that is said wrong is answered with how to say it', () => {
  const said = usage('add', [])
  assert.match(String(said), /npm run ig -- add <file.tgz>…\n {2}npm run ig -- list/)
  assert.equal(usage('burn', []), said)
  assert.equal(usage('unknown', ['perhaps']), said)
  assert.equal(usage('remove', ['org.example', '1.0.0']), undefined)
})

test('each guide is told with what was left out, and a broken-off one with what to do', async () => {
  const left = {
    ...row,
    stored: 1,
    refused: [{ file: 'ValueSet-v.json', reason: 'ValueSet.status is missing' }],
  }
  const { tools: with_ } = tools({
    add: async (file) => {
      if (file === 'b.tgz') throw new Error('HTTP 503 the platform is away')
      return left
    },
  })

  assert.deepEqual(await perform(with_, 'add', ['a.tgz', 'b.tgz']), {
    lines: [
      'org.example 1.0.0: 1 of 2 definitions are in the record.',
      '  left out ValueSet-v.json: ValueSet.status is missing',
      'b.tgz was not added: HTTP 503 the platform is away. Adding it again goes on.',
    ],
    isDone: false,
  })
})

test('what is loaded and required is listed', async () => {
  const { tools: with_ } = tools({
    demands: async () => ({
      required: [{ type: 'Patient', profile: 'http://example.org/p' }],
      unknown: 'refuse',
    }),
  })

  assert.deepEqual((await perform(with_, 'list', [])).lines, [
    'org.example 1.0.0 · ready · 2 of 2 definitions',
    'required of Patient: http://example.org/p',
    'unknown profiles: refuse',
  ])
})

test('progress is shown while the platform stores', async () => {
  const { promise, resolve } = Promise.withResolvers<GuideRow>()
  const { tools: with_, shown } = tools({
    add: () => promise,
    list: async () => {
      resolve(row)
      return [{ ...row, state: 'adding', stored: 1 }]
    },
  })

  const { isDone } = await perform(with_, 'add', ['a.tgz'])

  assert.equal(isDone, true)
  assert.deepEqual(shown, [{ done: 1, total: 2, refused: 0 }])
})
