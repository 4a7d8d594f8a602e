/** Who finds whose record: policies, relations, labels, hidden elements and walls, seen through the guarded record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { OutcomeError, type Resource } from '@xinglin/fhir'
import type { Query } from '@xinglin/records'
import type { Actor, Policy } from '../identity.ts'
import { auditLines, lastAuditId, refusalOf, signedInPerson, testIdentity } from '../test-identity.ts'
import { rebuildRelations } from './derive.ts'

const v3Act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

const ownPatients: Policy = {
  id: 'ward-doctors',
  title: { zh: '病区医生', en: 'Ward doctors' },
  role: 'clinician',
  types: ['*'],
  interactions: 'crus',
  patients: 'own-patients',
  afterDays: 30,
  purposes: [],
  hidden: [],
  isActive: true,
}

const patient = (id: string, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  name: [{ family: id }],
  gender: 'female',
  telecom: [{ system: 'phone', value: '13800000000' }],
  ...more,
})
const encounter = (id: string, of: string, more: object = {}) => ({
  resourceType: 'Encounter',
  id,
  status: 'in-progress',
  class: { system: v3Act, code: 'IMP' },
  subject: { reference: `Patient/${of}` },
  ...more,
})
const by = (practitioner: string) => ({
  participant: [{ individual: { reference: `Practitioner/${practitioner}` } }],
})
const glucose = (id: string, of: string, value: number) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '15074-8' }] },
  subject: { reference: `Patient/${of}` },
  effectiveDateTime: '2026-03-01',
  valueQuantity: { value, unit: 'mmol/L' },
})

const record = [
  { resourceType: 'Organization', id: 'cardiology', name: 'Cardiology' },
  patient('asha'),
  patient('bo'),
  patient('cai'),
  patient('vera', { meta: { security: [{ system: v3Act, code: 'CEL' }] } }),
  encounter('asha-stay', 'asha', by('li')),
  encounter('vera-stay', 'vera', by('li')),
  encounter('bo-stay', 'bo', { serviceProvider: { reference: 'Organization/cardiology' } }),
  encounter('cai-stay', 'cai', by('wang')),
  glucose('asha-glucose', 'asha', 5),
  glucose('bo-glucose', 'bo', 9),
  glucose('cai-glucose', 'cai', 21),
  glucose('vera-glucose', 'vera', 7),
  { ...glucose('asha-hiv', 'asha', 1), meta: { security: [{ system: v3Act, code: 'HIV' }] } },
] as unknown as readonly Resource[]

const of = await testIdentity()
const { actor } = await signedInPerson(of, { login: 'li', roles: ['clinician'] })
const li: Actor = { ...actor, practitioner: 'li' }
const practitioner = {
  resourceType: 'Practitioner',
  id: 'li',
  identifier: [{ system: 'urn:xinglin:account', value: li.reference }],
} as Resource
await of.records.commit({ tenant: li.tenant, actor: 'system/test' }, (unit) =>
  unit.write([practitioner, ...record].map((resource) => ({ kind: 'update' as const, resource }))),
)

const found = async (actor: Actor, type: 'Patient' | 'Observation' | 'Encounter', query: Query = []) =>
  (await of.identity.recordsFor(actor).search(type, query)).matches.map(({ id }) => id).sort()
const save = (policy: Policy) => of.identity.policies.save(of.administrator, { policy, reason: 'tested' })

test('without a policy a clinician finds everybody, but nothing that bears a label he has no right to', async () => {
  assert.deepEqual(await found(li, 'Patient'), ['asha', 'bo', 'cai'])
  assert.deepEqual(await found(li, 'Observation'), ['asha-glucose', 'bo-glucose', 'cai-glucose'])
  assert.deepEqual(await found(of.administrator, 'Patient'), ['asha', 'bo', 'cai', 'vera'])
  assert.equal(await of.identity.recordsFor(li).read('Observation', 'vera-glucose'), undefined)
})

test('a policy narrows reads and searches to the patients that he cares for', async () => {
  await save(ownPatients)
  assert.deepEqual(await found(li, 'Patient'), ['asha'])
  assert.deepEqual(await found(li, 'Observation', [['code', '15074-8']]), ['asha-glucose'])
  const records = of.identity.recordsFor(li)
  assert.equal((await records.read('Patient', 'asha'))?.id, 'asha')
  assert.equal(await records.read('Patient', 'cai'), undefined)
  assert.equal(await records.read('Observation', 'cai-glucose'), undefined)
  assert.equal(await records.readVersion('Observation', 'cai-glucose', 1), undefined)
  assert.equal(await records.readAsOf('Observation', 'cai-glucose', of.runtime.now()), undefined)
  assert.deepEqual((await records.history({ type: 'Observation', id: 'cai-glucose', count: 9 })).versions, [])
  assert.equal((await records.read('Organization', 'cardiology'))?.id, 'cardiology')
})

test('what is hidden takes no part in counts, chains, _has, includes, sort or compartments', async () => {
  const records = of.identity.recordsFor(li)
  const total = async (type: 'Patient' | 'Observation', query: Query) =>
    (await records.search(type, [...query, ['_total', 'accurate']])).total
  assert.equal(await total('Observation', []), 1)
  assert.equal((await records.search('Observation', [['_summary', 'count']])).total, 1)
  assert.equal((await records.search('Observation', [['_total', 'estimate']])).total, 1)
  assert.equal(await total('Observation', [['value-quantity', 'gt20']]), 0)
  assert.equal(await total('Observation', [['patient.name', 'cai']]), 0)
  assert.equal(await total('Patient', [['_has:Observation:patient:value-quantity', 'gt20']]), 0)
  assert.equal(await total('Observation', [['_filter', 'patient.name eq "cai"']]), 0)
  const organization = await records.search('Organization', [['_revinclude', 'Encounter:service-provider']])
  assert.deepEqual(organization.included, [])
  const sorted = await records.search('Observation', [['_sort', '-value-quantity']])
  assert.deepEqual(
    sorted.matches.map(({ id }) => id),
    ['asha-glucose'],
  )
  const chart = await records.compartment({ of: { type: 'Patient', id: 'cai' }, count: 50 })
  assert.deepEqual({ ...chart }, { members: [], referred: [] })
  const all = await records.history({ count: 100 })
  assert.deepEqual(
    all.versions.map(({ id }) => id).filter((id) => /cai|bo|vera/.test(id)),
    [],
  )
  const past = await records.search('Observation', [
    ['patient', 'Patient/cai'],
    ['_asOf', of.runtime.now()],
  ])
  assert.deepEqual(past.matches, [])
  const exported = await records.snapshot({ type: 'Patient', at: of.runtime.now(), count: 100 })
  assert.deepEqual(
    exported.versions.map(({ id }) => id),
    ['asha'],
  )
})

test('the trail tells who was refused and by what, though the answer says that nothing is there', async () => {
  const after = await lastAuditId(of)
  await of.identity.recordsFor(li).read('Patient', 'cai')
  await of.identity.recordsFor(li).read('Patient', 'nobody')
  await lastAuditId(of)
  assert.deepEqual(await auditLines(of, after), [
    'refused read Patient hidden by policy',
    'allowed read Patient not found',
  ])
})

test('a relation acts with the commit that states it, and ends with it', async () => {
  const write = (resource: object) =>
    of.records.commit({ tenant: li.tenant, actor: 'system/test' }, (unit) =>
      unit.write([{ kind: 'update', resource: resource as Resource }]),
    )
  const team = {
    resourceType: 'CareTeam',
    id: 'cai-team',
    status: 'active',
    subject: { reference: 'Patient/cai' },
    participant: [{ member: { reference: 'Practitioner/li' } }],
  }
  await write(team)
  assert.deepEqual(await found(li, 'Patient'), ['asha', 'cai'])
  await write({ ...team, period: { end: '2020-01-01' } })
  assert.deepEqual(await found(li, 'Patient'), ['asha'])
})

test('a department sees the patients of its encounters, by the positions of the practitioner', async () => {
  await of.records.commit({ tenant: li.tenant, actor: 'system/test' }, (unit) =>
    unit.write([
      {
        kind: 'update',
        resource: {
          resourceType: 'PractitionerRole',
          id: 'li-cardiology',
          practitioner: { reference: 'Practitioner/li' },
          organization: { reference: 'Organization/cardiology' },
        } as Resource,
      },
    ]),
  )
  await save({ ...ownPatients, id: 'departments', patients: 'own-department' })
  // Positions are looked up anew after seconds; this process has no live log to tell it sooner.
  const later = { ...li, departments: ['none'] }
  assert.deepEqual(await found(later, 'Patient'), ['asha', 'bo'])
  await of.identity.policies.remove(of.administrator, { id: 'departments', reason: 'tested' })
})

test('who does not see a resource neither changes nor deletes it, nor writes into a chart beyond his own', async () => {
  const records = of.identity.recordsFor(li)
  const write = (resource: object) =>
    refusalOf(() =>
      records.commit((unit) => unit.write([{ kind: 'update', resource: resource as Resource }])),
    )
  assert.equal(await write(glucose('cai-glucose', 'asha', 1)), 'notFound access.not-found')
  assert.equal(await write(glucose('new-glucose', 'cai', 1)), 'notFound access.not-found')
  assert.equal(await write(glucose('asha-glucose', 'cai', 1)), 'forbidden access.not-allowed')
  assert.equal(await write(glucose('asha-glucose', 'asha', 6)), 'done')
  assert.equal(
    await refusalOf(() =>
      records.commit((unit) => unit.read('Patient', 'cai').then((seen) => assert.equal(seen, undefined))),
    ),
    'done',
  )
})

test('a refusal by policy names the policy in both languages, and nothing of the row', async () => {
  const writing = of.identity
    .recordsFor(li)
    .commit((unit) =>
      unit.write([{ kind: 'update', resource: glucose('asha-glucose', 'cai', 1) as unknown as Resource }]),
    )
  const refusal = await writing.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(refusal instanceof OutcomeError)
  assert.equal(
    refusal.message,
    'this Observation would stand beyond what you may write (policy ward-doctors)',
  )
  assert.deepEqual(refusal.values, {
    interaction: 'update',
    type: 'Observation',
    rules: '策略“病区医生”',
  })
})

test('a hidden element is not shown, searched, sorted by, chained through or written', async () => {
  await save({ ...ownPatients, hidden: ['Patient.telecom', 'Observation.value'] })
  const records = of.identity.recordsFor(li)
  const read = JSON.parse((await records.read('Patient', 'asha'))?.json ?? '{}')
  assert.equal(read.telecom, undefined)
  assert.equal(read.meta.tag[0].code, 'SUBSETTED')
  const refused = (type: 'Patient' | 'Observation' | 'Encounter', query: Query) =>
    refusalOf(() => records.search(type, query))
  assert.equal(await refused('Patient', [['telecom', '13800000000']]), 'forbidden records.not-compared')
  assert.equal(await refused('Patient', [['phone', '13800000000']]), 'forbidden records.not-compared')
  assert.equal(await refused('Encounter', [['patient.telecom', '1']]), 'forbidden records.not-compared')
  assert.equal(await refused('Observation', [['_sort', 'value-quantity']]), 'forbidden records.not-compared')
  assert.equal(
    await refused('Patient', [['_has:Observation:patient:value-quantity', 'gt1']]),
    'forbidden records.not-compared',
  )
  assert.equal(await refused('Patient', [['_content', '138']]), 'forbidden records.not-compared')
  assert.equal(await refused('Patient', [['name', 'asha']]), 'done')
  assert.equal(
    await refusalOf(() =>
      records.commit((unit) => unit.write([{ kind: 'update', resource: patient('asha') as Resource }])),
    ),
    'forbidden access.not-allowed',
  )
  await save(ownPatients)
})

test('a policy for a purpose gives nothing to other purposes', async () => {
  await save({ ...ownPatients, purposes: ['HPAYMT'] })
  assert.deepEqual(await found(li, 'Patient'), [])
  assert.deepEqual(await found({ ...li, purpose: 'HPAYMT' }, 'Patient'), ['asha'])
  await save(ownPatients)
})

test('treatment is stated by everybody, another purpose by whom a policy names for it, an emergency by nobody', async () => {
  const { statePurpose } = of.identity
  const said = async (purpose: string, whom: Actor = li) => {
    const before = await lastAuditId(of)
    const told = await refusalOf(async () => statePurpose(whom, purpose))
    await of.identity.stop()
    return [told, ...(await auditLines(of, before))]
  }
  assert.deepEqual(await said('COC'), ['done'])
  assert.deepEqual(await said('CLINTRCH'), [
    'forbidden identity.purpose-not-yours',
    'refused state-purpose CLINTRCH',
  ])
  assert.deepEqual(await said('BTG'), ['forbidden identity.purpose-not-yours', 'refused state-purpose BTG'])
  assert.deepEqual(await said('CURIOSITY'), ['invalid identity.purpose-unknown'])
  await save({ ...ownPatients, id: 'studies', patients: 'tenant', purposes: ['HRESCH'] })
  assert.deepEqual(await said('CLINTRCH'), ['done'])
  const registry: Actor = { ...li, kind: 'client', id: 'registry', reference: 'client/registry', roles: [] }
  assert.deepEqual(await said('PUBHLTH', registry), [
    'forbidden identity.purpose-not-yours',
    'refused state-purpose PUBHLTH',
  ])
  await save({ ...ownPatients, id: 'registry', role: 'client/registry', purposes: ['PUBHLTH'] })
  assert.deepEqual(await said('PUBHLTH', registry), ['done'])
  for (const id of ['studies', 'registry'])
    await of.identity.policies.remove(of.administrator, { id, reason: 'tested' })
})

test('scopes with search arguments and a patient bind an app to those rows', async () => {
  const app: Actor = {
    ...of.administrator,
    client: 'app',
    scopes: [
      'patient/Observation.rs?code=http://loinc.org|15074-8',
      'patient/Patient.rs',
      'xinglin/access.*',
    ],
    patientContext: 'bo',
  }
  assert.deepEqual(await found(app, 'Observation'), ['bo-glucose'])
  assert.deepEqual(await found(app, 'Patient'), ['bo'])
  const other = { ...app, scopes: ['patient/Observation.rs?code=http://loinc.org|other'] }
  assert.deepEqual(await found(other, 'Observation'), [])
})

test('another institution sees nothing of this one, whatever its policies say', async () => {
  await of.database.query(sql`insert into identity.tenant (id, name) values (2, 'Other')`)
  const other: Actor = { ...of.administrator, tenant: 2 as TenantId }
  assert.deepEqual(await found(other, 'Patient'), [])
  assert.equal(await of.identity.recordsFor(other).read('Patient', 'asha'), undefined)
  const chart = await of.identity
    .recordsFor(other)
    .compartment({ of: { type: 'Patient', id: 'asha' }, count: 9 })
  assert.deepEqual(chart.members, [])
})

test('why somebody does not see a resource is told step by step', async () => {
  const explanation = await of.identity.explain(of.administrator, {
    actor: li.reference,
    type: 'Observation',
    id: 'vera-glucose',
    interaction: 'read',
  })
  assert.deepEqual(
    explanation.steps.map(({ source, verdict, parts }) => [
      source,
      verdict,
      parts
        .filter(({ effect, holds }) => (effect === 'allow') !== holds)
        .map(({ reason }) => reason.join(' ')),
    ]),
    [
      ['right', 'passes', []],
      ['policy', 'passes', []],
      ['label', 'refuses', ['label access.sensitive-vip.read']],
    ],
  )
})

test('relations made anew from the record are the relations that stood', async () => {
  const dump = () => of.database.query(sql`select * from access.relation order by source, holder, patient`)
  const stood = await dump()
  await of.database.query(sql`delete from access.relation`)
  await rebuildRelations({ records: of.records, runtime: of.runtime }, li.tenant)
  assert.ok(stood.length > 0)
  assert.deepEqual(await dump(), stood)
})

test('a broken policy is refused by name', async () => {
  const refused = async (policy: Policy) => {
    try {
      await save(policy)
      return 'done'
    } catch (error) {
      if (!(error instanceof OutcomeError)) throw error
      return error.outcome.issue[0]?.expression?.[0]
    }
  }
  assert.equal(await refused({ ...ownPatients, interactions: 'sr' }), 'interactions')
  assert.equal(await refused({ ...ownPatients, types: ['Nothing'] }), 'types')
  assert.equal(await refused({ ...ownPatients, role: 'nobody' }), 'role')
  assert.equal(await refused({ ...ownPatients, role: 'administrator' }), 'role')
  assert.equal(await refused({ ...ownPatients, hidden: ['Patient.id'] }), 'hidden')
})

test('the first label that an institution ever has acts with its commit', async () => {
  const fresh = await testIdentity()
  const { actor: looking } = await signedInPerson(fresh, { login: 'sun', roles: ['technician'] })
  const put = (resource: object) =>
    fresh.records.commit({ tenant: looking.tenant, actor: 'system/test' }, (unit) =>
      unit.write([{ kind: 'update', resource: resource as Resource }]),
    )
  const seen = async () => (await fresh.identity.recordsFor(looking).search('Patient', [])).matches.length
  await put(patient('asha'))
  assert.equal(await seen(), 1)
  await put(patient('asha', { meta: { security: [{ system: v3Act, code: 'CEL' }] } }))
  assert.equal(await seen(), 0)
})
