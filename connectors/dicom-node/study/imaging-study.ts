/** FHIR R4 ImagingStudy §10.4 of what the index knows of a study (mappings to DICOM in the resource's own table). */
import { tags } from '@xinglin/dicom'
import type { ImagingStudy, ImagingStudySeries, Reference } from '@xinglin/fhir'
import { momentOf, wholeNumber, word } from './header-words.ts'
import type { StudyContent } from './study-rows.ts'

const modalitySystem = 'http://dicom.nema.org/resources/ontology/DCM'
const uidSystem = 'urn:dicom:uid'
const uriSystem = 'urn:ietf:rfc:3986'
/** Identifier type ACSN (HL7 v2 table 0203). */
const accessionType = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] }

export type StudyLinks = {
  readonly id: string
  readonly subject: Reference
  readonly basedOn?: Reference
  readonly timeZone: string
}

/** The ImagingStudy of a study; series in order of their number, instances too. */
export function imagingStudyOf(content: StudyContent, links: StudyLinks): ImagingStudy {
  const { attributes } = content
  const accession = word(attributes, tags.AccessionNumber)
  const description = word(attributes, tags.StudyDescription)
  const referrer = word(attributes, tags.ReferringPhysicianName)
  const series = seriesOf(content, links.timeZone)
  const modalities = [...new Set(series.map((each) => each.modality.code))]
  const started =
    momentOf(word(attributes, tags.StudyDate), word(attributes, tags.StudyTime), {
      offset: word(attributes, tags.TimezoneOffsetFromUTC),
      timeZone: links.timeZone,
    }) ?? content.receivedAt
  return {
    resourceType: 'ImagingStudy',
    id: links.id,
    identifier: [
      { system: uidSystem, value: `urn:oid:${content.studyInstanceUid}` },
      ...(accession ? [{ type: accessionType, value: accession }] : []),
    ],
    status: 'available',
    modality: modalities.map((code) => ({ system: modalitySystem, code })),
    subject: links.subject,
    started,
    ...(links.basedOn && { basedOn: [links.basedOn] }),
    ...(referrer && { referrer: { display: referrer } }),
    ...(description && { description }),
    numberOfSeries: series.length,
    numberOfInstances: content.instances.length,
    series,
  }
}

type Series = ImagingStudySeries & { modality: { system: string; code: string } }

function seriesOf(content: StudyContent, timeZone: string): Series[] {
  const bySeries = Map.groupBy(content.instances, (instance) => instance.seriesInstanceUid)
  return content.series.map(({ seriesInstanceUid, attributes }) => {
    const instances = bySeries.get(seriesInstanceUid) ?? []
    const number = wholeNumber(attributes, tags.SeriesNumber)
    const description = word(attributes, tags.SeriesDescription)
    const bodyPart = word(attributes, tags.BodyPartExamined)
    const started = momentOf(word(attributes, tags.SeriesDate), word(attributes, tags.SeriesTime), {
      offset: undefined,
      timeZone,
    })
    return {
      uid: seriesInstanceUid,
      ...(number !== undefined && number >= 0 && { number }),
      modality: { system: modalitySystem, code: word(attributes, tags.Modality) ?? 'OT' },
      ...(description && { description }),
      ...(bodyPart && { bodySite: { system: modalitySystem, code: bodyPart, display: bodyPart } }),
      ...(started && { started }),
      numberOfInstances: instances.length,
      instance: instances.map((instance) => ({
        uid: instance.sopInstanceUid,
        sopClass: { system: uriSystem, code: `urn:oid:${instance.sopClassUid}` },
        ...(instance.instanceNumber !== null &&
          instance.instanceNumber >= 0 && { number: instance.instanceNumber }),
      })),
    }
  })
}
