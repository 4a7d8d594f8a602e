/** Shared documents end to end: made from the record by one command, versioned, found, read, judged, downloaded. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '@xinglin/app'
import { readDocument, readRoot, validateDocument } from '@xinglin/cda'
import type { DocumentReference, Provenance } from '@xinglin/fhir'
import { maskedFields } from '@xinglin/identity'
import {
  anEncounter,
  aProblem,
  aResult,
  identityNumberSystem,
  testKernel,
  testTenant,
  zhangSan,
} from '@xinglin/testkit'
import { documents } from './app.ts'
import { generateDocument } from './generate/generate-document.ts'
import { refuseMasked } from './masked.ts'

const kernel = await testKernel({ apps: [documents] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/documents.*'])
const records = kernel.identity.recordsFor(kernel.actor)
const inject = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object | string) => {
  const type = typeof payload === 'string' ? { 'content-type': 'application/xml' } : {}
  return kernel.web.http.inject({
    method,
    url: `/api/documents${url}`,
    headers: { ...headers, ...type },
    ...(payload ? { payload } : {}),
  })
}
const make = async (code: string, source: string) =>
  (await inject('POST', '/documents', { code, source })).json()
const xmlOf = async (id: string) => (await inject('GET', `/documents/${id}/xml`)).body
const settings = {
  ...{ custodianName: '杏林医院', custodianId: '400000000', custodianRoot: '2.16.156.10011.1.5' },
  ...{
    documentRoot: '2.16.156.10011.1.1',
    patientRoot: '2.16.156.10011.1.12',
    localRoot: '1.2.156.112636.1',
  },
  automatic: [],
}

await records.commit((unit) =>
  unit.write([
    { kind: 'create', id: zhangSan.id, resource: zhangSan },
    {
      kind: 'create',
      id: 'visit',
      resource: anEncounter({
        for: zhangSan,
        status: 'finished',
        class: {
          system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
          code: 'AMB',
          display: 'ambulatory',
        },
        period: { start: '2026-03-02T07:00:00+08:00', end: '2026-03-02T09:00:00+08:00' },
        reasonCode: [{ text: '口渴、多饮两周' }],
      }),
    },
    {
      kind: 'create',
      id: 'diabetes',
      resource: { ...aProblem({ for: zhangSan }), encounter: { reference: 'Encounter/visit' } },
    },
    {
      kind: 'create',
      id: 'k',
      resource: aResult({ for: zhangSan, value: 6.1, encounter: { reference: 'Encounter/visit' } }),
    },
    {
      kind: 'create',
      id: 'report',
      resource: {
        resourceType: 'DiagnosticReport',
        status: 'final',
        category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }],
        code: { coding: [{ system: 'http://loinc.org', code: '24323-8', display: '生化全项' }] },
        subject: { reference: `Patient/${zhangSan.id}` },
        encounter: { reference: 'Encounter/visit' },
        effectiveDateTime: '2026-03-02T07:30:00+08:00',
        result: [{ reference: 'Observation/k' }],
        conclusion: '血钾升高',
        performer: [{ display: '王检验师' }],
      },
    },
    {
      kind: 'create',
      id: 'drug',
      resource: {
        resourceType: 'MedicationRequest',
        status: 'active',
        intent: 'order',
        subject: { reference: `Patient/${zhangSan.id}` },
        encounter: { reference: 'Encounter/visit' },
        authoredOn: '2026-03-02T08:30:00+08:00',
        medicationCodeableConcept: { text: '二甲双胍片' },
        dosageInstruction: [
          {
            text: '每日两次，每次一片',
            doseAndRate: [{ doseQuantity: { value: 0.5, unit: 'g' } }],
          },
        ],
      },
    },
  ]),
)

test('nothing is made before the institution that keeps documents is named', async () => {
  const refused = await inject('POST', '/documents', { code: 'C0007', source: 'report' })
  assert.equal(refused.statusCode, 409)
  assert.equal((await inject('PUT', '/settings', settings)).json().version, 1)
  assert.deepEqual((await inject('GET', '/settings')).json(), { settings, version: 1 })
})

test('a laboratory report becomes C0007 with header, panel, conclusion and no finding', async () => {
  const { id, versionNumber, isNew } = await make('C0007', 'report')
  assert.deepEqual([versionNumber, isNew], [1, true])
  const xml = await xmlOf(id)
  assert.deepEqual(validateDocument(readRoot(xml)), [])
  const { body, patient, custodian, authors, encounter, code } = readDocument(xml)
  assert.equal(code.code, 'C0007')
  assert.deepEqual(patient.personIds, [
    {
      root: '2.16.156.10011.1.3',
      extension: zhangSan.identifier?.find(({ system }) => system === identityNumberSystem)?.value,
    },
  ])
  assert.deepEqual(patient.gender?.code, '1')
  assert.deepEqual(
    [custodian.name, authors[0]?.name?.text, encounter?.code?.code],
    ['杏林医院', '王检验师', 'AMB'],
  )
  const sections = body.kind === 'structured' ? body.sections : []
  assert.deepEqual(
    sections.map(({ title, entries }) => `${title} ${entries.length}`),
    ['诊断 1', '实验室检验 1', '报告 0'],
  )
  const result = sections[1]?.entries[0]?.related[0]?.statement
  assert.deepEqual(
    [result?.code?.code, result?.values],
    ['2823-3', [{ kind: 'quantity', type: 'PQ', quantity: { value: '6.1', unit: 'mmol/L' } }]],
  )
})

test('every type of a visit and of the patient keeps its rules, and what the record lacks is said', async () => {
  for (const [code, source] of [
    ['C0001', zhangSan.id],
    ['C0002', 'visit'],
    ['C0004', 'visit'],
    ['C0020', 'visit'],
  ] as const) {
    const { id } = await make(code, source)
    assert.deepEqual(validateDocument(readRoot(await xmlOf(id))), [], code)
  }
  const { id } = await make('C0004', 'visit')
  const { body } = readDocument(await xmlOf(id))
  const sections = body.kind === 'structured' ? body.sections : []
  assert.deepEqual(
    sections.map(({ title, nullFlavor }) => [title, nullFlavor]),
    [
      ['诊断', undefined],
      ['用药', undefined],
      ['费用', 'NI'],
    ],
  )
  assert.equal((await inject('POST', '/documents', { code: 'C0053', source: 'visit' })).statusCode, 400)
  assert.equal((await inject('POST', '/documents', { code: 'C0044', source: 'visit' })).statusCode, 400)
})

test('it is made again only when a source changed, and then it replaces the version before', async () => {
  const first = await make('C0007', 'report')
  assert.deepEqual([first.versionNumber, first.isNew], [1, false])
  await records.commit((unit) =>
    unit.write([
      {
        kind: 'update',
        resource: {
          ...aResult({ for: zhangSan, value: 4.1, encounter: { reference: 'Encounter/visit' } }),
          id: 'k',
        },
      },
    ]),
  )
  const second = await make('C0007', 'report')
  assert.deepEqual([second.versionNumber, second.isNew], [2, true])
  const { setId, versionNumber, related } = readDocument(await xmlOf(second.id))
  assert.deepEqual(
    [versionNumber, related[0]?.kind, related[0]?.id.extension],
    [2, 'RPLC', `${setId?.extension}-1`],
  )
  const read = async <T>(type: 'DocumentReference' | 'Provenance', id: string) =>
    JSON.parse((await records.read(type, id))?.json ?? 'null') as T
  const [old, now] = [
    await read<DocumentReference>('DocumentReference', first.id),
    await read<DocumentReference>('DocumentReference', second.id),
  ]
  assert.deepEqual([old.status, now.status, now.docStatus], ['superseded', 'current', 'final'])
  assert.deepEqual(now.relatesTo, [
    { code: 'replaces', target: { reference: `DocumentReference/${first.id}` } },
  ])
  const made = await read<Provenance>('Provenance', `made-${second.id}`)
  assert.deepEqual(
    made.entity?.map(({ what }) => what.reference).filter((each) => each?.startsWith('Observation')),
    ['Observation/k/_history/2'],
  )
})

test('documents are found by patient, type and status, and read with their versions', async () => {
  const find = async (body: object) =>
    (await inject('POST', '/documents/find', body))
      .json()
      .documents.map((line: { code: string; versionNumber: number }) => `${line.code} ${line.versionNumber}`)
  assert.deepEqual((await find({ text: '张三' })).toSorted(), [
    'C0001 1',
    'C0002 1',
    'C0004 1',
    'C0007 2',
    'C0020 1',
  ])
  assert.deepEqual(await find({ code: 'C0007', status: 'any', patient: 'Patient/zhang-san' }), [
    'C0007 2',
    'C0007 1',
  ])
  assert.deepEqual(await find({ text: '李四' }), [])
  assert.deepEqual(await find({ to: '2020-01-01' }), [])
  const { id } = await make('C0007', 'report')
  const answer = (await inject('GET', `/documents/${id}`)).json()
  assert.deepEqual(answer.findings, [])
  assert.deepEqual(
    answer.versions.map(({ versionNumber }: { versionNumber: number }) => versionNumber),
    [2, 1],
  )
  assert.deepEqual(
    [answer.readable.title, answer.readable.patient.name, answer.line.patientName],
    ['检验报告', '张三', '张三'],
  )
  assert.equal((await inject('GET', '/documents/none')).statusCode, 404)
  assert.equal(
    (await inject('GET', '/types')).json().types.filter(({ anchor }: { anchor?: string }) => anchor).length,
    9,
  )
})

test('a label of a source stands on the document, and who does not see the source replaces nothing', async () => {
  const label = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }
  const result = aResult({ for: zhangSan, value: 4, encounter: { reference: 'Encounter/visit' } })
  await records.commit((unit) =>
    unit.write([{ kind: 'update', resource: { ...result, id: 'k', meta: { security: [label] } } }]),
  )
  const refused = await inject('POST', '/documents', { code: 'C0007', source: 'report' })
  assert.deepEqual(
    [refused.statusCode, refused.json().issue[0].details.coding[0].code],
    [403, 'documents.partial'],
  )
  const { id } = await runCommand(kernel)(
    generateDocument(kernel.actor),
    { code: 'C0007', source: 'report' },
    kernel.actor,
  )
  const document = JSON.parse(
    (await records.read('DocumentReference', id))?.json ?? 'null',
  ) as DocumentReference
  assert.deepEqual(document.meta?.security, [label])
})

test('a document of others is judged and forgotten', async () => {
  const { id } = await make('C0001', zhangSan.id)
  const broken = (await xmlOf(id)).replace('<languageCode code="zh-CN"/>', '')
  const { code, findings } = (await inject('POST', '/validate', broken)).json()
  assert.deepEqual(
    [code, findings.map(({ rule, what }: { rule: string; what: string }) => `${rule} ${what}`)],
    ['C0001', ['template-header languageCode']],
  )
  assert.equal((await inject('POST', '/validate', '<!DOCTYPE a><a/>')).statusCode, 400)
})

test('who works under masks makes and reads no document', async () => {
  const technician = { ...kernel.actor, kind: 'user' as const, roles: ['technician'] }
  await refuseMasked(kernel, technician)
  await kernel.identity.masking.set(kernel.actor, {
    ...{ role: 'technician', fields: maskedFields, hasWatermark: false },
    reason: 'work at a counter',
  })
  await assert.rejects(refuseMasked(kernel, technician), { failure: 'forbidden' })
  const asked = { code: 'C0001', source: zhangSan.id }
  await assert.rejects(
    kernel.records.commit({ tenant: testTenant, actor: technician.reference }, (unit) =>
      generateDocument(technician).run(unit, asked, kernel),
    ),
    { failure: 'forbidden' },
  )
})
