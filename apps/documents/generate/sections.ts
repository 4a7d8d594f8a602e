/** Sections of WS/T 500 from resources: a table for people, entries for machines; what the record lacks is said to be lacking. */
import {
  el,
  nationalCodeSystem,
  type Section,
  type SectionTemplate,
  type Statement,
  templateOf,
  type XmlNode,
} from '@xinglin/cda'
import type {
  AllergyIntolerance,
  Condition,
  Encounter,
  Immunization,
  MedicationRequest,
  Observation,
  Procedure,
  ServiceRequest,
} from '@xinglin/fhir'
import { codedOf, quantityWords, wordsOf } from './coded.ts'
import {
  allergyStatement,
  conditionStatement,
  encounterStatement,
  immunizationStatement,
  medicationStatement,
  type Numbered,
  observationStatement,
  orderStatement,
  organizerStatement,
  procedureStatement,
} from './statements.ts'

const loinc = '2.16.840.1.113883.6.1'
const notRecorded = '未记录'

/** The section of a type of document as its template names it; throws where the template has no such section. */
export function sectionOf(
  document: string,
  code: string,
  content: { readonly text?: XmlNode; readonly entries?: readonly Statement[] },
): Section {
  const template = templateOf({ code: document, codeSystem: nationalCodeSystem, templateIds: [] })
  const section: SectionTemplate = template?.sections.find((each) => each.code === code) ?? {
    ...{ code, title: { zh: code, en: code }, isRequired: false },
  }
  const isEmpty = content.text === undefined
  return {
    templateIds: [],
    code: { code, codeSystem: loinc, displayName: section.title.en },
    title: section.title.zh,
    ...(isEmpty ? { nullFlavor: 'NI' } : {}),
    text: content.text ?? el('text', {}, el('paragraph', {}, notRecorded)),
    entries: content.entries ?? [],
    sections: [],
  }
}

export type Content = { readonly text?: XmlNode; readonly entries?: readonly Statement[] }

/** Nothing where there is no row. */
function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): XmlNode | undefined {
  if (rows.length === 0) return undefined
  const line = (name: 'th' | 'td', cells: readonly string[]) =>
    el(
      'tr',
      {},
      cells.map((cell) => el(name, {}, cell)),
    )
  return el(
    'text',
    {},
    el(
      'table',
      {},
      el('thead', {}, line('th', heads)),
      el(
        'tbody',
        {},
        rows.map((row) => line('td', row)),
      ),
    ),
  )
}

function contentOf(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  entries: readonly Statement[],
): Content {
  const text = tableOf(heads, rows)
  return text ? { text, entries } : {}
}

/** Words as paragraphs; nothing where there are none. */
export function paragraphs(words: readonly string[], entries: readonly Statement[] = []): Content {
  const said = words.filter(Boolean)
  return said.length === 0
    ? {}
    : {
        text: el(
          'text',
          {},
          said.map((each) => el('paragraph', {}, each)),
        ),
        entries,
      }
}

const day = (dateTime: string | undefined) => dateTime?.slice(0, 10) ?? ''
const minute = (dateTime: string | undefined) => dateTime?.slice(0, 16).replace('T', ' ') ?? ''

export function allergies(found: readonly AllergyIntolerance[], numbered: Numbered): Content {
  const rows = found.map((each) => [wordsOf(each.code), each.criticality ?? '', day(each.recordedDate)])
  return contentOf(
    ['过敏原', '严重程度', '记录日期'],
    rows,
    found.map((each) => allergyStatement(each, numbered)),
  )
}

export function conditions(found: readonly Condition[], numbered: Numbered): Content {
  const rows = found.map((each) => [
    wordsOf(each.code),
    each.code?.coding?.[0]?.code ?? '',
    day(each.onsetDateTime ?? each.recordedDate),
  ])
  return contentOf(
    ['诊断', '编码', '日期'],
    rows,
    found.map((each) => conditionStatement(each, numbered)),
  )
}

function resultWords(observation: Observation): string {
  const parts = observation.component ?? []
  if (parts.length > 0) return parts.map((part) => `${wordsOf(part.code)} ${valueWords(part)}`).join('；')
  return valueWords(observation)
}

function valueWords(
  measure: Pick<Observation, 'valueQuantity' | 'valueCodeableConcept' | 'valueString' | 'valueInteger'>,
) {
  return (
    quantityWords(measure.valueQuantity) ||
    wordsOf(measure.valueCodeableConcept) ||
    (measure.valueString ?? String(measure.valueInteger ?? ''))
  )
}

