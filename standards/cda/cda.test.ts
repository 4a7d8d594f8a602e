/** CDA R2: what is written is read back the same, strangers' XML does no harm, rules tell what is wrong and where. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CdaError,
  dateTimeOf,
  htmlOf,
  nationalDocuments,
  readableOf,
  readDocument,
  readRoot,
  ruleWords,
  timeOf,
  validateDocument,
  writeDocument,
} from './cda.ts'
import { isTime } from './model/times.ts'
import { drawnNarrative } from './render/narrative.ts'
import { laboratoryReport } from './testing/laboratory-report.ts'
import { ccdaSamples, samplesMissing } from './testing/samples.ts'
import { first } from './xml/node.ts'
import { deepestElement, longestDocument, mostElements, readXml } from './xml/read-xml.ts'

/** Without what reading alone knows: the lines. */
const withoutLines = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === 'line' ? undefined : each)))

const text = writeDocument(laboratoryReport)
const changed = (from: string | RegExp, to: string) => {
  const made = text.replace(from, to)
  assert.notEqual(made, text)
  return made
}
const rulesOf = (document: string) =>
  validateDocument(readRoot(document)).map(({ rule, what }) => (what ? `${rule} ${what}` : rule))

test('a document that is written is read back with every part', () => {
  assert.deepEqual(withoutLines(readDocument(text)), withoutLines(laboratoryReport))
  assert.equal(writeDocument(readDocument(text)), text)
})

test('a document that keeps the rules has no findings', () => {
  assert.deepEqual(validateDocument(readRoot(text)), [])
})

test('each broken rule is told with its place', () => {
  const cases: readonly (readonly [from: string | RegExp, to: string, rules: readonly string[]])[] = [
    ['<title>检验报告</title>', '<title>检验报告</title><title>再次</title>', ['header-twice title']],
    [
      /<custodian>[\s\S]*<\/custodian>/,
      '',
      [
        'header-missing custodian',
        'template-header custodian.assignedCustodian.representedCustodianOrganization.name',
      ],
    ],
    ['POCD_MT000040', 'POCD_MT000041', ['type-id']],
    ['<versionNumber value="2"/>', '<versionNumber/>', ['version-set']],
    ['<languageCode code="zh-CN"/>', '', ['template-header languageCode']],
    ['root="2.16.156.10011.1.12"', 'root="patient"', ['identifier-root']],
    ['<code code="2823-3" codeSystem="2.16.840.1.113883.6.1"', '<code code="2823-3"', ['code-system code']],
    ['value="20260302080000+0800"/>\n  <confid', 'value="2026-03-02"/>\n  <confid', ['time-form']],
    ['value="6.1"', 'value="six"', ['quantity-form']],
    ['xsi:type="PQ" value', 'value', ['value-type']],
    ['classCode="BATTERY"', 'classCode="OBS"', ['statement-class OBS EVN']],
    ['root="2.16.156.10011.2.1.1.27"', 'root="1.2.3"', ['template-root 2.16.156.10011.2.1.1.27']],
    ['code="55109-3"', 'code="11111-1"', ['template-section 55109-3']],
    ['code="C0007"', 'code="C9999"', []],
    ['<realmCode code="CN"/>', '<room/><realmCode code="CN"/>', ['header-unknown room']],
    [/<consumable>[\s\S]*?<\/consumable>/, '', ['statement-product']],
  ]
  for (const [from, to, rules] of cases) assert.deepEqual(rulesOf(changed(from, to)), rules, String(from))
  const [finding] = validateDocument(readRoot(changed('value="6.1"', 'value="six"')))
  assert.equal(finding?.path.endsWith('organizer.component.observation.value'), true)
  assert.equal(text.split('\n')[(finding?.line ?? 0) - 1]?.includes('6.1'), true)
  assert.deepEqual(ruleWords('quantity-form'), { zh: '数量不是数字', en: 'a quantity is no number' })
})

