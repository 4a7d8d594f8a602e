/** 150 requests that no FHIR server may take, each with the HTTP statuses that answer it rightly. */
import { gzipSync } from 'node:zlib'
import { cuts, randomBytes, times } from './chance.ts'

export type BadRequest = {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly statuses: readonly number[]
}

const json = { 'content-type': 'application/fhir+json' }
const patient = JSON.stringify({
  resourceType: 'Patient',
  name: [{ family: '李', given: ['雷'] }],
  gender: 'male',
  birthDate: '1980-02-29',
})
const post = (
  name: string,
  type: string,
  body: string | Buffer,
  statuses: readonly number[],
  headers: Readonly<Record<string, string>> = json,
): BadRequest => ({ name, method: 'POST', path: `/fhir/R4/${type}`, headers, body, statuses })
const nested = (depth: number, open: string, close: string) =>
  `{"resourceType":"Patient","extension":${open.repeat(depth)}${close.repeat(depth)}}`

/** Elements that are wrong one by one. */
const wrongPatients: readonly object[] = [
  { gender: 'm' },
  { gender: 1 },
  { birthDate: '1980-02-30' },
  { birthDate: '80-01-01' },
  { birthDate: 19800101 },
  { active: 'true' },
  { active: null },
  { name: {} },
  { name: [] },
  { name: [{}] },
  { name: 'Li' },
  { name: [{ given: 'Lei' }] },
  { name: [{ use: 'nick' }] },
  { telecom: [{ system: 'telegram' }] },
  { nachname: 'Li' },
  { deceasedBoolean: true, deceasedDateTime: '2020-01-01' },
  { maritalStatus: [] },
  { link: [{}] },
  { photo: [{ data: '***' }] },
  { contact: [{ gender: 'x' }] },
  { extension: [{ valueString: 'without url' }] },
  { extension: [{ url: 'http://a', valueString: 'a', valueCode: 'b' }] },
  { identifier: [{ system: 'with space' }] },
  { multipleBirthInteger: 1.5 },
  { id: 'not an id!' },
  { meta: { lastUpdated: 'yesterday' } },
  { text: { status: 'generated' } },
  { contained: [{ id: 'x' }] },
  { birthDate: '' },
  { language: ' ' },
]

const wrongPaths: readonly (readonly [path: string, statuses: readonly number[]])[] = [
  ['/fhir/R4/Patients', [404]],
  ['/fhir/R4/patient', [404]],
  ['/fhir/R4/Patient/no such', [400, 404]],
  ['/fhir/R4/Patient/absent', [404]],
  ['/fhir/R4/Patient/absent/_history', [404]],
  ['/fhir/R4/Patient/absent/_history/1', [404]],
  ['/fhir/R4/Patient?birthdate=yesterday', [400]],
  ['/fhir/R4/Patient?unknown=1', [400]],
  ['/fhir/R4/Patient?birthdate=gg2020', [400]],
  ['/fhir/R4/Patient?_count=-1', [400]],
  ['/fhir/R4/Patient?_count=many', [400]],
  ['/fhir/R4/Observation?value-quantity=abc', [400]],
  ['/fhir/R4/Observation?subject:Nothing.name=x', [400]],
  ['/fhir/R4/Patient?name:wrong=x', [400]],
  ['/fhir/R4/Patient?_sort=nothing', [400]],
  ['/fhir/R4/Patient?_lastUpdated=99', [400]],
  ['/fhir/R4/Observation?date=2020-13', [400]],
  ['/fhir/R4/Patient?_has:Observation=1', [400]],
  ['/fhir/R4/Patient?_include=wrong', [400]],
  [`/fhir/R4/Patient?name=${'x'.repeat(20_000)}`, [400, 414, 431]],
  ['/fhir/R4/Patient?_next=forged', [400]],
  ['/fhir/R4/%', [400, 404]],
  ['/fhir/R4/Patient/%00', [400, 404]],
  ['/fhir/R4/../../etc/passwd', [404]],
  ['/fhir/R4/Patient/$nothing', [400, 404]],
]

