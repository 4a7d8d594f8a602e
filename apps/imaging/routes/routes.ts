/** Imaging's addresses under `/api/imaging`; every look at a patient is decided and audited by the guarded record. */
import type { Kernel } from '@xinglin/app'
import {
  type AllergyIntolerance,
  type ImagingStudy,
  notFound,
  type Patient,
  parseReference,
  type ResourceType,
} from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { imagingPermissions } from '../contract.ts'
import { viewedPatient } from '../reading/patient.ts'
import type { StudiesAnswer, ViewerAnswer } from '../reading/shapes.ts'
import { newestFirst, viewedStudy } from '../reading/study.ts'

/** Studies of one patient in one answer; an intensive care patient has a chest film a day. */
const maxStudies = '500'

export function imagingRoutes(http: FastifyInstance, { identity }: Kernel): void {
  http.addHook('preHandler', async (request) =>
    identity.demand(requireActor(request), { kind: 'permission', permission: imagingPermissions.view }),
  )

  http.get<{ Params: { patient: string } }>('/studies/:patient', (request) =>
    studiesAnswer(identity.recordsFor(requireActor(request)), request.params.patient),
  )

  http.get<{ Params: { study: string } }>('/viewer/:study', (request) =>
    viewerAnswer(identity.recordsFor(requireActor(request)), request.params.study),
  )
}

async function studiesAnswer(records: GuardedRecords, patient: string): Promise<StudiesAnswer> {
  const page = await records.search('ImagingStudy', [
    ['subject', `Patient/${patient}`],
    ['_count', maxStudies],
  ])
  const studies = page.matches.flatMap(
    (version) => viewedStudy(JSON.parse(version.json) as ImagingStudy) ?? [],
  )
  return { studies: newestFirst(studies) }
}

async function viewerAnswer(records: GuardedRecords, studyInstanceUid: string): Promise<ViewerAnswer> {
  const page = await records.search('ImagingStudy', [
    ['identifier', `urn:dicom:uid|urn:oid:${studyInstanceUid}`],
  ])
  const [found] = page.matches
  const resource = found && (JSON.parse(found.json) as ImagingStudy)
  const study = resource && viewedStudy(resource)
  const patientId = parseReference(resource?.subject.reference)?.id
  if (!study || !patientId)
    throw notFound('no study with this UID is in the record; it may be on its way', {
      code: 'imaging.no-study',
    })
  const [patient, allergies] = await Promise.all([
    read<Patient>(records, 'Patient', patientId),
    records.search('AllergyIntolerance', [['patient', patientId]]),
  ])
  return {
    patient: viewedPatient(
      patientId,
      patient,
      allergies.matches.map((version) => JSON.parse(version.json) as AllergyIntolerance),
    ),
    study,
  }
}

async function read<T>(records: GuardedRecords, type: ResourceType, id: string): Promise<T> {
  const version = await records.read(type, id)
  if (!version || version.interaction === 'delete')
    throw notFound('the patient of this study is not in the record', { code: 'imaging.no-patient' })
  return JSON.parse(version.json) as T
}
