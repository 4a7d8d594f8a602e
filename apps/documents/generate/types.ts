/** The types of WS/T 500 that are generated today: what each is made from, and its sections in order. */
import type { Section } from '@xinglin/cda'
import type { DiagnosticReport, Encounter, Procedure, Resource } from '@xinglin/fhir'
import type { Anchor } from '../contract.ts'
import { wordsOf } from './coded.ts'
import {
  conditionsOf,
  medicationsOf,
  observationsOf,
  proceduresOf,
  resultsOf,
  type Subject,
  within,
} from './gathered.ts'
import {
  allergies,
  type Content,
  conditions,
  encounters,
  immunizations,
  medications,
  observations,
  orders,
  panel,
  panelCode,
  paragraphs,
  procedures,
  sectionOf,
} from './sections.ts'
import { conclusionStatement, type Numbered } from './statements.ts'

export type GeneratedType = {
  readonly code: string
  readonly anchor: Anchor
  /** Why a source is none of this type; undefined where it is one. */
  readonly refuse: (anchor: Resource) => string | undefined
  /** Whether the document is final, since its source is. */
  readonly isFinal: (anchor: Resource) => boolean
  readonly sections: (subject: Subject, numbered: Numbered) => Promise<readonly Section[]>
}

const released: ReadonlySet<string> = new Set(['final', 'amended', 'corrected', 'appended'])
const outpatient: ReadonlySet<string> = new Set(['AMB', 'EMER', 'HH', 'VR'])
const inpatient: ReadonlySet<string> = new Set(['IMP', 'ACUTE', 'NONAC', 'SS'])
const laboratory: ReadonlySet<string> = new Set(['LAB', 'HM', 'CH', 'MB', 'SR', 'BLB', 'TX', 'URN'])
const vitalSignsPanel = { code: '85353-1', codeSystem: '2.16.840.1.113883.6.1' }

const isOfClass = (anchor: Resource, classes: ReadonlySet<string>) =>
  anchor.resourceType === 'Encounter' && classes.has(anchor.class.code ?? '')
const isLaboratory = ({ category = [] }: DiagnosticReport) =>
  category.some(({ coding = [] }) => coding.some(({ code }) => laboratory.has(code ?? '')))
const isFinished = (anchor: Resource) => anchor.resourceType === 'Encounter' && anchor.status === 'finished'
const isReleased = (anchor: Resource) =>
  anchor.resourceType === 'DiagnosticReport' && released.has(anchor.status)

type Written = readonly (readonly [section: string, content: Content])[]
const written = (document: string, contents: Written) =>
  contents.map(([section, content]) => sectionOf(document, section, content))

const ofVisit = (classes: ReadonlySet<string>, refusal: string) => ({
  anchor: 'Encounter' as const,
  refuse: (anchor: Resource) => (isOfClass(anchor, classes) ? undefined : refusal),
  isFinal: isFinished,
})
const asReport = (said: DiagnosticReport) =>
  paragraphs([said.conclusion ?? '', ...(said.conclusionCode ?? []).map(wordsOf)])

