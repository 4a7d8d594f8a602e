/** R4 Patient.link: into whom a record was merged. */
import { type Patient, parseReference } from '@xinglin/fhir'

/** Id of the survivor; undefined where the record stands for itself. */
export function replacedBy({ link }: Pick<Patient, 'link'>): string | undefined {
  return parseReference(link?.find(({ type }) => type === 'replaced-by')?.other.reference)?.id
}
