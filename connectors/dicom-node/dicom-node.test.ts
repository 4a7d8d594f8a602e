/** The door over real sockets: what a modality sends becomes an ImagingStudy, and what is refused says why. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { explicitLittleEndian, implicitLittleEndian, verificationSopClass } from '@xinglin/dicom'
import { statuses } from '@xinglin/dicom/network'
import type { ImagingStudy, Patient } from '@xinglin/fhir'
import { testKernel, testTenant } from '@xinglin/testkit'
import { dicomMigrations, startDicomNode } from './dicom-node.ts'
import { createStudyRecorder } from './study/study-recorder.ts'
import { ctInstance, ctSopClass } from './testing/ct-instance.ts'
import { openScu, type Scu } from './testing/store-scu.ts'

const contexts = [
  { abstractSyntax: verificationSopClass, transferSyntaxes: [implicitLittleEndian.uid] },
  { abstractSyntax: ctSopClass, transferSyntaxes: [explicitLittleEndian.uid] },
]
const kernel = await testKernel({ migrations: [dicomMigrations] })
const node = await startDicomNode(kernel, {
  bind: '127.0.0.1',
  port: 0,
  aeTitle: 'XINGLIN',
  tenant: testTenant,
})
after(() => node.stop())
const openToNode = (): Promise<Scu> => openScu({ port: node.port, contexts })

test('a modality that asks whether we are there is answered', async () => {
  const scu = await openToNode()

  const status = await scu.echo()

  assert.equal(status, statuses.success)
  await scu.release()
})

test('stored slices become one ImagingStudy of a patient made from the header', async () => {
  const study = '1.2.826.0.1.3680043.9.1.1'
  const scu = await openToNode()

  for (const instanceNumber of [2, 1]) {
    const answer = await scu.store(ctInstance({ studyInstanceUid: study, instanceNumber, rows: 16 }))
    assert.equal(answer.status, statuses.success)
  }
  await scu.release()
  await createStudyRecorder(kernel).drain()

  const page = await kernel.records.search(testTenant, 'ImagingStudy', [['identifier', `urn:oid:${study}`]])
  const found = JSON.parse(page.matches[0]?.json ?? '{}') as ImagingStudy
  const { meta: _meta, id, subject, ...rest } = found
  assert.deepEqual(rest, {
    resourceType: 'ImagingStudy',
    identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${study}` }],
    status: 'available',
    modality: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' }],
    started: '2026-11-20T10:15:00+08:00',
    description: '胸部平扫',
    numberOfSeries: 1,
    numberOfInstances: 2,
    series: [
      {
        uid: `${study}.1`,
        number: 1,
        modality: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' },
        description: 'Chest 5.0 mm',
        bodySite: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CHEST', display: 'CHEST' },
        started: '2026-11-20T10:15:30+08:00',
        numberOfInstances: 2,
        instance: [1, 2].map((number) => ({
          uid: `${study}.1.${number}`,
          sopClass: { system: 'urn:ietf:rfc:3986', code: `urn:oid:${ctSopClass}` },
          number,
        })),
      },
    ],
  })
  assert.ok(id)
  const patient = await kernel.records.read(testTenant, 'Patient', subject.reference?.split('/')[1] ?? '')
  const { meta: _patientMeta, id: _patientId, ...person } = JSON.parse(patient?.json ?? '{}') as Patient
  assert.deepEqual(person, {
    resourceType: 'Patient',
    identifier: [
      {
        use: 'usual',
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
        system: 'urn:xinglin:identifier:dicom',
        value: 'TEST0001',
      },
    ],
    active: true,
    name: [
      { use: 'official', text: '张三', family: '张', given: ['三'] },
      { use: 'usual', text: 'San Zhang', family: 'Zhang', given: ['San'] },
    ],
    gender: 'male',
    birthDate: '1980-01-02',
  })
})