const generatedTypes: readonly GeneratedType[] = [
  {
    code: 'C0001',
    anchor: 'Patient',
    refuse: () => undefined,
    isFinal: () => true,
    sections: async (subject, numbered) => {
      const of = within(subject, false)
      const { sources } = subject
      return written('C0001', [
        ['48765-2', allergies(await sources.search('AllergyIntolerance', of), numbered)],
        ['11450-4', conditions(await conditionsOf(subject, false), numbered)],
        ['11369-6', immunizations(await sources.search('Immunization', of), numbered)],
        ['47519-4', procedures(await proceduresOf(subject, false), numbered)],
        ['46240-8', encounters(await sources.search('Encounter', of), numbered)],
        ['10160-0', medications(await medicationsOf(subject, false), numbered)],
      ])
    },
  },
  {
    code: 'C0002',
    ...ofVisit(outpatient, 'an outpatient or emergency record is made of such a visit'),
    sections: async (subject, numbered) => {
      const { sources, encounter } = subject
      const drugs = await medicationsOf(subject, true)
      const asked = await sources.search('ServiceRequest', within(subject, true))
      const reasons = (encounter?.reasonCode ?? []).map(wordsOf)
      return written('C0002', [
        ['48765-2', allergies(await sources.search('AllergyIntolerance', within(subject, false)), numbered)],
        ['10154-3', paragraphs(reasons)],
        ['29545-1', observations(await examined(subject), numbered)],
        ['30954-2', observations(await observationsOf(subject, 'laboratory'), numbered)],
        ['29548-5', conditions(await conditionsOf(subject, true), numbered)],
        ['46209-3', orders(asked, drugs, numbered)],
      ])
    },
  },
  {
    code: 'C0004',
    ...ofVisit(outpatient, 'a prescription of western medicine is made of an outpatient or emergency visit'),
    sections: async (subject, numbered) =>
      written('C0004', [
        ['29548-5', conditions(await conditionsOf(subject, true), numbered)],
        ['10160-0', medications(await medicationsOf(subject, true), numbered)],
        ['48768-6', {}],
      ]),
  },
  {
    code: 'C0006',
    anchor: 'DiagnosticReport',
    refuse: (anchor) =>
      anchor.resourceType === 'DiagnosticReport' && !isLaboratory(anchor)
        ? undefined
        : 'a laboratory report is C0007',
    isFinal: isReleased,
    sections: async (subject, numbered) => {
      const report = subject.anchor as DiagnosticReport
      const found = observations(await resultsOf(subject, report), numbered)
      const concluded = asReport(report)
      const text = concluded.text ?? found.text
      return written('C0006', [
        ['29548-5', conditions(await conditionsOf(subject, true), numbered)],
        [
          '55109-3',
          text ? { text, entries: [...(found.entries ?? []), conclusionStatement(report, numbered)] } : {},
        ],
      ])
    },
  },
  {
    code: 'C0007',
    anchor: 'DiagnosticReport',
    refuse: (anchor) =>
      anchor.resourceType === 'DiagnosticReport' && isLaboratory(anchor)
        ? undefined
        : 'an examination report is C0006',
    isFinal: isReleased,
    sections: async (subject, numbered) => {
      const report = subject.anchor as DiagnosticReport
      const found = await resultsOf(subject, report)
      const code = panelCode(report.code)
      return written('C0007', [
        ['29548-5', conditions(await conditionsOf(subject, true), numbered)],
        ['30954-2', panel(found, numbered, { kind: 'BATTERY', ...(code ? { code } : {}) })],
        ['55109-3', asReport(report)],
      ])
    },
  },
  {
    code: 'C0009',
    anchor: 'Procedure',
    refuse: (anchor) =>
      anchor.resourceType === 'Procedure' && isSurgery(anchor)
        ? undefined
        : 'an operation record is made of a surgical procedure',
    isFinal: (anchor) => anchor.resourceType === 'Procedure' && anchor.status === 'completed',
    sections: async (subject, numbered) => {
      const operation = subject.anchor as Procedure
      const reasons = await Promise.all(
        (operation.reasonReference ?? []).map((each) => subject.sources.follow('Condition', each)),
      )
      const before = reasons.filter((each) => each !== undefined)
      const words = (operation.reasonCode ?? []).map(wordsOf)
      return written('C0009', [
        ['10219-4', before.length > 0 ? conditions(before, numbered) : paragraphs(words)],
        ['10218-6', paragraphs([wordsOf(operation.outcome)])],
        ['47519-4', procedures([operation], numbered)],
        ['59774-0', {}],
      ])
    },
  },
  {
    code: 'C0020',
    ...ofVisit(new Set([...outpatient, ...inpatient]), 'vital signs are those of a visit'),
    sections: async (subject, numbered) => {
      const found = await observationsOf(subject, 'vital-signs')
      return written('C0020', [
        ['8716-3', panel(found, numbered, { kind: 'CLUSTER', code: vitalSignsPanel })],
      ])
    },
  },
  {
    code: 'C0052',
    ...ofVisit(inpatient, 'inpatient orders are those of an inpatient stay'),
    sections: async (subject, numbered) => {
      const asked = await subject.sources.search('ServiceRequest', within(subject, true))
      return written('C0052', [['46209-3', orders(asked, await medicationsOf(subject, true), numbered)]])
    },
  },
  {
    code: 'C0053',
    ...ofVisit(inpatient, 'a discharge summary is made of an inpatient stay'),
    sections: async (subject, numbered) => {
      const drugs = await medicationsOf(subject, true)
      const leaving = drugs.filter(({ request }) => isOfDischarge(request.category))
      return written('C0053', [
        ['46241-6', conditions(await diagnosedAs(subject, 'AD'), numbered)],
        ['8648-8', {}],
        ['11535-2', conditions(await diagnosedAs(subject, 'DD'), numbered)],
        ['47519-4', procedures(await proceduresOf(subject, true), numbered)],
        ['30954-2', observations(await observationsOf(subject, 'laboratory'), numbered)],
        ['10183-2', medications(leaving, numbered)],
      ])
    },
  },
]

/** By code; undefined for a type that is not generated. */
export function generatedType(code: string): GeneratedType | undefined {
  return generatedTypes.find((each) => each.code === code)
}

async function examined(subject: Subject) {
  const [signs, exam] = [await observationsOf(subject, 'vital-signs'), await observationsOf(subject, 'exam')]
  return [...signs, ...exam]
}

function isSurgery({ category }: Procedure): boolean {
  return (category?.coding ?? []).some(({ code }) => code === '387713003')
}

function isOfDischarge(
  categories: readonly { readonly coding?: readonly { readonly code?: string }[] }[] | undefined,
): boolean {
  return (categories ?? []).some(({ coding = [] }) => coding.some(({ code }) => code === 'discharge'))
}

/** Diagnoses of the visit in a role (`AD` admission, `DD` discharge); those without any role count as discharge. */
async function diagnosedAs(subject: Subject, role: 'AD' | 'DD') {
  const listed = (subject.encounter as Encounter).diagnosis ?? []
  const all = await conditionsOf(subject, true)
  if (listed.length === 0) return role === 'DD' ? all : []
  const wanted = listed.filter(({ use }) => (use?.coding?.[0]?.code ?? 'DD') === role)
  return all.filter(({ id }) => wanted.some(({ condition }) => condition.reference === `Condition/${id}`))
}
