/** What the viewer is told: whose images these are, and only to those who may know. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AllergyIntolerance, ImagingStudy, Patient } from '@xinglin/fhir'
import { testKernel } from '@xinglin/testkit'
import { imaging } from './app.ts'

const kernel = await testKernel({ apps: [imaging] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/imaging.*'])
const author = { tenant: kernel.actor.tenant, actor: 'system/test' }

const patient: Patient = {
  resourceType: 'Patient',
  id: 'asha',
  identifier: [{ type: { coding: [{ code: 'MR' }] }, value: 'M1' }],
  name: [{ use: 'official', family: '张', given: ['三'] }],
  gender: 'male',
  birthDate: '1980-01-02',
}
const allergy: AllergyIntolerance = {
  resourceType: 'AllergyIntolerance',
  id: 'iodine',
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
  patient: { reference: 'Patient/asha' },
  criticality: 'high',
  code: { text: '碘造影剂' },
}
const study = (id: string, uid: string, started: string): ImagingStudy => ({
  resourceType: 'ImagingStudy',
  id,
  status: 'available',
  subject: { reference: 'Patient/asha' },
  identifier: [
    { system: 'urn:dicom:uid', value: `urn:oid:${uid}` },
    { type: { coding: [{ code: 'ACSN' }] }, value: `A-${id}` },
  ],
  started,
  description: '胸部平扫',
  modality: [{ code: 'CT' }],
  series: [{ uid: `${uid}.1`, number: 1, modality: { code: 'CT' }, numberOfInstances: 2 }],
})
await kernel.records.commit(author, (unit) =>
  unit.write(
    [
      patient,
      allergy,
      study('one', '1.2.3', '2026-01-01T10:00:00+08:00'),
      study('two', '1.2.4', '2026-02-01T10:00:00+08:00'),
    ].map((resource) => ({ kind: 'update' as const, resource })),
  ),
)
const viewed = (id: string, uid: string, started: string) => ({
  studyInstanceUid: uid,
  description: '胸部平扫',
  started,
  accessionNumber: `A-${id}`,
  modalities: ['CT'],
  series: [{ uid: `${uid}.1`, number: 1, modality: 'CT', instanceCount: 2 }],
})
const get = (url: string) => kernel.web.http.inject({ url, headers })

test('the viewer is told the patient with allergies, and the series of the study', async () => {
  const answer = await get('/api/imaging/viewer/1.2.3')

  assert.deepEqual(answer.json(), {
    patient: {
      id: 'asha',
      name: '张三',
      gender: 'male',
      birthDate: '1980-01-02',
      mrn: 'M1',
      allergies: [{ name: '碘造影剂', isSevere: true }],
      hasNoKnownAllergies: false,
    },
    study: viewed('one', '1.2.3', '2026-01-01T10:00:00+08:00'),
  })
})

test('the studies of a patient come newest first', async () => {
  const answer = await get('/api/imaging/studies/asha')

  assert.deepEqual(answer.json(), {
    studies: [
      viewed('two', '1.2.4', '2026-02-01T10:00:00+08:00'),
      viewed('one', '1.2.3', '2026-01-01T10:00:00+08:00'),
    ],
  })
})

test('a study that is not held is not found, and nobody unknown is told anything', async () => {
  assert.equal((await get('/api/imaging/viewer/9.9.9')).statusCode, 404)
  assert.equal((await kernel.web.http.inject({ url: '/api/imaging/viewer/1.2.3' })).statusCode, 401)
})
