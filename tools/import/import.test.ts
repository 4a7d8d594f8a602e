/** An import sends what can be sent twice and goes on where it was broken off. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findFiles } from './find-files.ts'
import { openJournal } from './journal.ts'
import { partsOfJson, partsOfNdjson } from './parts.ts'
import { sendAll } from './send.ts'

const folder = await mkdtemp(join(tmpdir(), 'xinglin-import-'))
after(() => rm(folder, { recursive: true }))

test('a create of a transaction becomes an update under its own id', () => {
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:a1',
        resource: { resourceType: 'Patient' },
        request: { method: 'POST', url: 'Patient' },
      },
    ],
  }
  assert.deepEqual(partsOfJson(JSON.stringify(bundle)), [
    {
      resources: 1,
      bundle: {
        ...bundle,
        entry: [
          {
            fullUrl: 'urn:uuid:a1',
            resource: { resourceType: 'Patient', id: 'a1' },
            request: { method: 'PUT', url: 'Patient/a1' },
          },
        ],
      },
    },
  ])
})

test('NDJSON goes in parts of 250 resources', () => {
  const lines = Array.from({ length: 501 }, (_, index) =>
    JSON.stringify({ resourceType: 'Patient', id: `p${index}` }),
  )
  assert.deepEqual(
    partsOfNdjson(`${lines.join('\n')}\n`).map(({ resources }) => resources),
    [250, 250, 1],
  )
})

test('hospitals and practitioners go before what refers to them', async () => {
  for (const name of [
    'Abel.json',
    'practitionerInformation1.json',
    'hospitalInformation1.json',
    'readme.txt',
  ]) {
    await writeFile(join(folder, name), '{"resourceType":"Bundle","type":"transaction"}')
  }
  const names = (await findFiles([folder])).map(({ path }) => path.slice(folder.length + 1))
  assert.deepEqual(names, ['hospitalInformation1.json', 'practitionerInformation1.json', 'Abel.json'])
})

test('what was taken before is not sent again, and a refusal is told with its file', async () => {
  const path = join(folder, 'three.ndjson')
  await writeFile(
    path,
    Array.from({ length: 600 }, (_, index) => `{"resourceType":"Patient","id":"p${index}"}`).join('\n'),
  )
  const files = await findFiles([path])
  const answers = [200, 500, 200]
  const sent: number[] = []
  const run = async () => {
    const journal = await openJournal(join(folder, 'journal'), files)
    const transact = async () => {
      const status = answers.shift() ?? 200
      sent.push(status)
      return { status, body: 'no room' }
    }
    const result = await sendAll({
      files,
      journal,
      fhir: { transact },
      progress: { show: () => undefined, end: () => undefined },
      workers: 1,
    })
    await journal.close()
    return result
  }

  assert.deepEqual(await run(), {
    resources: 350,
    refusals: [{ file: path, unit: 1, reason: 'HTTP 500 no room' }],
  })
  assert.deepEqual(await run(), { resources: 600, refusals: [] })
  assert.deepEqual(sent, [200, 500, 200, 200])
})

test('the resources of files that are sent side by side are all counted', async () => {
  const paths = Array.from({ length: 8 }, (_, index) => join(folder, `side-${index}.json`))
  for (const path of paths) await writeFile(path, '{"resourceType":"Patient","id":"p"}')
  const files = await findFiles(paths)
  const journal = await openJournal(join(folder, 'side'), files)
  const transact = async () => ({ status: 200, body: '' })
  const progress = { show: () => undefined, end: () => undefined }
  assert.equal((await sendAll({ files, journal, fhir: { transact }, progress, workers: 4 })).resources, 8)
  await journal.close()
})
