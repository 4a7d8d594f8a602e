/** FHIR R4 searchparameter.html §9.4: an institution's own search parameters, indexed while everybody works. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { OutcomeError, type Resource } from '@xinglin/fhir'
import { aPatient } from '@xinglin/testkit'
import { emptyRecord, qilu, store, union } from '../fixtures.ts'
import { createRecords, type Records } from '../records.ts'

const bloodUrl = 'http://qilu.test/StructureDefinition/blood'
const patient = (id: string, type: string) =>
  aPatient({
    id,
    extension: [{ url: bloodUrl, valueCodeableConcept: { coding: [{ system: 'urn:abo', code: type }] } }],
  })
const blood: Resource & { id: string } = {
  resourceType: 'SearchParameter',
  id: 'blood',
  url: 'http://qilu.test/SearchParameter/blood',
  name: 'blood',
  description: 'Blood group',
  status: 'active',
  code: 'blood',
  base: ['Patient'],
  type: 'token',
  expression: `Patient.extension('${bloodUrl}').value`,
}

async function find(
  records: Records,
  name: string,
  value: string,
  tenant = qilu.tenant,
): Promise<readonly string[] | string> {
  try {
    return (await records.search(tenant, 'Patient', [[name, value]])).matches.map(({ id }) => id).sort()
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return `${error.failure} ${error.outcome.issue[0]?.details?.coding?.[0]?.code}`
  }
}

/** Runs the steps of the job, as its process does, until all own parameters are ready. */
async function untilIndexed(records: Records): Promise<void> {
  while (!(await records.reindex()).isDone) await sleep(50)
}

/** As long as a process goes by what it knows. */
const heardMs = 1_100

test('a SearchParameter is refused while older resources are indexed, then finds old and new in every process', async () => {
  const { records, database, events, runtime, keys } = await emptyRecord()
  const other = createRecords({ database, events, runtime, keys })
  await store(records, patient('old', 'A'), patient('older', 'B'))
  assert.equal(await find(other, 'blood', 'A'), 'invalid search.unknown-parameter')

  await store(records, blood)
  const during = await find(records, 'blood', 'A')
  await store(records, patient('meanwhile', 'A'))
  await untilIndexed(records)
  await store(other, patient('new', 'A'))

  assert.equal(during, 'busy records.indexing')
  assert.deepEqual(await find(records, 'blood', 'urn:abo|A'), ['meanwhile', 'new', 'old'])
  assert.deepEqual(await find(other, 'blood', 'A'), ['meanwhile', 'new', 'old'])
  assert.deepEqual(await find(other, 'blood:missing', 'true'), [])
  assert.deepEqual(
    (await records.ownParameters(qilu.tenant)).map(({ id, state, share }) => [id, state, share]),
    [['blood', 'ready', 1]],
  )
  assert.equal(await find(records, 'blood', 'A', union.tenant), 'invalid search.unknown-parameter')

  await records.commit(qilu, (unit) => unit.write([{ kind: 'delete', type: 'SearchParameter', id: 'blood' }]))
  assert.equal(await find(records, 'blood', 'A'), 'invalid search.unknown-parameter')
  await sleep(heardMs)
  assert.equal(await find(other, 'blood', 'A'), 'invalid search.unknown-parameter')
})

test('a changed expression is indexed anew, and a parameter that is retired is forgotten', async () => {
  const { records } = await emptyRecord()
  await store(records, aPatient({ id: 'p1', multipleBirthInteger: 2 }), blood)
  await untilIndexed(records)

  const birth = { ...blood, type: 'number' as const, expression: 'Patient.multipleBirth.ofType(integer)' }
  const write = (resource: Resource) =>
    records.commit(qilu, (unit) => unit.write([{ kind: 'update', resource }]))
  await write(birth)
  assert.equal(await find(records, 'blood', 'ge2'), 'busy records.indexing')
  await untilIndexed(records)
  assert.deepEqual(await find(records, 'blood', 'ge2'), ['p1'])
  assert.deepEqual(await find(records, '_filter', 'blood gt 1 and blood pr true'), ['p1'])
  assert.deepEqual(
    await find(records, '_has:Observation:subject:blood', '2'),
    'invalid search.unknown-parameter',
  )

  await write({ ...birth, description: 'Number among those born together' })
  assert.deepEqual(await find(records, 'blood', 'ge2'), ['p1'])
  await write({ ...birth, status: 'retired' } as Resource)
  assert.equal(await find(records, 'blood', 'ge2'), 'invalid search.unknown-parameter')
})

