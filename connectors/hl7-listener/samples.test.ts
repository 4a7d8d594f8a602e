/** Published messages of others go through the door; those of types that it maps are accepted, and known facts come out. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Observation, Patient } from '@xinglin/fhir'
import { aDoor } from './fixtures/door.ts'
import { told } from './fixtures/sender.ts'

const data = new URL('../../../shared/data/', import.meta.url)

/** In original mode, so that there is one answer to each. */
function original(text: string): string {
  const [header = '', ...rest] = text.split(/\r\n|\r|\n/)
  const fields = header.split('|')
  fields[14] = ''
  if (fields.length > 15) fields[15] = ''
  return [fields.join('|'), ...rest].join('\r')
}

const types =
  /^(?:ADT-A(?:01|02|03|04|05|06|07|08|09|10|11|13|14|15|16|25|26|27|28|31|40|47)|ORU|ORM|OML|MDHHS-OML|SIU|RDE|RDS|MDM|VXU)/

/** What is refused, with its reason; the list only shrinks. */
const refused: Readonly<Record<string, string>> = {
  // An OBR with neither placer nor filler number, in ORC or OBR: nothing could ever find that order again.
  'OML-O21-03.hl7': 'AE 101 OBR-2 hl7.required-field',
  // Orders of medicines (RXO), diets and supplies: an ORC without OBR.
  'ORM-O01-04.hl7': 'AE 100 OBR hl7.segment-sequence',
  'ORM-O01-05.hl7': 'AE 100 OBR hl7.segment-sequence',
  'ORM-O01-06.hl7': 'AE 100 OBR hl7.segment-sequence',
  // A message of another type in a file that is named after this one.
  'SIU_12.hl7': 'AR 201 MSH-9 hl7.unsupported-event',
  // They share their visit number with other samples, and arrive earlier than the stay that those began.
  'ADT-A10-01.hl7': 'AE 102 PV1 fhir.invariant',
  'ADT-A10-02.hl7': 'AE 102 PV1 fhir.invariant',
  // An OBX without OBX-3 (SCV group): a value without a name is no result.
  'ORU-R01-01.hl7': 'AE 101 OBX[2]-3 hl7.required-field',
}

test('messages of whole patient pathways are accepted', async (t) => {
  if (!existsSync(data)) return t.skip('the sample data are not here')
  const door = await aDoor()
  const messages = readFileSync(new URL('hl7v2-simhospital/messages.out', data), 'utf8')
    .split(/\n+(?=MSH)/)
    .filter((text) => /^MSH.*\|(?:ADT\^A0[1-48]|ORU\^R01|ORM\^O01)\|/.test(text))
    .slice(0, 120)

  const answers: string[] = []
  for (const text of messages) answers.push(told(await door.sender.ask(original(text))))

  assert.equal(messages.length, 120)
  assert.deepEqual(
    answers.filter((answer) => answer !== 'AA'),
    [],
  )
})

test('messages of the types of this door are accepted, but for those that name what they lack', async (t) => {
  if (!existsSync(data)) return t.skip('the sample data are not here')
  const door = await aDoor()
  const files = readdirSync(new URL('hl7v2-ms-converter/input/', data)).filter((name) => types.test(name))

  const answers: Record<string, string> = {}
  for (const name of files) {
    const text = readFileSync(new URL(`hl7v2-ms-converter/input/${name}`, data), 'utf8')
    answers[name] = told(await door.sender.ask(original(text)))
  }

  assert.deepEqual(answers, Object.fromEntries(files.map((name) => [name, refused[name] ?? 'AA'])))
})

test('known facts of an admission and of a result come out', async (t) => {
  if (!existsSync(data)) return t.skip('the sample data are not here')
  const door = await aDoor()
  for (const name of ['ADT-A01-01.hl7', 'ORU-R01-RMGEAD.hl7']) {
    await door.sender.ask(original(readFileSync(new URL(`hl7v2-ms-converter/input/${name}`, data), 'utf8')))
  }

  const patients = (await door.all('Patient')) as Patient[]
  const admitted = patients.find(({ birthDate }) => birthDate === factsOf('ADT_A01/ADT-A01-01').birthDate)
  const observations = (await door.all('Observation')) as Observation[]
  const expected = factsOf('ADT_A01/ADT-A01-01')
  assert.deepEqual(
    [admitted?.gender, admitted?.name?.[0]?.family, admitted?.name?.[0]?.given?.[0]],
    [expected.gender, expected.family, expected.given],
  )
  const values = resourcesOf('ORU_R01/ORU-R01-RMGEAD', 'Observation').map(
    ({ valueQuantity }) => valueQuantity?.value,
  )
  assert.ok(values.length > 0)
  for (const value of values)
    assert.ok(observations.some(({ valueQuantity }) => valueQuantity?.value === value))
})

type Expected = Pick<Patient, 'birthDate' | 'gender' | 'name'> & Pick<Observation, 'valueQuantity'>

function resourcesOf(file: string, type: string): readonly Expected[] {
  const url = new URL(`hl7v2-ms-converter/expected-fhir/${file}-expected.json`, data)
  const bundle: { entry: { resource: Expected & { resourceType: string } }[] } = JSON.parse(
    readFileSync(url, 'utf8'),
  )
  return bundle.entry.map(({ resource }) => resource).filter((resource) => resource.resourceType === type)
}

function factsOf(file: string) {
  const [patient] = resourcesOf(file, 'Patient')
  const name = patient?.name?.[0]
  return {
    birthDate: patient?.birthDate,
    gender: patient?.gender,
    family: name?.family,
    given: name?.given?.[0],
  }
}
