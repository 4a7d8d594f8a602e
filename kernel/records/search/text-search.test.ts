/** FHIR R4 search.html §3.1.1.4.3-4 `:text`, `_text`, `_content`, search_filter.html `_filter`, location.html §8.7.6 `near`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { epochMs, OutcomeError, type Resource, type ResourceType } from '@xinglin/fhir'
import { parseParameter } from '@xinglin/fhir/search'
import { aPatient, aResult, asha } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'
import { naiveSearch } from './naive-search.ts'

const snomed = 'http://snomed.info/sct'
const diagnosis = (id: string, display: string, text?: string): Resource & { id: string } => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/asha', display: '张三' },
  code: { coding: [{ system: snomed, code: id, display }], ...(text === undefined ? {} : { text }) },
})
const clinic = (id: string, latitude: number, longitude: number): Resource & { id: string } => ({
  resourceType: 'Location',
  id,
  name: `Clinic ${id}`,
  position: { latitude, longitude },
})
const narrated: Resource & { id: string } = {
  resourceType: 'Observation',
  id: 'scan',
  status: 'final',
  subject: { reference: 'Patient/asha' },
  code: { text: 'CT of the liver' },
  note: [{ text: 'Métastases in the <i>bone</i>, none elsewhere' }],
  text: {
    status: 'generated',
    div: '<div xmlns="http://www.w3.org/1999/xhtml">Liver <b>lesion</b>，考虑转移</div>',
  },
}
const resources = [
  asha,
  aPatient({ id: 'peter', name: [{ family: 'Chalmers', given: ['Peter'] }], birthDate: '1974-12-25' }),
  aPatient({ id: 'pia', name: [{ family: 'Pieters', given: ['Pía'] }], birthDate: '1990-01-01' }),
  diagnosis('38341003', 'Hypertensive disorder', '高血压'),
  diagnosis('44054006', 'Diabetes mellitus type 2', '2型糖尿病'),
  diagnosis('46635009', 'Diabetes mellitus type 1'),
  { ...aResult({ for: asha, id: 'potassium' }) },
  narrated,
  clinic('jinan', 36.65, 117.0),
  clinic('qingdao', 36.07, 120.38),
  clinic('fiji', -17.7, 179.9),
].map((resource) => resource as Resource & { readonly id: string })

const { records, runtime } = await emptyRecord()
await store(records, ...resources)
const naive = naiveSearch(resources, runtime.timeZone)

/** Ids that a search finds, which are those that a look at each resource finds. */
async function find(type: ResourceType, name: string, value: string): Promise<readonly string[]> {
  const page = await records.search(qilu.tenant, type, [[name, value]])
  const ids = page.matches.map(({ id }) => id).sort()
  const options = { timeZone: runtime.timeZone, nowMs: epochMs(runtime.now()) }
  assert.deepEqual(ids, naive.find(type, [parseParameter(type, name, value, options)]), `${name}=${value}`)
  return ids
}

async function refusal(type: ResourceType, name: string, value: string): Promise<string | undefined> {
  try {
    await records.search(qilu.tenant, type, [[name, value]])
    return undefined
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return `${error.failure} ${error.outcome.issue[0]?.details?.coding?.[0]?.code}`
  }
}

test('§3.1.1.4.4 :text finds codes by words of their display or text, in Chinese and by its pinyin too', async () => {
  assert.deepEqual(await find('Condition', 'code:text', 'DIABETES type'), ['44054006', '46635009'])
  assert.deepEqual(await find('Condition', 'code:text', '血压'), ['38341003'])
  assert.deepEqual(await find('Condition', 'code:text', 'gxy,type 1'), ['38341003', '46635009'])
  assert.deepEqual(await find('Condition', 'code:text', 'asthma'), [])
})

test('§3.1.1.4.4 :text finds references by what is written beside them, and stands in chains', async () => {
  assert.equal((await find('Condition', 'subject:text', 'zhangsan')).length, 3)
  assert.deepEqual(await find('Patient', '_has:Condition:subject:code:text', 'hypertensive'), ['asha'])
})

test('§3.1.1.4.3 _text finds words of the narrative without its tags', async () => {
  assert.deepEqual(await find('Observation', '_text', 'liver LESION'), ['scan'])
  assert.deepEqual(await find('Observation', '_text', '转移'), ['scan'])
  assert.deepEqual(await find('Observation', '_text', 'div'), [])
  assert.deepEqual(await find('Observation', '_text', 'bone'), [])
})