test("§3.1.1.5 answers are sorted, and others brought along, by parameters of one's own", async () => {
  const { records } = await emptyRecord()
  const twin: Resource & { id: string } = {
    ...blood,
    id: 'twin',
    code: 'twin',
    type: 'reference',
    target: ['Patient'],
    expression: "Patient.link.where(type='seealso').other",
  }
  const other = { reference: 'Patient/p1' }
  await store(records, blood, twin)
  await untilIndexed(records)
  await store(records, patient('p1', 'B'), {
    ...patient('p2', 'A'),
    link: [{ type: 'seealso', other }],
  })
  const ask = async (query: string) => {
    const { matches, included } = await records.search(qilu.tenant, 'Patient', [
      ...new URLSearchParams(query),
    ])
    return [matches.map(({ id }) => id), included.map(({ id }) => id)]
  }

  assert.deepEqual(await ask('_sort=blood'), [['p2', 'p1'], []])
  assert.deepEqual(await ask('_id=p2&_include=Patient:twin'), [['p2'], ['p1']])
  assert.deepEqual(await ask('_id=p1&_revinclude=Patient:twin'), [['p1'], ['p2']])
  assert.deepEqual(await ask('_id=p1&_revinclude=*'), [['p1'], ['p2']])
})

test('§9.4 expressions that are more than paths are evaluated when a resource is indexed', async () => {
  const { records } = await emptyRecord()
  const parameter = (code: string, type: string, expression: string) =>
    ({ ...blood, id: code, code, type, expression }) as Resource & { id: string }
  await store(
    records,
    aPatient({ id: 'early', name: [{ family: 'Verma', given: ['Asha', 'Devi'] }], multipleBirthInteger: 2 }),
    parameter(
      'initial',
      'token',
      'Patient.name.where(use.exists().not()).given.first().substring(0, 1).lower()',
    ),
    parameter('named', 'token', 'Patient.name.given.count() > 1'),
    parameter('whole', 'string', "Patient.name.select(given.first() & ' ' & family)"),
    parameter('caretaker', 'reference', 'Patient.generalPractitioner.where(resolve() is Practitioner)'),
    parameter(
      'since',
      'date',
      'Patient.identifier.period.start | iif(deceased.exists(), deceased.ofType(dateTime), birthDate)',
    ),
  )
  await untilIndexed(records)
  await store(
    records,
    aPatient({
      id: 'late',
      name: [{ family: 'Martin', given: ['Leo'] }],
      birthDate: '1999-03-02',
      generalPractitioner: [{ reference: 'Organization/o1' }, { reference: 'Practitioner/d1' }],
    }),
  )
  const ask = async (query: string) =>
    (await records.search(qilu.tenant, 'Patient', [...new URLSearchParams(query)])).matches
      .map(({ id }) => id)
      .sort()

  assert.deepEqual(await ask('initial=a'), ['early'])
  assert.deepEqual(await ask('initial=l'), ['late'])
  assert.deepEqual(await ask('named=true'), ['early'])
  assert.deepEqual(await ask('named=false'), ['late'])
  assert.deepEqual(await ask('whole=leo mar'), ['late'])
  assert.deepEqual(await ask('caretaker=Practitioner/d1'), ['late'])
  assert.deepEqual(await ask('caretaker=Organization/o1'), [])
  assert.deepEqual(await ask('since=1999-03'), ['late'])
})

test('what cannot be indexed is stored, and the search by it says why it is not', async () => {
  const { records } = await emptyRecord()
  const variants: Readonly<Record<string, object>> = {
    'r4-has-it': { code: 'gender', expression: 'Patient.gender' },
    special: { code: 'a1', type: 'special' },
    function: { code: 'a2', expression: "Patient.name.given.matches('(a+)+')" },
    truth: { code: 'a5', type: 'date', expression: 'Patient.name.exists()' },
    nowhere: { code: 'a3', expression: 'Patient.shoeSize' },
    everything: { code: 'a4', base: ['Resource'] },
    double: { code: 'blood' },
  }
  await store(
    records,
    blood,
    ...Object.entries(variants).map(([id, part]) => ({ ...blood, ...part, id }) as Resource),
  )

  const states = (await records.ownParameters(qilu.tenant)).map(({ id, state, reason }) => [
    id,
    state,
    reason,
  ])
  assert.deepEqual(states, [
    ['special', 'refused', 'parameters of type special are not indexed'],
    ['function', 'refused', 'its expression cannot be evaluated: matches() is not known here (Patient)'],
    ['nowhere', 'refused', 'its expression cannot be evaluated: Patient has no element shoeSize (Patient)'],
    ['everything', 'refused', 'its base must name at most 20 resource types'],
    ['truth', 'refused', 'its expression finds nothing that is a date (Patient)'],
    ['blood', 'announced', undefined],
    ['double', 'refused', 'SearchParameter/blood has that code already'],
    ['r4-has-it', 'refused', 'R4 defines gender of Patient already'],
  ])
  assert.equal(await find(records, 'a2', 'A'), 'invalid records.parameter-refused')
})