export function badRequests(): readonly BadRequest[] {
  const bytes = Buffer.from(patient, 'utf8')
  const entry = (request: object, resource?: object) =>
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ ...(resource ? { resource } : {}), request }],
    })
  return [
    ...cuts(bytes.length, 60).map((at) =>
      post(`a Patient cut after ${at} bytes`, 'Patient', bytes.subarray(0, at), [400]),
    ),
    ...times(20, (index) =>
      post(`random bytes ${index}`, 'Patient', randomBytes(`fhir ${index}`, 50 + index * 37), [400]),
    ),
    ...wrongPatients.map((wrong) =>
      post(
        `a Patient with ${JSON.stringify(wrong)}`,
        'Patient',
        JSON.stringify({ resourceType: 'Patient', ...wrong }),
        [400, 422],
      ),
    ),
    ...wrongPaths.map(([path, statuses]) => ({
      name: `GET ${path.slice(0, 60)}`,
      method: 'GET',
      path,
      statuses,
    })),
    ...[100, 1000, 10_000, 100_000].map((depth) =>
      post(`arrays ${depth} deep`, 'Patient', nested(depth, '[', ']'), [400, 413]),
    ),
    ...[100, 1000, 10_000].map((depth) =>
      post(
        `extensions ${depth} deep`,
        'Patient',
        nested(depth, '[{"url":"http://a","extension":', '}]'),
        [400, 413],
      ),
    ),
    post('a body of 65 MB', 'Patient', Buffer.alloc(65 * 2 ** 20, 0x20), [0, 413]),
    post('a gzip bomb of 200 MB', 'Patient', gzipSync(Buffer.alloc(200 * 2 ** 20)), [400, 413, 415, 422], {
      ...json,
      'content-encoding': 'gzip',
    }),
    post('gzip that is none', 'Patient', patient, [400, 415, 422], { ...json, 'content-encoding': 'gzip' }),
    post(
      'GBK instead of UTF-8',
      'Patient',
      Buffer.concat([
        Buffer.from('{"resourceType":"Patient","name":[{"family":"'),
        Buffer.of(0xc0, 0xee),
        Buffer.from('"}]}'),
      ]),
      [400],
    ),
    post('UTF-16', 'Patient', Buffer.from(patient, 'utf16le'), [400]),
    post('a form', 'Patient', 'name=x', [400, 415], { 'content-type': 'application/x-www-form-urlencoded' }),
    post('plain text', 'Patient', 'hello', [415], { 'content-type': 'text/plain' }),
    post('no content type', 'Patient', patient, [400, 415], {}),
    post('nothing', 'Patient', '', [400]),
    post('null', 'Patient', 'null', [400]),
    post('a number', 'Patient', '42', [400]),
    post('a list', 'Patient', '[]', [400]),
    post('an Observation to Patient', 'Patient', '{"resourceType":"Observation"}', [400, 422]),
    post('an unknown type', 'Patient', '{"resourceType":"Klingon"}', [400, 422]),
    post('__proto__', 'Patient', '{"resourceType":"Patient","__proto__":{"active":true}}', [400]),
    post('constructor', 'Patient', '{"resourceType":"Patient","constructor":{"prototype":{"a":1}}}', [400]),
    post('a transaction without type', '', '{"resourceType":"Bundle"}', [400, 422]),
    post('a transaction with an unknown verb', '', entry({ method: 'BREW', url: 'Patient' }), [400, 422]),
    post('a transaction without url', '', entry({ method: 'POST' }, { resourceType: 'Patient' }), [400, 422]),
    post(
      'a transaction to two places at once',
      '',
      entry({ method: 'PUT', url: 'Patient' }, { resourceType: 'Patient', id: 'a' }),
      [400, 405, 412, 422],
    ),
    post(
      'a transaction with a dangling reference',
      '',
      entry(
        { method: 'POST', url: 'Observation' },
        {
          resourceType: 'Observation',
          status: 'final',
          code: { text: 'x' },
          subject: { reference: 'Patient?identifier=nobody|1' },
        },
      ),
      [400, 404, 412, 422],
    ),
    post(
      'a transaction with one bad resource',
      '',
      entry({ method: 'POST', url: 'Patient' }, { resourceType: 'Patient', gender: 'm' }),
      [400, 422],
    ),
  ]
}
