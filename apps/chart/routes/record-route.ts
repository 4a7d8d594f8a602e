/** `GET /api/chart/patients/:id/record`: the banner and everything that stands on the first page, in one answer. */

import { allergiesOf } from '../reading/allergies.ts'
import { documentsOf } from '../reading/documents.ts'
import { medicationsOf } from '../reading/medications.ts'
import { chartPatient } from '../reading/patient.ts'
import { problemsOf } from '../reading/problems.ts'
import type { RecordAnswer } from '../reading/shapes.ts'
import { studiesOf } from '../reading/studies.ts'
import { visitsOf } from '../reading/visits.ts'
import type { ChartRecords } from './chart-records.ts'
import { matchesOf, readResource, searchPatient } from './patient-search.ts'

/** Papers on the first page; older ones are in the time line. */
const mostPapers = ['_count', '200'] as const

/** Ten questions to the record at once, one answer to the screen. */
export async function recordAnswer(records: ChartRecords, id: string): Promise<RecordAnswer> {
  const of = <T extends Parameters<typeof searchPatient>[2]>(
    type: T,
    ...query: (readonly [string, string])[]
  ) => searchPatient(records, id, type, query).then((page) => matchesOf(page, type))
  const [
    patient,
    conditions,
    allergies,
    encounters,
    requests,
    statements,
    administrations,
    studies,
    ...papers
  ] = await Promise.all([
    readResource(records, 'Patient', id),
    of('Condition'),
    of('AllergyIntolerance'),
    of('Encounter', ['_sort', '-date']),
    of('MedicationRequest', ['_sort', '-authoredon']),
    of('MedicationStatement', ['_sort', '-effective']),
    of('MedicationAdministration', ['_sort', '-effective-time'], ['_count', '100']),
    of('ImagingStudy', ['_sort', '-started']),
    of('DiagnosticReport', ['_sort', '-date'], mostPapers),
    of('DocumentReference', ['_sort', '-date'], mostPapers),
    of('Composition', ['_sort', '-date'], mostPapers),
  ])
  return {
    patient: chartPatient(id, patient, { allergies, encounters }),
    problems: problemsOf(conditions),
    allergies: allergiesOf(allergies),
    medications: medicationsOf([...requests, ...statements, ...administrations]),
    visits: visitsOf(encounters, conditions),
    studies: studiesOf(studies),
    documents: documentsOf(papers.flat()),
  }
}
