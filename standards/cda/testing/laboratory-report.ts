/** A laboratory report as this platform writes one: every part of the model stands in it once. */
import type { ClinicalDocument, Statement } from '../model/document.ts'
import { el } from '../xml/node.ts'

const loinc = '2.16.840.1.113883.6.1'
const made = {
  ...{
    templateIds: [],
    ids: [],
    times: [],
    values: [],
    interpretations: [],
    referenceRanges: [],
    targetSites: [],
  },
  ...{ performers: [], authors: [], participants: [], related: [], line: 0 },
} as const

const potassium: Statement = {
  ...made,
  kind: 'observation',
  classCode: 'OBS',
  moodCode: 'EVN',
  ids: [{ root: '1.2.3.4', extension: 'k' }],
  code: { code: '2823-3', codeSystem: loinc, displayName: 'Potassium', originalText: '血钾' },
  status: 'completed',
  times: [{ value: '20260302073000+0800' }],
  values: [{ kind: 'quantity', type: 'PQ', quantity: { value: '6.1', unit: 'mmol/L' } }],
  interpretations: [{ code: 'H', codeSystem: '2.16.840.1.113883.5.83' }],
  referenceRanges: [{ low: { value: '3.5', unit: 'mmol/L' }, high: { value: '5.3', unit: 'mmol/L' } }],
}
const penicillin: Statement = {
  ...made,
  kind: 'substanceAdministration',
  classCode: 'SBADM',
  moodCode: 'INT',
  isNegated: true,
  times: [{ low: '20260302', high: '20260309' }],
  period: { value: '8', unit: 'h' },
  route: { code: 'PO', codeSystem: '2.16.840.1.113883.5.112' },
  dose: { value: '1', unit: 'g' },
  product: {
    code: { code: '7980', codeSystem: '2.16.840.1.113883.6.88' },
    name: '青霉素',
    lot: 'A1',
    manufacturer: '某厂',
  },
  performers: [{ ids: [{ root: '1.2.3.5', extension: 'p1' }], name: { family: '李', given: ['四'] } }],
  participants: [
    { kind: 'CSM', code: { code: '7980', codeSystem: '2.16.840.1.113883.6.88' }, name: '青霉素' },
  ],
}
const panel: Statement = {
  ...made,
  kind: 'organizer',
  classCode: 'BATTERY',
  moodCode: 'EVN',
  code: { code: '24323-8', codeSystem: loinc },
  status: 'completed',
  related: [{ statement: potassium }],
}

export const laboratoryReport: ClinicalDocument = {
  realm: 'CN',
  templateIds: [{ root: '2.16.156.10011.2.1.1.27' }],
  id: { root: '2.16.156.10011.1.1', extension: 'R1-2' },
  code: { code: 'C0007', codeSystem: '2.16.156.10011.2.4' },
  title: '检验报告',
  effectiveTime: '20260302080000+0800',
  confidentiality: { code: 'N', codeSystem: '2.16.840.1.113883.5.25' },
  language: 'zh-CN',
  setId: { root: '2.16.156.10011.1.1', extension: 'R1' },
  versionNumber: 2,
  patient: {
    ids: [{ root: '2.16.156.10011.1.12', extension: 'A1003' }],
    personIds: [{ root: '2.16.156.10011.1.3', extension: '110105197003071235' }],
    names: [{ text: '张三' }],
    gender: { code: '1', codeSystem: '2.16.156.10011.2.3.3.4', displayName: '男性' },
    birthTime: '19700307',
    addresses: [{ lines: ['中关村大街 1 号'], city: '北京', postalCode: '100080' }],
    telecoms: [{ value: 'tel:13900001003', use: 'MC' }],
    provider: { ids: [{ root: '1.2.3', extension: 'lab' }], name: '检验科' },
  },
  authors: [
    {
      ids: [{ root: '1.2.3.5', extension: 'd1' }],
      time: { value: '20260302080000+0800' },
      name: { text: '王医生' },
    },
  ],
  custodian: { ids: [{ root: '2.16.156.10011.1.5', extension: '400000000' }], name: '杏林医院' },
  legalAuthenticator: {
    ids: [{ root: '1.2.3.5', extension: 'd2' }],
    time: { value: '20260302081500+0800' },
    name: { text: '赵主任' },
  },
  authenticators: [],
  related: [{ kind: 'RPLC', id: { root: '2.16.156.10011.1.1', extension: 'R1-1' }, versionNumber: 1 }],
  encounter: {
    ids: [{ root: '1.2.3.6', extension: 'V1' }],
    code: { code: 'AMB', codeSystem: '2.16.840.1.113883.5.4' },
    time: { low: '20260302070000+0800' },
    location: '心内科门诊',
  },
  body: {
    kind: 'structured',
    sections: [
      {
        templateIds: [],
        code: { code: '30954-2', codeSystem: loinc },
        title: '实验室检验',
        text: el('text', {}, el('table', {}, el('tbody', {}, el('tr', {}, el('td', {}, '血钾 <6.1> & 高'))))),
        entries: [panel, penicillin],
        sections: [],
      },
      {
        templateIds: [],
        code: { code: '55109-3', codeSystem: loinc },
        title: '报告',
        text: el(
          'text',
          {},
          el('paragraph', {}, '血钾升高。', el('content', { styleCode: 'Bold' }, '危急值')),
        ),
        entries: [],
        sections: [],
      },
    ],
  },
}
