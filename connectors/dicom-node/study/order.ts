/** The order that a study answers (FHIR ImagingStudy.basedOn): the ServiceRequest of the same patient with its accession number. */
import { type JsonDataset, tags } from '@xinglin/dicom'
import type { Reference, ServiceRequest } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import { word } from './header-words.ts'

/** A reference to the ServiceRequest; undefined where none or several carry the accession number. */
export async function orderOf(
  unit: Unit,
  attributes: JsonDataset,
  subject: Reference,
): Promise<Reference | undefined> {
  const accession = word(attributes, tags.AccessionNumber)
  if (!accession || !subject.reference) return undefined
  const page = await unit.search('ServiceRequest', [
    ['identifier', accession.replace(/([\\,$|])/g, '\\$1')],
    ['subject', subject.reference],
    ['_count', '2'],
  ])
  const found = page.matches.map((version) => JSON.parse(version.json) as ServiceRequest)
  return found.length === 1 && found[0]?.id ? { reference: `ServiceRequest/${found[0].id}` } : undefined
}
