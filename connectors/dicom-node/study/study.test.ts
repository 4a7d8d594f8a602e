/** Whose images these are, which order they answer, and that the index can be made anew (law 4). */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from '@xinglin/database'
import { explicitLittleEndian } from '@xinglin/dicom'
import type { ImagingStudy, Patient, ServiceRequest } from '@xinglin/fhir'
import { testKernel, testTenant } from '@xinglin/testkit'
import { dicomMigrations, rebuildIndex, startDicomNode } from '../dicom-node.ts'
import { type CtOptions, ctInstance, ctSopClass } from '../testing/ct-instance.ts'
import { openScu } from '../testing/store-scu.ts'
import { createStudyRecorder } from './study-recorder.ts'

const kernel = await testKernel({ migrations: [dicomMigrations] })
const node = await startDicomNode(kernel, {
  bind: '127.0.0.1',
  port: 0,
  aeTitle: 'XINGLIN',
  tenant: testTenant,
})
after(() => node.stop())
const author = { tenant: testTenant, actor: 'system/test' }

async function storeSlice(options: Omit<CtOptions, 'instanceNumber'>): Promise<ImagingStudy> {
  const contexts = [{ abstractSyntax: ctSopClass, transferSyntaxes: [explicitLittleEndian.uid] }]
  const scu = await openScu({ port: node.port, contexts })
  const { status } = await scu.store(ctInstance({ rows: 16, instanceNumber: 1, ...options }))
  assert.equal(status, 0)
  await scu.release()
  await createStudyRecorder(kernel).drain()
  const page = await kernel.records.search(testTenant, 'ImagingStudy', [
    ['identifier', `urn:oid:${options.studyInstanceUid}`],
  ])
  return JSON.parse(page.matches[0]?.json ?? '{}')
}

async function patient(
  id: string,
  identifier: NonNullable<Patient['identifier']>[number],
  birthDate?: string,
): Promise<void> {
  const resource: Patient = {
    resourceType: 'Patient',
    id,
    identifier: [identifier],
    ...(birthDate && { birthDate }),
  }
  await kernel.records.commit(author, (unit) => unit.write([{ kind: 'update', resource }]))
}

test('a study is filed under the patient with its number', async () => {
  await patient('asha', { system: 'urn:oid:1.2.3', value: 'M100' }, '1980-01-02')

  const study = await storeSlice({ studyInstanceUid: '1.2.8.1', patientId: 'M100' })

  assert.equal(study.subject.reference, 'Patient/asha')
})

test('of two patients with one number the issuer decides', async () => {
  await patient('east', { system: 'urn:xinglin:authority:EAST', value: 'M200' })
  await patient('west', { system: 'urn:xinglin:authority:WEST', value: 'M200' })

  const study = await storeSlice({ studyInstanceUid: '1.2.8.2', patientId: 'M200', issuer: 'WEST' })

  assert.equal(study.subject.reference, 'Patient/west')
})

test('a patient born on another day is another person, whatever the number', async () => {
  await patient('grandfather', { system: 'urn:oid:1.2.3', value: 'M300' }, '1931-05-05')

  const study = await storeSlice({ studyInstanceUid: '1.2.8.3', patientId: 'M300' })

  assert.notEqual(study.subject.reference, 'Patient/grandfather')
})

test('a number that another authority gave is another person', async () => {
  await patient('other-house', { system: 'urn:xinglin:authority:EAST', value: 'M350' })

  const study = await storeSlice({ studyInstanceUid: '1.2.8.8', patientId: 'M350', issuer: 'WEST' })

  assert.notEqual(study.subject.reference, 'Patient/other-house')
})

test('two studies of a person first known from an image are of one patient', async () => {
  const first = await storeSlice({ studyInstanceUid: '1.2.8.4', patientId: 'M400', issuer: 'QLYX' })
  const second = await storeSlice({ studyInstanceUid: '1.2.8.5', patientId: 'M400', issuer: 'QLYX' })

  assert.equal(first.subject.reference, second.subject.reference)
})

test('a study is tied to the order that has its accession number', async () => {
  await patient('leo', { system: 'urn:oid:1.2.3', value: 'M500' }, '1980-01-02')
  const order: ServiceRequest = {
    resourceType: 'ServiceRequest',
    id: 'chest-ct',
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/leo' },
    identifier: [{ system: 'urn:oid:1.2.4', value: 'ACC77' }],
  }
  await kernel.records.commit(author, (unit) => unit.write([{ kind: 'update', resource: order }]))

  const study = await storeSlice({ studyInstanceUid: '1.2.8.6', patientId: 'M500', accessionNumber: 'ACC77' })

  assert.deepEqual(study.basedOn, [{ reference: 'ServiceRequest/chest-ct' }])
  assert.equal(study.identifier?.[1]?.value, 'ACC77')
})

test('a name in GB18030 is read', async () => {
  const study = await storeSlice({
    studyInstanceUid: '1.2.8.7',
    patientId: 'M600',
    patientName: 'Li^Si=李^四',
    characterSet: 'GB18030',
  })

  assert.equal(study.subject.display, '李四')
  assert.equal(study.description, '胸部平扫')
})

test('the index made anew from journal and objects is the index that was', async () => {
  const tables = () =>
    Promise.all([
      kernel.database.query(sql`select * from dicom.instance order by sop_instance_uid`),
      kernel.database.query(sql`select * from dicom.series order by series_instance_uid`),
      kernel.database.query(sql`select * from dicom.study order by study_instance_uid`),
    ])
  const before = await tables()

  const count = await rebuildIndex(kernel, testTenant)
  await createStudyRecorder(kernel).drain()

  assert.equal(count, before[0].length)
  assert.deepEqual(await tables(), before)
})