function rangeWords({ referenceRange }: Observation): string {
  const [range] = referenceRange ?? []
  if (!range) return ''
  return range.text ?? [range.low?.value, range.high?.value].map((each) => each ?? '').join(' – ')
}

function observationRows(found: readonly Observation[]): readonly (readonly string[])[] {
  return found.map((each) => [
    wordsOf(each.code),
    resultWords(each),
    rangeWords(each),
    each.interpretation?.[0]?.coding?.[0]?.code ?? '',
    minute(each.effectiveDateTime),
  ])
}
const observationHeads = ['项目', '结果', '参考范围', '提示', '时间']

/** Results, each an entry of its own. */
export function observations(found: readonly Observation[], numbered: Numbered): Content {
  return contentOf(
    observationHeads,
    observationRows(found),
    found.map((each) => observationStatement(each, numbered)),
  )
}

/** Results as one panel, or vital signs as one series. */
export function panel(
  found: readonly Observation[],
  numbered: Numbered,
  said: { readonly kind: 'BATTERY' | 'CLUSTER'; readonly code?: Statement['code'] },
): Content {
  const members = found.map((each) => observationStatement(each, numbered))
  return contentOf(observationHeads, observationRows(found), [
    organizerStatement(said.code, members, { kind: said.kind }),
  ])
}

export type NamedMedication = { readonly request: MedicationRequest; readonly name: string }

export function medications(found: readonly NamedMedication[], numbered: Numbered): Content {
  const rows = found.map(({ request, name }) => {
    const [instruction] = request.dosageInstruction ?? []
    return [
      name,
      quantityWords(instruction?.doseAndRate?.[0]?.doseQuantity),
      wordsOf(instruction?.route),
      instruction?.text ?? wordsOf(instruction?.timing?.code),
      minute(request.authoredOn),
    ]
  })
  const entries = found.map(({ request, name }) => medicationStatement(request, name, numbered))
  return contentOf(['药品', '剂量', '途径', '用法', '开立时间'], rows, entries)
}

export function orders(
  asked: readonly ServiceRequest[],
  drugs: readonly NamedMedication[],
  numbered: Numbered,
): Content {
  const rows = [
    ...drugs.map(({ request, name }) => [
      '药品',
      name,
      request.requester?.display ?? '',
      minute(request.authoredOn),
    ]),
    ...asked.map((each) => [
      '项目',
      wordsOf(each.code),
      each.requester?.display ?? '',
      minute(each.authoredOn),
    ]),
  ]
  const entries = [
    ...drugs.map(({ request, name }) => medicationStatement(request, name, numbered)),
    ...asked.map((each) => orderStatement(each, numbered)),
  ]
  return contentOf(['类别', '医嘱', '开立医师', '开立时间'], rows, entries)
}

export function procedures(found: readonly Procedure[], numbered: Numbered): Content {
  const rows = found.map((each) => [
    wordsOf(each.code),
    minute(each.performedDateTime ?? each.performedPeriod?.start),
    each.performer?.[0]?.actor.display ?? '',
  ])
  return contentOf(
    ['手术操作', '时间', '术者'],
    rows,
    found.map((each) => procedureStatement(each, numbered)),
  )
}

export function immunizations(found: readonly Immunization[], numbered: Numbered): Content {
  const rows = found.map((each) => [
    wordsOf(each.vaccineCode),
    day(each.occurrenceDateTime),
    each.lotNumber ?? '',
  ])
  return contentOf(
    ['疫苗', '日期', '批号'],
    rows,
    found.map((each) => immunizationStatement(each, numbered)),
  )
}

export function encounters(found: readonly Encounter[], numbered: Numbered): Content {
  const rows = found.map((each) => [
    each.class.display ?? each.class.code ?? '',
    minute(each.period?.start),
    minute(each.period?.end),
    each.serviceProvider?.display ?? wordsOf(each.serviceType),
  ])
  return contentOf(
    ['类别', '开始', '结束', '科室'],
    rows,
    found.map((each) => encounterStatement(each, numbered)),
  )
}

/** The code of a panel that has one. */
export function panelCode(concept: Parameters<typeof codedOf>[0]): Statement['code'] {
  return codedOf(concept)
}
