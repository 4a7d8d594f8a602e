/** xml.html §2.6.1 and http.html §3.1.0.1.11: what the door says and takes as XML, and how a form is chosen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonOfXml } from '@xinglin/fhir/xml'
import { baseUrl, testDoor } from '../testing/door.ts'

const { ask, kernel } = await testDoor()
const xml = { 'content-type': 'application/fhir+xml', accept: 'application/fhir+xml' }
const patientXml = (inside: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir">${inside}</Patient>`
const typeOf = (answer: { headers: Readonly<Record<string, string | undefined>> }) =>
  answer.headers['content-type']

await ask('PUT', 'Patient/x1', { body: { resourceType: 'Patient', id: 'x1', name: [{ family: '张' }] } })
const updated = kernel.runtime.now()

test('a resource is written, read and searched as XML as it is as JSON', async () => {
  const made = await ask('PUT', 'Patient/x2', {
    body: patientXml('<id value="x2"/><name><family value="张"/></name><birthDate value="1984-03"/>'),
    headers: xml,
  })
  const json = await ask('GET', 'Patient/x2')
  const read = await ask('GET', 'Patient/x2', { headers: { accept: 'application/fhir+xml' } })
  const found = await ask('GET', 'Patient?birthdate=1984&_format=xml')
  const history = await ask('GET', 'Patient/x2/_history?_format=application/fhir+xml')

  const text = patientXml(
    `<id value="x2"/><meta><versionId value="1"/><lastUpdated value="${updated}"/></meta><name><family value="张"/></name><birthDate value="1984-03"/>`,
  )
  assert.deepEqual(
    [made.status, typeOf(made), made.text, made.headers.etag],
    [201, 'application/fhir+xml; charset=utf-8', text, 'W/"1"'],
  )
  assert.deepEqual([read.status, read.text, JSON.parse(jsonOfXml(read.text))], [200, text, json.body])
  assert.equal(
    found.text,
    `<?xml version="1.0" encoding="UTF-8"?><Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/><link><relation value="self"/><url value="${baseUrl}/Patient?birthdate=1984"/></link><entry><fullUrl value="${baseUrl}/Patient/x2"/><resource>${text.replace(/^<\?xml.*?\?>/, '').replace(' xmlns="http://hl7.org/fhir"', '')}</resource><search><mode value="match"/></search></entry></Bundle>`,
  )
  assert.match(history.text, /<Bundle xmlns="http:\/\/hl7.org\/fhir"><type value="history"\/>/)
})

test('transactions, patches and operations are taken as XML', async () => {
  const transaction = await ask('POST', '', {
    headers: xml,
    body: `<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><resource><Patient><id value="x3"/><active value="true"/></Patient></resource><request><method value="PUT"/><url value="Patient/x3"/></request></entry></Bundle>`,
  })
  const patch = await ask('PATCH', 'Patient/x3', {
    headers: xml,
    body: `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="replace"/></part><part><name value="path"/><valueString value="Patient.active"/></part><part><name value="value"/><valueBoolean value="false"/></part></parameter></Parameters>`,
  })
  const operation = await ask('POST', 'Patient/$validate', {
    headers: xml,
    body: patientXml('<active value="yes"/>'),
  })

  assert.equal(
    transaction.text.replace(/<id value="[^"]*"\/>/, ''),
    `<?xml version="1.0" encoding="UTF-8"?><Bundle xmlns="http://hl7.org/fhir"><type value="transaction-response"/><entry><response><status value="201"/><location value="${baseUrl}/Patient/x3/_history/1"/><etag value="W/&quot;1&quot;"/><lastModified value="${updated}"/></response></entry></Bundle>`,
  )
  assert.match(patch.text, /<versionId value="2"\/>.*<active value="false"\/>/)
  assert.match(operation.text, /^<\?xml.*<OperationOutcome .*<expression value="Patient.active"\/>/)
})

test('a refusal comes in the form asked for, from every layer', async () => {
  const answers = [
    await ask('GET', 'Patient/nobody?_format=xml'),
    await ask('GET', 'Patient?colour=red', { headers: { accept: 'application/xml' } }),
    await ask('POST', 'Patient', { body: '<Patient', headers: xml }),
    await ask('POST', 'Patient', { body: 'x', headers: { ...xml, 'content-type': 'text/html' } }),
    await ask('GET', 'Nothing/at/all/here/now', { headers: { accept: 'text/xml' } }),
  ]

  assert.deepEqual(
    answers.map(({ status, text, headers }) => [
      status,
      headers['content-type'],
      /<code value="([\w.-]+)"\/><\/coding>/.exec(text)?.[1],
    ]),
    [
      [404, 'application/fhir+xml; charset=utf-8', 'fhir-api.not-found'],
      [400, 'application/fhir+xml; charset=utf-8', 'search.unknown-parameter'],
      [400, 'application/fhir+xml; charset=utf-8', 'fhir.xml'],
      [415, 'application/fhir+xml; charset=utf-8', 'fhir-api.content-type'],
      [404, 'application/fhir+xml; charset=utf-8', 'fhir-api.unknown-type'],
    ],
  )
})

test('the form is what _format says, else what Accept prefers, else JSON', async () => {
  const chosen = async (accept: string | undefined, query = '') => {
    const answer = await ask('GET', `Patient/x1${query}`, { headers: accept === undefined ? {} : { accept } })
    return answer.status === 200
      ? typeOf(answer)?.slice('application/fhir+'.length, -'; charset=utf-8'.length)
      : answer.status
  }

  assert.deepEqual(
    [
      await chosen(undefined),
      await chosen('*/*'),
      await chosen('application/json'),
      await chosen('application/fhir+xml;q=0.9, application/fhir+json;q=0.8'),
      await chosen('application/fhir+xml;q=0.9, */*;q=0.8'),
      await chosen('application/fhir+xml, application/fhir+json'),
      await chosen('application/fhir+json;q=0, application/*'),
      await chosen('application/fhir+xml; fhirVersion=4.0'),
      await chosen('application/fhir+xml; fhirVersion=5.0'),
      await chosen('text/html'),
      await chosen('text/html', '?_format=json'),
      await chosen('application/fhir+json', '?_format=xml'),
      await chosen(undefined, '?_format=text/xml'),
      await chosen(undefined, '?_format=application/fhir%2Bxml'),
      await chosen(undefined, '?_format=application/fhir+xml'),
      await chosen(undefined, '?_format=ttl'),
    ],
    [
      'json',
      'json',
      'json',
      'xml',
      'xml',
      'json',
      'xml',
      'xml',
      406,
      406,
      'json',
      'xml',
      'xml',
      'xml',
      'xml',
      406,
    ],
  )
})

