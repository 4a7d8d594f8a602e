/** Law 1 at its hardest: killed between object and index, nothing is half there and nothing was promised. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { sql } from '@xinglin/database'
import { explicitLittleEndian } from '@xinglin/dicom'
import { openObjects } from '@xinglin/objects'
import { testKernel, testTenant } from '@xinglin/testkit'
import { dicomMigrations, startDicomNode } from './dicom-node.ts'
import { createStudyRecorder } from './study/study-recorder.ts'
import { ctInstance, ctSopClass } from './testing/ct-instance.ts'
import { openScu } from './testing/store-scu.ts'

const kernel = await testKernel({ migrations: [dicomMigrations] })
const folder = await mkdtemp(join(tmpdir(), 'xinglin-killed-'))
after(() => rm(folder, { recursive: true, force: true }))
const objectsUrl = pathToFileURL(folder).href
const contexts = [{ abstractSyntax: ctSopClass, transferSyntaxes: [explicitLittleEndian.uid] }]

async function storeIntoDyingNode(instant: string, instance: ReturnType<typeof ctInstance>): Promise<string> {
  const script = fileURLToPath(new URL('testing/killed-node.ts', import.meta.url))
  const child = spawn(process.execPath, [script, kernel.database.url, objectsUrl, instant], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = await once(child.stdout, 'data')
  const scu = await openScu({ port: Number(String(line)), contexts })
  const answer = await scu.store(instance).then(
    () => 'answered',
    () => 'no answer',
  )
  const [, signal] = await exited
  assert.equal(signal, 'SIGKILL')
  return answer
}

for (const [number, instant] of ['before-object', 'before-index'].entries())
  test(`a node killed ${instant.replace('-', ' the ')} is there acknowledges nothing, and the instance sent again is held once`, async () => {
    const instance = ctInstance({ studyInstanceUid: `1.2.4.${number}`, instanceNumber: 1, rows: 64 })
    const rows = () =>
      kernel.database.query(sql<{ uid: string }>`
        select sop_instance_uid as uid
        from dicom.instance
        where sop_instance_uid = ${instance.sopInstanceUid}`)

    const answer = await storeIntoDyingNode(instant, instance)

    assert.equal(answer, 'no answer')
    assert.deepEqual(await rows(), [])

    const objects = await openObjects({ url: objectsUrl, log: kernel.runtime.log })
    const node = await startDicomNode(
      { ...kernel, objects },
      { bind: '127.0.0.1', port: 0, aeTitle: 'XINGLIN', tenant: testTenant },
    )
    const scu = await openScu({ port: node.port, contexts })
    const { status } = await scu.store(instance)
    await scu.release()
    await node.stop()
    await createStudyRecorder(kernel).drain()

    assert.equal(status, 0)
    assert.equal((await rows()).length, 1)
    const page = await kernel.records.search(testTenant, 'ImagingStudy', [
      ['identifier', `urn:oid:1.2.4.${number}`],
    ])
    assert.equal(page.matches.length, 1)
  })
