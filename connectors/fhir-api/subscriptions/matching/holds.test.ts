/** Filters in memory mean what search means: every query finds the same resources by both. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Encounter, MedicationRequest, Observation, ResourceType } from '@xinglin/fhir'
import { indexOf } from '@xinglin/fhir/search'
import { testKernel } from '@xinglin/testkit'
import { parseQuery } from '../definition/query.ts'
import { allHold } from './holds.ts'

type Kept = (Observation | Encounter | MedicationRequest) & { readonly id: string }

const potassium = (id: string, value: number, effective: string, status: Observation['status']): Kept => ({
  resourceType: 'Observation',
  id,
  status,
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'Kälium im Serum' },
  subject: { reference: 'Patient/asha' },
  effectiveDateTime: effective,
  valueQuantity: { value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
})

const kept: readonly Kept[] = [
  potassium('low', 2.9, '2026-03-01T08:00:00+08:00', 'final'),
  potassium('normal', 4.1, '2026-03-02', 'preliminary'),
  potassium('high', 6.2, '2026-03', 'corrected'),
  {
    resourceType: 'Observation',
    id: 'note',
    status: 'final',
    code: { coding: [{ code: 'note' }] },
    subject: { reference: 'Group/ward' },
    valueString: 'Ängstlich',
    identifier: [{ system: 'http://hospital.test/note', value: '7' }],
    meta: {
      tag: [{ system: 'http://hospital.test/tag', code: 'teaching' }],
      source: 'http://hospital.test/lab/1',
    },
  },
  {
    resourceType: 'Encounter',
    id: 'stay',
    status: 'in-progress',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: 'Patient/asha' },
    period: { start: '2026-03-01T08:00:00+08:00' },
    length: { value: 3, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' },
  },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { identifier: { system: 'http://hospital.test/mrn', value: '1' } },
    period: { start: '2026-02-01', end: '2026-02-01' },
  },
  {
    resourceType: 'MedicationRequest',
    id: 'prescription',
    status: 'active',
    intent: 'order',
    medicationReference: { reference: 'Medication/aspirin' },
    subject: { reference: 'Patient/asha' },
    authoredOn: '2026-03-02T09:30:00+08:00',
  },
]

const queries: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
  Observation: [
    ...['status=final', 'status=final,corrected', 'status:not=final', 'status:not=final,corrected'],
    ...[
      'code=2823-3',
      'code=http://loinc.org|2823-3',
      'code=|note',
      'code=http://loinc.org|',
      'code=http://x.cn|note',
    ],
    ...['subject=Patient/asha', 'subject=asha', 'patient=asha', 'subject:Group=ward', 'subject:missing=true'],
    ...[
      'date=2026-03-02',
      'date=2026-03',
      'date=ge2026-03-02',
      'date=lt2026-03-02',
      'date=sa2026-03-01',
      'date=eb2026-03-02',
    ],
    ...['date=gt2026-02&date=le2026-03-01', 'date=ne2026-03-02', 'date:missing=true'],
    ...[
      'value-quantity=4.1',
      'value-quantity=gt4',
      'value-quantity=lt4||mmol/L',
      'value-quantity=ge6.2|http://unitsofmeasure.org|mmol/L',
    ],
    ...[
      'value-quantity=ne4.1',
      'value-quantity:missing=false',
      'value-string=angst',
      'value-string:exact=Ängstlich',
      'value-string:contains=NGST',
    ],
    ...[
      'code-value-quantity=2823-3$gt4',
      'identifier=http://hospital.test/note|7',
      'identifier=8',
      '_id=low,high',
      '_tag=teaching',
    ],
    ...[
      '_source=http://hospital.test/lab/1',
      '_source:below=http://hospital.test/lab',
      '_source:above=http://hospital.test/lab/1/2',
    ],
  ],
  Encounter: [
    ...[
      'class=IMP',
      'class:not=IMP',
      'status=in-progress&class=IMP',
      'date=2026-03-05',
      'date=ge2026-03',
      'date=eb2026-03',
    ],
    ...[
      'length=3',
      'length=gt2||d',
      'subject:identifier=http://hospital.test/mrn|1',
      'subject=Patient/asha',
      'location:missing=true',
    ],
  ],
  MedicationRequest: [
    ...[
      'medication=Medication/aspirin',
      'medication=Medication/other',
      'authoredon=2026-03-02',
      'authoredon=gt2026-03-02T09:00',
    ],
    ...['intent=order&status=active', 'intent=plan', 'patient=asha'],
  ],
}

const kernel = await testKernel()
await kernel.records.commit({ tenant: kernel.actor.tenant, actor: kernel.actor.reference }, (unit) =>
  unit.write(kept.map((resource) => ({ kind: 'update', resource }))),
)
const parse = { timeZone: 'Asia/Shanghai', nowMs: Date.parse(kernel.runtime.now()) }

for (const [type, texts] of Object.entries(queries) as [ResourceType, readonly string[]][])
  test(`filters of ${type} hold for what search finds`, async () => {
    const found = await Promise.all(
      texts.map(async (text) => {
        const { matches } = await kernel.records.search(kernel.actor.tenant, type, [
          ...new URLSearchParams(text),
        ])
        return [text, matches.map(({ id }) => id).sort()]
      }),
    )
    const held = texts.map((text) => {
      const query = parseQuery(type, text, { at: 'test', parse })
      const ofType = kept.filter(({ resourceType }) => resourceType === type)
      return [
        text,
        ofType
          .filter((each) => allHold(query, indexOf(each, parse)))
          .map(({ id }) => id)
          .sort(),
      ]
    })

    deepEqual(held, found)
  })
