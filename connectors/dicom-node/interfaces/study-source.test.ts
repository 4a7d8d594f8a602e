/** Studies as a source of interfaces: what a modality stored is told with its instances, in order, once, and no more than may leave. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { explicitLittleEndian } from '@xinglin/dicom'
import type { ImagingStudy } from '@xinglin/fhir'
import { jsonFormat } from '@xinglin/interfaces'
import { testTenant as tenant, testKernel } from '@xinglin/testkit'
import { dicomMigrations, startDicomNode, studySource } from '../dicom-node.ts'
import { ctInstance, ctSopClass } from '../testing/ct-instance.ts'
import { openScu } from '../testing/store-scu.ts'

const kernel = await testKernel({ migrations: [dicomMigrations] })
const node = await startDicomNode(kernel, { bind: '127.0.0.1', port: 0, aeTitle: 'XINGLIN', tenant })
after(() => node.stop())
const { interfaces } = kernel
const told: ImagingStudy[] = []
interfaces.offerSource(studySource(kernel))
interfaces.offerDestination({
  kind: 'test',
  check: () => undefined,
  open: () => ({
    async send({ content }) {
      told.push(JSON.parse(Buffer.from(content).toString('utf8')) as ImagingStudy)
      return { kind: 'taken' }
    },
    close: async () => undefined,
  }),
})
await interfaces.start({ sources: true, destinations: true })
const deploy = () =>
  interfaces.deploy(tenant, {
    ...{ id: 'studies', version: '1.0.0', title: { zh: '检查', en: 'Studies' } },
    source: { kind: 'dicom-studies', name: 'studies' },
    format: jsonFormat,
    destinations: [{ id: 'there', to: { kind: 'test' } }],
  })

async function store(studyInstanceUid: string, ...instances: readonly number[]): Promise<void> {
  const contexts = [{ abstractSyntax: ctSopClass, transferSyntaxes: [explicitLittleEndian.uid] }]
  const scu = await openScu({ port: node.port, contexts })
  for (const instanceNumber of instances)
    await scu.store(ctInstance({ studyInstanceUid, instanceNumber, rows: 16 }))
  await scu.release()
}

/** Each study as it was told last, with the number of its instances. */
const last = () => new Map(told.map((study) => [study.identifier?.[0]?.value, study.numberOfInstances]))

async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to be')
    await pause(10)
  }
}

test('a study that is stored is told, told again when it grows, and not again after the interface was closed', async () => {
  await deploy()
  const one = '1.2.826.0.1.3680043.9.7.1'
  const two = '1.2.826.0.1.3680043.9.7.2'
  await store(one, 1)
  await until(() => last().get(`urn:oid:${one}`) === 1)
  await store(one, 2)
  await until(() => last().get(`urn:oid:${one}`) === 2)
  const before = told.length

  await interfaces.retire(tenant, 'studies')
  await store(two, 1)
  await deploy()
  await until(() => last().get(`urn:oid:${two}`) === 1)

  assert.equal(told.length > before, true)
  const versions = told.map(({ identifier, meta }) => `${identifier?.[0]?.value} ${meta?.versionId}`)
  assert.equal(new Set(versions).size, versions.length)
  assert.deepEqual(
    told.slice(before).map(({ identifier }) => identifier?.[0]?.value),
    [`urn:oid:${two}`],
  )
})

test('a source of studies without a name, or with a setting that it has not, is refused', () => {
  const check = (settings: object) => () => studySource(kernel).check({ kind: 'dicom-studies', ...settings })
  assert.throws(check({}), /name of an endpoint of kind dicom-studies must be/)
  assert.throws(check({ name: 'a', restricted: 'yes' }), /restricted of an endpoint/)
  assert.throws(check({ name: 'a', port: 1 }), /port of an endpoint/)
})
