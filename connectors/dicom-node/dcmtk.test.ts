/** With the tools of others: dcmtk's echoscu and storescu, where they are installed. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { sql } from '@xinglin/database'
import { testKernel, testTenant } from '@xinglin/testkit'
import { dicomMigrations, startDicomNode } from './dicom-node.ts'
import { ctInstance, part10Of } from './testing/ct-instance.ts'

const run = promisify(execFile)
const missing = await run('storescu', ['--version']).then(
  () => false as const,
  () => 'dcmtk is not installed (apt install dcmtk)',
)
const kernel = await testKernel({ migrations: [dicomMigrations] })
const node = await startDicomNode(kernel, {
  bind: '127.0.0.1',
  port: 0,
  aeTitle: 'XINGLIN',
  tenant: testTenant,
})
after(() => node.stop())
const address = ['-aec', 'XINGLIN', '127.0.0.1', String(node.port)]

test('echoscu is answered', { skip: missing }, async () => {
  await run('echoscu', address)
})

test('echoscu is rejected under another title', { skip: missing }, async () => {
  await assert.rejects(run('echoscu', ['-aec', 'OTHER', '127.0.0.1', String(node.port)]))
})

test('storescu delivers a series over one association', { skip: missing }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-dcmtk-'))
  after(() => rm(folder, { recursive: true, force: true }))
  for (let instanceNumber = 1; instanceNumber <= 20; instanceNumber++) {
    const slice = ctInstance({ studyInstanceUid: '1.2.5.1', instanceNumber, rows: 64 })
    await writeFile(join(folder, `${instanceNumber}.dcm`), part10Of(slice))
  }

  await run('storescu', ['+sd', ...address, folder], { env: { ...process.env, TCP_NODELAY: '1' } })

  const rows = await kernel.database.query(sql<{ count: number }>`
    select count(*)::integer as count
    from dicom.instance
    where study_instance_uid = '1.2.5.1'`)
  assert.deepEqual(rows, [{ count: 20 }])
})
