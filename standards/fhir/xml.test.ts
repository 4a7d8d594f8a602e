/** R4 xml.html §2.6.1: every resource says in XML what it says in JSON, and XML that says more than JSON can is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError } from './outcome.ts'
import { examplesMissing, r4Examples } from './testing/examples.ts'
import { jsonOfXml, xmlOfJson } from './xml.ts'

test('every example of R4 comes back from XML as it went', { skip: examplesMissing }, () => {
  const examples = r4Examples()
  for (const { file, resource } of examples) {
    const json = JSON.stringify(resource)
    for (const isPretty of [false, true])
      assert.deepEqual(JSON.parse(jsonOfXml(xmlOfJson(json, { isPretty }))), resource, file)
  }
  assert.ok(examples.length > 700)
})

const patientXml = (inside: string) => `<Patient xmlns="http://hl7.org/fhir">${inside}</Patient>`

test('elements stand in the order of the specification, attributes before them, the narrative as it is', () => {
  const json = JSON.stringify({
    birthDate: '1984-03',
    resourceType: 'Patient',
    contact: [{ id: 'c', gender: 'male' }],
    _birthDate: { extension: [{ url: 'urn:e', valueDecimal: 1 }], id: 'b' },
    name: [{ given: ['A & B', null], _given: [null, { extension: [{ url: 'urn:n', valueCode: 'x' }] }] }],
    text: {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml">a&nbsp;&amp; <b>b</b></div>',
    },
    id: 'p',
  })

  assert.equal(
    xmlOfJson(json),
    '<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><id value="p"/><text><status value="generated"/>' +
      '<div xmlns="http://www.w3.org/1999/xhtml">a&#160;&amp; <b>b</b></div></text><name><given value="A &amp; B"/>' +
      '<given><extension url="urn:n"><valueCode value="x"/></extension></given></name>' +
      '<birthDate value="1984-03" id="b"><extension url="urn:e"><valueDecimal value="1"/></extension></birthDate>' +
      '<contact id="c"><gender value="male"/></contact></Patient>',
  )
})

test('_pretty indents by two and leaves the narrative alone', () => {
  const json = JSON.stringify({
    resourceType: 'Patient',
    text: { status: 'empty', div: '<div xmlns="http://www.w3.org/1999/xhtml"><b>b</b></div>' },
    contained: [{ resourceType: 'Organization', id: 'o' }],
  })

  assert.equal(
    xmlOfJson(json, { isPretty: true }),
    `<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir">
  <text>
    <status value="empty"/>
    <div xmlns="http://www.w3.org/1999/xhtml"><b>b</b></div>
  </text>
  <contained>
    <Organization>
      <id value="o"/>
    </Organization>
  </contained>
</Patient>`,
  )
})

test('decimals keep their precision both ways', () => {
  const json =
    '{"resourceType":"Observation","valueQuantity":{"value":1.50},"component":[{"valueQuantity":{"value":12345678901234567890.10}},{"valueQuantity":{"value":-1.0E-2}}]}'

  assert.equal(jsonOfXml(xmlOfJson(json)), json)
})

test('newlines and tabs in texts, characters beyond ASCII and signs of markup survive', () => {
  const texts = ['a\nb\tc\r', '张 <b> "q" & \'s\' ]]>', '😀 \u00a0']
  const resource = {
    resourceType: 'Basic',
    extension: texts.map((valueString) => ({ url: 'urn:t', valueString })),
  }

  assert.deepEqual(JSON.parse(jsonOfXml(xmlOfJson(JSON.stringify(resource)))), resource)
})

test('a prefix may stand for the namespace, schemaLocation and comments are passed over, order between elements is free', () => {
  const xml = `<?xml version="1.0"?><?xml-stylesheet href="x"?>
    <f:Patient xmlns:f="http://hl7.org/fhir" xmlns="http://www.w3.org/1999/xhtml"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir fhir.xsd">
      <f:gender value="male"/><!-- a comment --><f:active value="true"/>
      <f:text><f:status value="generated"/><div>x</div></f:text>
    </f:Patient>`

  assert.deepEqual(JSON.parse(jsonOfXml(xml)), {
    resourceType: 'Patient',
    gender: 'male',
    active: true,
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  })
})

test('what stands twice and may not, and what has not the form of its type, is left to the validator', () => {
  const xml = patientXml(
    '<active value="yes"/><gender value="male"/><gender value="female"/><multipleBirthInteger value="01"/><photo/>',
  )

  assert.deepEqual(JSON.parse(jsonOfXml(xml)), {
    resourceType: 'Patient',
    active: 'yes',
    gender: ['male', 'female'],
    multipleBirthInteger: '01',
    photo: [{}],
  })
})

const refusals: readonly (readonly [
  sentence: string,
  xml: string,
  ...said: readonly (string | undefined)[],
])[] = [
  ['no XML', 'Patient', 'fhir.xml', 'the body is not well-formed XML, at line 1 character 8', undefined],
  ['nothing', '', 'fhir.xml', 'the body is not well-formed XML, at line 1 character 0', undefined],
  [
    'a tag that is not closed',
    '<Patient xmlns="http://hl7.org/fhir"><active value="true"></Patient>',
    'fhir.xml',
    'the body is not well-formed XML, at line 1 character 68',
    undefined,
  ],
  [
    'a document type, and with it entities',
    '<!DOCTYPE Patient [<!ENTITY a "b">]><Patient xmlns="http://hl7.org/fhir"/>',
    'fhir.xml',
    'a document type is not taken, at line 1 character 36',
    undefined,
  ],
  [
    'an entity that XML does not know',
    patientXml('<gender value="&nbsp;"/>'),
    'fhir.xml',
    'the body is not well-formed XML, at line 1 character 58',
    undefined,
  ],
  [
    'another encoding',
    '<?xml version="1.0" encoding="GB18030"?><Patient xmlns="http://hl7.org/fhir"/>',
    'fhir.xml',
    'XML is taken as UTF-8 only, at line 1 character 40',
    undefined,
  ],
  [
    'another namespace',
    '<Patient xmlns="urn:hl7-org:v3"/>',
    'fhir.xml',
    'an element is not in the namespace http://hl7.org/fhir, at line 1 character 33',
    'Patient',
  ],
  [
    'no namespace',
    '<Patient/>',
    'fhir.xml',
    'an element is not in the namespace http://hl7.org/fhir, at line 1 character 10',
    'Patient',
  ],
  [
    'an unknown resource',
    '<Patiens xmlns="http://hl7.org/fhir"/>',
    'fhir.unknown-type',
    'FHIR R4 has no resource type Patiens, at line 1 character 38',
    undefined,
  ],
  [
    'an unknown element',
    patientXml('<contact><colour value="red"/></contact>'),
    'fhir.unknown-element',
    'Patient.contact has no element colour, at line 1 character 67',
    'Patient.contact.colour',
  ],
  [
    'an unknown attribute',
    patientXml('<contact value="red"/>'),
    'fhir.unknown-element',
    'Patient.contact has no attribute value, at line 1 character 59',
    'Patient.contact',
  ],
  [
    'an id of an element that is no attribute',
    patientXml('<contact><id value="c"/></contact>'),
    'fhir.unknown-element',
    'Patient.contact has no element id, at line 1 character 61',
    'Patient.contact.id',
  ],
  [
    'text between elements',
    patientXml('<gender>male</gender>'),
    'fhir.xml',
    'text stands between elements; a value is written as the attribute value, at line 1 character 50',
    'Patient.gender',
  ],
  [
    'a container without its resource',
    patientXml('<contained/>'),
    'fhir.xml',
    'a resource is missing in such an element, at line 1 character 49',
    'Patient.contained',
  ],
  [
    'two resources in one container',
    patientXml('<contained><Basic/><Basic/></contained>'),
    'fhir.xml',
    'one resource stands in such an element, at line 1 character 64',
    'Patient.contained',
  ],
  [
    'a narrative of another namespace',
    patientXml('<text><div>x</div></text>'),
    'fhir.xml',
    'an element is not in the namespace http://www.w3.org/1999/xhtml, at line 1 character 48',
    'Patient.text.div',
  ],
  [
    'nesting without end',
    patientXml('<extension url="a">'.repeat(200)),
    'fhir.xml',
    'the XML is nested deeper than 100 levels, at line 1 character 1937',
    undefined,
  ],
]

for (const [sentence, xml, ...expected] of refusals) {
  test(`${sentence} is refused with its place`, () => {
    assert.deepEqual(
      saidOf(() => jsonOfXml(xml)),
      expected,
    )
  })
}

function saidOf(work: () => unknown): readonly (string | undefined)[] {
  try {
    work()
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    const [issue] = error.outcome.issue
    return [issue?.details?.coding?.[0]?.code, issue?.diagnostics, issue?.expression?.[0]]
  }
  return []
}
