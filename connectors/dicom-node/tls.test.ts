/** DICOM over TLS (PS3.15 §B.12, the BCP 195 profile) with dcmtk as the other side, client certificate demanded. */
import { equal, rejects } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { sql } from '@xinglin/database'
import { openCertificates } from '@xinglin/keys'
import { makeAuthority } from '@xinglin/keys/testing'
import { testKernel, testTenant } from '@xinglin/testkit'
import { dicomMigrations, startDicomNode } from './dicom-node.ts'
import { ctInstance, part10Of } from './testing/ct-instance.ts'

const run = promisify(execFile)
const missing = await run('storescu', ['--version']).then(
  ({ stdout }) => (/OpenSSL/i.test(stdout) ? (false as const) : 'this dcmtk was built without TLS'),
  () => 'dcmtk is not installed (apt install dcmtk)',
)

test('storescu delivers over TLS with a certificate, and is refused without TLS and without one', {
  skip: missing,
}, async () => {
  const authority = makeAuthority()
  after(() => authority.remove())
  const kernel = await testKernel({ migrations: [dicomMigrations] })
  const certificates = await openCertificates(
    { ...authority.certify('pacs'), clientAuthorities: authority.authority },
    { log: kernel.runtime.log },
  )
  after(() => certificates.stop())
  const node = await startDicomNode(kernel, {
    ...{ bind: '127.0.0.1', port: 0, aeTitle: 'XINGLIN', tenant: testTenant },
    tls: certificates.door({ demandsClient: true }),
  })
  after(() => node.stop())
  const file = join(authority.folder, 'slice.dcm')
  await writeFile(file, part10Of(ctInstance({ studyInstanceUid: '1.2.6.1', instanceNumber: 1, rows: 512 })))
  const { key, certificate } = authority.certify('modality')
  const secured = ['+cf', authority.authority, '+ps']
  const address = ['-aec', 'XINGLIN', '127.0.0.1', String(node.port), file]

  await run('storescu', ['+tls', key, certificate, ...secured, ...address])
  const count = async () =>
    (await kernel.database.query(sql`select from dicom.instance where study_instance_uid = '1.2.6.1'`)).length
  equal(await count(), 1)

  await rejects(run('storescu', ['-to', '5', ...address]))
  await rejects(run('storescu', ['-to', '5', '+tla', ...secured, ...address]))
})
