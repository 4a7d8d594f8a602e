/** Statements of C-CDA R2.1 as resources: allergy 4.7, problem 4.4, medication 4.16, immunization 4.52, procedure 4.14, encounter 4.49. */
import { nameText, type Statement } from '@xinglin/cda'
import type {
  AllergyIntolerance,
  CodeableConcept,
  Dosage,
  Encounter,
  Immunization,
  Procedure,
} from '@xinglin/fhir'
import { conceptOf, momentOf, periodOf, quantityOf } from './coded.ts'
import type { Made, Making } from './convert.ts'

/** A concern wraps what it is about; without one the statement stands for itself. */
function concerned(statement: Statement, kind: Statement['kind']): readonly Statement[] {
  if (statement.kind === kind) return [statement]
  return statement.kind === 'act'
    ? statement.related.filter((each) => each.statement.kind === kind).map((each) => each.statement)
    : []
}

const subject = ({ patient }: Making) => ({ reference: `Patient/${patient}` })
const codedValue = (statement: Statement): CodeableConcept | undefined => {
  const [value] = statement.values
  if (value?.kind === 'coded') return conceptOf(value.coded)
  return value?.kind === 'text' && value.text ? { text: value.text } : undefined
}
const statusOf = (system: string, code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
})
const isOver = (statement: Statement) => statement.times.some(({ high }) => high !== undefined)

export function allergyOf(entry: Statement, making: Making): readonly Made[] {
  return concerned(entry, 'observation').flatMap((statement): readonly Made[] => {
    const allergen = statement.participants.find(({ kind }) => kind === 'CSM')
    const code = conceptOf(allergen?.code) ?? (allergen?.name ? { text: allergen.name } : undefined)
    // C-CDA §3.5: an allergy that is negated and names nothing says that none is known.
    const isNone = statement.isNegated && !code
    const known = isNone
      ? { coding: [{ system: 'http://snomed.info/sct', code: '716186003', display: 'No known allergy' }] }
      : code
    if (!known) return []
    const onset = momentOf(statement, making.offset)
    const reaction = reactionsOf(statement)
    const isRefuted = statement.isNegated && !isNone
    const clinical =
      isOver(statement) || (entry.status === 'completed' && entry.kind === 'act') ? 'resolved' : 'active'
    return [
      {
        resourceType: 'AllergyIntolerance',
        id: making.idOf('AllergyIntolerance', statement),
        ...(isRefuted ? {} : { clinicalStatus: statusOf('allergyintolerance-clinical', clinical) }),
        verificationStatus: statusOf('allergyintolerance-verification', isRefuted ? 'refuted' : 'confirmed'),
        code: known,
        patient: subject(making),
        ...(onset ? { onsetDateTime: onset } : {}),
        ...(reaction ? { reaction } : {}),
      },
    ]
  })
}

const severities: Readonly<Record<string, 'mild' | 'moderate' | 'severe'>> = {
  '255604002': 'mild',
  '6736007': 'moderate',
  '24484000': 'severe',
}

function reactionsOf({ related }: Statement): AllergyIntolerance['reaction'] {
  const found = related
    .filter(({ kind }) => kind === 'MFST')
    .flatMap(({ statement }) => {
      const manifestation = codedValue(statement)
      if (!manifestation) return []
      const codes = statement.related.flatMap(({ statement: { values } }) =>
        values.flatMap((value) => (value.kind === 'coded' ? (value.coded.code ?? []) : [])),
      )
      const severity = codes.map((code) => severities[code]).find(Boolean)
      return [{ manifestation: [manifestation], ...(severity ? { severity } : {}) }]
    })
  return found.length > 0 ? found : undefined
}

export function conditionOf(entry: Statement, making: Making): readonly Made[] {
  return concerned(entry, 'observation').flatMap((statement): readonly Made[] => {
    const code = codedValue(statement)
    if (!code) return []
    const period = periodOf(statement.times, making.offset)
    const isRefuted = statement.isNegated === true
    return [
      {
        resourceType: 'Condition',
        id: making.idOf('Condition', statement),
        ...(isRefuted
          ? {}
          : { clinicalStatus: statusOf('condition-clinical', period?.end ? 'resolved' : 'active') }),
        verificationStatus: statusOf('condition-ver-status', isRefuted ? 'refuted' : 'confirmed'),
        category: [statusOf('condition-category', 'problem-list-item')],
        code,
        subject: subject(making),
        ...(period?.start ? { onsetDateTime: period.start } : {}),
        ...(period?.end && !isRefuted ? { abatementDateTime: period.end } : {}),
      },
    ]
  })
}

