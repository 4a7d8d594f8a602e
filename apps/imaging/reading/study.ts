/** FHIR R4 §10.4 ImagingStudy as the viewer shows it. */
import type { ImagingStudy } from '@xinglin/fhir'
import type { ViewedStudy } from './shapes.ts'

const uidSystem = 'urn:dicom:uid'
/** HL7 v2 table 0203. */
const accessionNumberType = 'ACSN'

/** The study of a resource; undefined where it names no DICOM study. */
export function viewedStudy(study: ImagingStudy): ViewedStudy | undefined {
  const identifiers = study.identifier ?? []
  const uid = identifiers.find(({ system }) => system === uidSystem)?.value?.replace(/^urn:oid:/, '')
  if (!uid) return undefined
  const accession = identifiers.find(({ type }) =>
    type?.coding?.some(({ code }) => code === accessionNumberType),
  )
  const series = study.series ?? []
  return {
    studyInstanceUid: uid,
    ...(study.description && { description: study.description }),
    ...(study.started && { started: study.started }),
    ...(accession?.value && { accessionNumber: accession.value }),
    modalities: [...new Set((study.modality ?? []).flatMap(({ code }) => code ?? []))],
    series: series.map((each) => ({
      uid: each.uid,
      ...(each.number !== undefined && { number: each.number }),
      modality: each.modality.code ?? 'OT',
      ...(each.description && { description: each.description }),
      instanceCount: each.numberOfInstances ?? each.instance?.length ?? 0,
    })),
  }
}

/** Studies newest first; those without a time last. */
export function newestFirst(studies: readonly ViewedStudy[]): readonly ViewedStudy[] {
  const time = ({ started }: ViewedStudy): number =>
    started ? Date.parse(started) : Number.NEGATIVE_INFINITY
  return [...studies].sort((one, other) => time(other) - time(one))
}