test('§3.1.1.4.3 _content finds words of the whole resource, with or, and, parentheses and quotation marks', async () => {
  assert.deepEqual(await find('Observation', '_content', '(bone OR lung) and metastases'), ['scan'])
  assert.deepEqual(await find('Observation', '_content', '"ct of the liver"'), ['scan'])
  assert.deepEqual(await find('Observation', '_content', '"liver the of"'), [])
  assert.equal(await refusal('Observation', '_content', '(bone'), 'invalid search.bad-value')
})

test('search_filter.html §3.1.3 _filter compares, joins from left to right, and negates', async () => {
  const patients = (filter: string) => find('Patient', '_filter', filter)

  assert.deepEqual(await patients('given eq "peter" and birthdate ge 1970-01-01'), ['peter'])
  assert.deepEqual(await patients('given eq "pet"'), [])
  assert.deepEqual(await patients('given sw "pe" or given eq "PIA"'), ['peter', 'pia'])
  assert.deepEqual(await patients('family ew "ers" and not (given co "et")'), ['pia'])
  assert.deepEqual(await patients('family co "ter"'), ['pia'])
  assert.deepEqual(await patients('birthdate po 1974-12 or (birthdate gt 1989 and given ne "Peter")'), [
    'peter',
    'pia',
  ])
  assert.deepEqual(await patients('family pr true and birthdate lt 1980 and given sw "p"'), ['peter'])
})

test('search_filter.html §3.1.3 _filter goes along chains, with brackets for two questions of one resource', async () => {
  const conditions = (filter: string) => find('Condition', '_filter', filter)

  assert.deepEqual(await conditions(`subject.name sw "asha" and code eq ${snomed}|38341003`), ['38341003'])
  assert.deepEqual(await conditions('subject re Patient/asha and code ne 38341003'), ['44054006', '46635009'])
  assert.equal((await conditions('subject:Patient[name sw "asha"]._id eq asha')).length, 3)
  assert.deepEqual(await conditions('subject:Patient[name eq "nobody"]._id eq asha'), [])
})

test('search_filter.html §3.1.3 what cannot be read or compared is refused with its place', async () => {
  const refused = (filter: string) => refusal('Patient', '_filter', filter)

  assert.equal(await refused('given eq'), 'invalid search.bad-filter')
  assert.equal(await refused('given like "x"'), 'invalid search.bad-filter')
  assert.equal(await refused('(given eq x'), 'invalid search.bad-filter')
  assert.equal(await refused('gender co "m"'), 'invalid search.bad-filter')
  assert.equal(await refused('shoe eq 43'), 'invalid search.unknown-parameter')
  assert.equal(await refused(`${'('.repeat(20)}given eq x${')'.repeat(20)}`), 'invalid search.bad-filter')
  assert.equal(await refused(Array(60).fill('given eq x').join(' or ')), 'invalid search.bad-filter')
})

test('location.html §8.7.6 near finds places within a distance, over the date line too', async () => {
  assert.deepEqual(await find('Location', 'near', '36.66|117.01|5|km'), ['jinan'])
  assert.deepEqual(await find('Location', 'near', '36.66|117.01'), ['jinan'])
  assert.deepEqual(await find('Location', 'near', '36.66|117.01|400|km'), ['jinan', 'qingdao'])
  assert.deepEqual(await find('Location', 'near', '36.66|117.01|3000|m'), ['jinan'])
  assert.deepEqual(await find('Location', 'near', '-17.7|-179.9|40|km'), ['fiji'])
  assert.equal(await refusal('Location', 'near', '91|0'), 'invalid search.bad-value')
  assert.equal(await refusal('Location', 'near', '1|1|5|parsec'), 'invalid search.bad-value')
})

test('words alone do not read a large type, beside a patient they do; §3.1.1.5.10 an estimated total is cheap', async () => {
  const { records: large } = await emptyRecord()
  for (let at = 0; at < 5; at += 1)
    await store(
      large,
      ...(at === 0 ? [asha] : []),
      ...Array.from({ length: 1_001 }, () => aResult({ for: asha })),
    )

  await assert.rejects(
    large.search(qilu.tenant, 'Observation', [['_content', 'liver']]),
    (error) => error instanceof OutcomeError && error.failure === 'tooCostly',
  )
  const page = await large.search(qilu.tenant, 'Observation', [
    ['_content', 'liver'],
    ['patient', 'Patient/asha'],
  ])
  assert.deepEqual(page.matches, [])

  const estimate = async (name: string, value: string) =>
    (
      await large.search(qilu.tenant, 'Observation', [
        [name, value],
        ['_total', 'estimate'],
        ['_count', '1'],
      ])
    ).total ?? 0
  assert.equal(await estimate('_id', 'nobody'), 0)
  assert.ok((await estimate('status', 'final')) > 1_000)
})
