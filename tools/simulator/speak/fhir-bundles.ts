/** FHIR R4 transactions of the simulated prescribing system and note archive (R4 §3.1.0.11, §2.36). */
import { fhirTime } from '../calendar.ts'
import type { Prescription, Story, Visit } from '../clinic/story.ts'
import { oids } from '../hospital/hospital.ts'

/** UCUM for a dose, and the HL7 route code with its Chinese name. */
const routes: Readonly<Record<string, string>> = { PO: '口服', IV: '静脉滴注', SC: '皮下注射', INH: '吸入' }

type Entry = { readonly fullUrl: string; readonly resource: object; readonly request: object }
export type Transaction = {
  readonly resourceType: 'Bundle'
  readonly type: 'transaction'
  readonly entry: readonly Entry[]
}

const subjectOf = (story: Story) => ({
  reference: `Patient?identifier=urn:oid:${oids.mrn}|${story.person.mrn}`,
})
const encounterOf = (visit: Visit) => ({
  reference: `Encounter?identifier=urn:oid:${oids.visit}|${visit.number}`,
})
const authorOf = (visit: Visit) => ({ display: `${visit.doctor.familyName}${visit.doctor.givenName}` })

/** A prescription: created once, however often it is sent (If-None-Exist on its number). */
export function prescriptionBundle(story: Story, visit: Visit, prescription: Prescription): Transaction {
  const { medicine } = prescription
  const identifier = { system: `urn:oid:${oids.order}`, value: prescription.number }
  const resource = {
    resourceType: 'MedicationRequest',
    identifier: [identifier],
    status: visit.endedAt ? 'completed' : 'active',
    intent: 'order',
    medicationCodeableConcept: {
      coding: [{ system: 'http://www.whocc.no/atc', code: medicine.atc, display: medicine.en }],
      text: medicine.zh,
    },
    subject: subjectOf(story),
    encounter: encounterOf(visit),
    authoredOn: fhirTime(prescription.writtenAt),
    requester: authorOf(visit),
    reasonCode: [
      {
        coding: [
          { system: 'http://hl7.org/fhir/sid/icd-10', code: visit.disease.icd, display: visit.disease.en },
        ],
        text: visit.disease.zh,
      },
    ],
    dosageInstruction: [
      {
        text: `${medicine.dose}${medicine.unit} ${routes[medicine.route] ?? medicine.route} 每日${medicine.perDay}次`,
        timing: {
          repeat: {
            frequency: medicine.perDay,
            period: 1,
            periodUnit: 'd',
            boundsDuration: {
              value: medicine.days,
              unit: 'd',
              system: 'http://unitsofmeasure.org',
              code: 'd',
            },
          },
        },
        route: {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration',
              code: medicine.route === 'SC' ? 'SQ' : medicine.route === 'INH' ? 'IPINHL' : medicine.route,
            },
          ],
          text: routes[medicine.route] ?? medicine.route,
        },
        doseAndRate: [
          {
            doseQuantity: {
              value: medicine.dose,
              unit: medicine.unit,
              system: 'http://unitsofmeasure.org',
              code: medicine.unit,
            },
          },
        ],
      },
    ],
  }
  return transaction('MedicationRequest', identifier, resource)
}

/** The doctor's note as a document with its text inside. */
export function noteBundle(story: Story, visit: Visit, writtenAt: number): Transaction {
  const identifier = { system: `urn:oid:${oids.order}`, value: `${visit.number}N1` }
  const title = visit.kind === 'inpatient' ? '入院记录' : '门诊病历'
  const { disease } = visit
  const text = [
    `主诉：${disease.complaint}。`,
    `诊断：${disease.zh}（${disease.icd}）。`,
    `科室：${visit.department.zh}。`,
    `处理：完善相关检查，${disease.medicines.length > 0 ? '给予药物治疗，' : ''}定期随诊。`,
  ].join('\n')
  const resource = {
    resourceType: 'DocumentReference',
    identifier: [identifier],
    status: 'current',
    docStatus: 'final',
    type: {
      coding: [
        visit.kind === 'inpatient'
          ? { system: 'http://loinc.org', code: '34117-2', display: 'History and physical note' }
          : { system: 'http://loinc.org', code: '34108-1', display: 'Outpatient Note' },
      ],
      text: title,
    },
    subject: subjectOf(story),
    date: fhirTime(writtenAt),
    author: [authorOf(visit)],
    description: `${title} · ${visit.department.zh}`,
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          language: 'zh-CN',
          title,
          creation: fhirTime(writtenAt),
          data: Buffer.from(text, 'utf8').toString('base64'),
        },
      },
    ],
    context: { encounter: [encounterOf(visit)] },
  }
  return transaction('DocumentReference', identifier, resource)
}

function transaction(
  type: string,
  identifier: { system: string; value: string },
  resource: object,
): Transaction {
  const ifNoneExist = `identifier=${identifier.system}|${identifier.value}`
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: `urn:xinglin:simulated:${identifier.value}`,
        resource,
        request: { method: 'POST', url: type, ifNoneExist },
      },
    ],
  }
}