export function medicationOf(entry: Statement, making: Making): readonly Made[] {
  return concerned(entry, 'substanceAdministration').flatMap((statement): readonly Made[] => {
    const { product } = statement
    const drug = conceptOf(product?.code) ?? (product?.name ? { text: product.name } : undefined)
    if (!drug || statement.isNegated) return []
    const dosage = dosageOf(statement)
    const period = periodOf(statement.times, making.offset)
    if (statement.moodCode === 'INT' || statement.moodCode === 'RQO')
      return [
        {
          resourceType: 'MedicationRequest',
          id: making.idOf('MedicationRequest', statement),
          status: statement.status === 'completed' ? 'completed' : 'active',
          intent: 'order',
          reportedBoolean: true,
          medicationCodeableConcept: drug,
          subject: subject(making),
          ...(period?.start ? { authoredOn: period.start } : {}),
          ...(dosage ? { dosageInstruction: [dosage] } : {}),
        },
      ]
    return [
      {
        resourceType: 'MedicationStatement',
        id: making.idOf('MedicationStatement', statement),
        status: period?.end || statement.status === 'completed' ? 'completed' : 'active',
        medicationCodeableConcept: drug,
        subject: subject(making),
        ...(period ? { effectivePeriod: period } : {}),
        ...(dosage ? { dosage: [dosage] } : {}),
      },
    ]
  })
}

const periodUnits: ReadonlySet<string> = new Set(['s', 'min', 'h', 'd', 'wk', 'mo', 'a'])

function dosageOf({ text, route, dose, period }: Statement): Dosage | undefined {
  const [quantity, by] = [quantityOf(dose), conceptOf(route)]
  const each = quantityOf(period)
  const unit = period?.unit
  const repeat =
    each?.value && unit && periodUnits.has(unit)
      ? { frequency: 1, period: each.value, periodUnit: unit }
      : undefined
  const dosage: Dosage = {
    ...(text ? { text } : {}),
    ...(repeat ? { timing: { repeat: repeat as NonNullable<Dosage['timing']>['repeat'] } } : {}),
    ...(by ? { route: by } : {}),
    ...(quantity ? { doseAndRate: [{ doseQuantity: quantity }] } : {}),
  }
  return Object.keys(dosage).length > 0 ? dosage : undefined
}

export function immunizationOf(entry: Statement, making: Making): readonly Made[] {
  return concerned(entry, 'substanceAdministration').flatMap((statement): readonly Made[] => {
    const { product } = statement
    const vaccine = conceptOf(product?.code) ?? (product?.name ? { text: product.name } : undefined)
    const at = momentOf(statement, making.offset)
    if (!vaccine || !at) return []
    const status: Immunization['status'] = statement.isNegated ? 'not-done' : 'completed'
    const [by, dose] = [conceptOf(statement.route), quantityOf(statement.dose)]
    return [
      {
        resourceType: 'Immunization',
        id: making.idOf('Immunization', statement),
        status,
        vaccineCode: vaccine,
        patient: subject(making),
        occurrenceDateTime: at,
        ...(product?.lot ? { lotNumber: product.lot } : {}),
        ...(by ? { route: by } : {}),
        ...(dose ? { doseQuantity: dose } : {}),
      },
    ]
  })
}

const procedureStates: Readonly<Record<string, Procedure['status']>> = {
  completed: 'completed',
  active: 'in-progress',
  aborted: 'stopped',
  cancelled: 'not-done',
}

export function procedureOf(entry: Statement, making: Making): readonly Made[] {
  if (entry.kind !== 'procedure' && entry.kind !== 'act' && entry.kind !== 'observation') return []
  const code = conceptOf(entry.code)
  if (!code || entry.moodCode !== 'EVN') return []
  const period = periodOf(entry.times, making.offset)
  const at = momentOf(entry, making.offset)
  const bodySite = entry.targetSites.flatMap((site) => conceptOf(site) ?? [])
  const performer = entry.performers.flatMap(({ name }) =>
    name ? [{ actor: { display: nameText(name) } }] : [],
  )
  return [
    {
      resourceType: 'Procedure',
      id: making.idOf('Procedure', entry),
      status: entry.isNegated ? 'not-done' : (procedureStates[entry.status ?? ''] ?? 'unknown'),
      code,
      subject: subject(making),
      ...(period?.end ? { performedPeriod: period } : at ? { performedDateTime: at } : {}),
      ...(bodySite.length > 0 ? { bodySite } : {}),
      ...(performer.length > 0 ? { performer } : {}),
    },
  ]
}

export function encounterOf(entry: Statement, making: Making): readonly Made[] {
  if (entry.kind !== 'encounter' || entry.moodCode !== 'EVN') return []
  const period = periodOf(entry.times, making.offset)
  const type = conceptOf(entry.code)
  const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
  const codes = [entry.code, ...(entry.code?.translations ?? [])]
  const classCode = codes.find((coded) => coded?.codeSystem === '2.16.840.1.113883.5.4')?.code ?? 'AMB'
  const encounter: Encounter & { id: string } = {
    resourceType: 'Encounter',
    id: making.idOf('Encounter', entry),
    status: 'finished',
    class: { system: act, code: classCode },
    ...(type ? { type: [type] } : {}),
    subject: subject(making),
    ...(period ? { period } : {}),
  }
  return [encounter]
}