test('XML of strangers does no harm', () => {
  const failureOf = (hostile: string) => {
    try {
      readXml(hostile)
    } catch (error) {
      return error instanceof CdaError ? error.failure : String(error)
    }
    return 'read'
  }
  assert.equal(failureOf('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), 'document-type')
  assert.equal(failureOf('<a>&b;</a>'), 'not-xml')
  assert.equal(failureOf('<a><b></a>'), 'not-xml')
  assert.equal(failureOf('no markup'), 'not-xml')
  assert.equal(failureOf('<?xml version="1.0" encoding="GBK"?><a/>'), 'encoding')
  assert.equal(failureOf('<a>'.repeat(deepestElement + 1)), 'too-deep')
  assert.equal(failureOf(`<a>${'<b/>'.repeat(mostElements)}</a>`), 'too-large')
  assert.equal(failureOf(' '.repeat(longestDocument + 1)), 'too-large')
  assert.equal(failureOf(`<a ${Array.from({ length: 65 }, (_, at) => `a${at}=""`).join(' ')}/>`), 'too-large')
  assert.throws(() => readDocument('<ClinicalDocument/>'), { failure: 'no-document' })
})

test('a narrative is drawn with the words of the sender and none of his markup', () => {
  const narrative = readXml(
    '<text xmlns="urn:hl7-org:v3">a<script>alert(1)</script><content styleCode="Bold" onclick="x()">b</content>' +
      '<linkHtml href="javascript:alert(1)">c</linkHtml><table border="1"><tbody><tr> <td colspan="2" style="x">1 &lt; 2</td></tr></tbody></table>' +
      '<list listType="ordered"><item>d</item></list><img src="x"/><content revised="delete">e</content><renderMultiMedia referencedObject="m"/></text>',
  )
  assert.equal(
    htmlOf(drawnNarrative(narrative)),
    'a<strong>b</strong><span>c</span><table><tbody><tr><td colspan="2">1 &lt; 2</td></tr></tbody></table><ol><li>d</li></ol><s>e</s>',
  )
})

test('a reader is shown whom the document is about and who wrote it', () => {
  const { sections, ...shown } = readableOf(laboratoryReport, '+08:00')
  assert.deepEqual(shown, {
    title: '检验报告',
    code: 'C0007',
    patient: { name: '张三', ids: ['A1003'], gender: '男性', birthDate: '1970-03-07' },
    id: '2.16.156.10011.1.1 R1-2',
    effectiveTime: '2026-03-02T08:00:00+08:00',
    versionNumber: 2,
    authors: ['王医生'],
    custodian: '杏林医院',
    signers: ['赵主任'],
  })
  assert.deepEqual(
    sections.map(({ title, level }) => `${level} ${title}`),
    ['2 实验室检验', '2 报告'],
  )
})

test('times are those of the calendar, both ways', () => {
  assert.equal(dateTimeOf('202603020730', '+08:00'), '2026-03-02T07:30:00+08:00')
  assert.equal(dateTimeOf('20260302073000.123-0500', '+08:00'), '2026-03-02T07:30:00-05:00')
  assert.equal(dateTimeOf('202603', '+08:00'), '2026-03')
  assert.equal(dateTimeOf('20260230', '+08:00'), undefined)
  assert.equal(timeOf('2026-03-02T07:30:00.123Z'), '20260302073000+0000')
  assert.equal(timeOf('1970-03-07'), '19700307')
  assert.deepEqual(['20260229', '20241301', '2026', '20260302246100', 'x'].map(isTime), [
    false,
    false,
    true,
    false,
    false,
  ])
})

test('the national list has 53 documents', () => {
  const documents = nationalDocuments()
  assert.equal(documents.length, 53)
  assert.deepEqual(
    documents.filter(({ sections }) => sections.length > 0).map(({ code }) => code),
    ['C0001', 'C0002', 'C0004', 'C0006', 'C0007', 'C0009', 'C0020', 'C0052', 'C0053'],
  )
})

test('public samples of C-CDA are read, drawn, written and read again the same', {
  skip: samplesMissing,
}, () => {
  for (const { file, text: sample } of ccdaSamples()) {
    const root = readRoot(sample)
    const document = readDocument(sample)
    assert.ok(document.id.root, file)
    assert.ok(readableOf(document, '+00:00').title, file)
    assert.ok(first(root, 'recordTarget'), file)
    assert.ok(Array.isArray(validateDocument(root)), file)
    const again = readDocument(writeDocument(document))
    assert.deepEqual(withoutLines(readDocument(writeDocument(again))), withoutLines(again), file)
  }
})