test('_pretty holds for both forms and for refusals; HEAD says what GET would, without the body', async () => {
  const json = await ask('GET', 'Patient/x1?_pretty=true')
  const pretty = await ask('GET', 'Patient/x1?_pretty=true&_format=xml')
  const refused = await ask('GET', 'Patient/nobody?_pretty=true')
  const head = await ask('HEAD', 'Patient/x1?_format=xml')

  assert.match(json.text, /^\{\n {2}"resourceType": "Patient",\n/)
  assert.match(pretty.text, /^<\?xml.*\?>\n<Patient xmlns="http:\/\/hl7.org\/fhir">\n {2}<id value="x1"\/>\n/)
  assert.match(refused.text, /^\{\n {2}"resourceType": "OperationOutcome",\n/)
  assert.deepEqual(
    [head.status, typeOf(head), head.headers.etag, head.text],
    [200, 'application/fhir+xml; charset=utf-8', 'W/"1"', ''],
  )
})

test('a form may say the form of the answer, as the address may', async () => {
  const answer = await ask('POST', 'Patient/_search', {
    body: '_id=x1&_format=xml',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

  assert.deepEqual([answer.status, typeOf(answer)], [200, 'application/fhir+xml; charset=utf-8'])
})

test('the capabilities are told as XML too', async () => {
  const answer = await ask('GET', 'metadata?_format=xml')

  assert.match(
    answer.text,
    /^<\?xml version="1.0" encoding="UTF-8"\?><CapabilityStatement xmlns="http:\/\/hl7.org\/fhir"><url /,
  )
})

test('a refused XML body that has become right is accepted when it is sent again from the journal', async () => {
  const visit = `<Encounter xmlns="http://hl7.org/fhir"><status value="finished"/><class><code value="AMB"/></class><participant><individual><reference value="Practitioner?identifier=later"/></individual></participant></Encounter>`
  await ask('POST', '', {
    headers: xml,
    body: `<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><resource>${visit.replace(' xmlns="http://hl7.org/fhir"', '')}</resource><request><method value="POST"/><url value="Encounter"/></request></entry></Bundle>`,
  })
  const { tenant } = kernel.actor
  const [refused] = await kernel.traffic.list({ tenant, limit: 1 })
  await ask('POST', 'Practitioner', {
    body: { resourceType: 'Practitioner', identifier: [{ value: 'later' }] },
  })

  const again = refused && (await kernel.traffic.resend(tenant, refused.id))

  assert.deepEqual([refused?.code, again?.outcome], ['fhir-api.reference-unmatched', 'accepted'])
})
