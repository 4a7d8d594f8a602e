/** Resources as clinical statements of CDA: one resource, one entry with its identifier, code, time and value. */
import { type Statement, type StatementKind, type Times, timeOf, type Value } from '@xinglin/cda'
import type {
  AllergyIntolerance,
  Condition,
  DiagnosticReport,
  Encounter,
  Immunization,
  MedicationRequest,
  Observation,
  ObservationComponent,
  Procedure,
  ServiceRequest,
} from '@xinglin/fhir'
import { codedOf, quantityOf, wordsOf } from './coded.ts'

const actCode = '2.16.840.1.113883.5.4'
const loinc = '2.16.840.1.113883.6.1'
const none = {
  ...{ templateIds: [], ids: [], times: [], values: [], interpretations: [], referenceRanges: [] },
  ...{ targetSites: [], performers: [], authors: [], participants: [], related: [], line: 0 },
} as const

/** What a resource is numbered by in the document: its id under the platform's root. */
export type Numbered = (resource: { readonly resourceType: string; readonly id?: string }) => Statement['ids']

function statement(kind: StatementKind, said: Partial<Statement>): Statement {
  return { ...none, kind, ...said }
}

function at(dateTime: string | undefined): readonly Times[] {
  const value = timeOf(dateTime)
  return value === undefined ? [] : [{ value }]
}

function during(period: { readonly start?: string; readonly end?: string } | undefined): readonly Times[] {
  const low = timeOf(period?.start)
  const high = timeOf(period?.end)
  return low || high ? [{ ...(low ? { low } : {}), ...(high ? { high } : {}) }] : []
}

const unknown = { nullFlavor: 'UNK' } as const

export function allergyStatement(allergy: AllergyIntolerance, numbered: Numbered): Statement {
  const substance = codedOf(allergy.code) ?? unknown
  const name = wordsOf(allergy.code)
  return statement('observation', {
    ids: numbered(allergy),
    code: { code: 'ASSERTION', codeSystem: actCode },
    status: 'completed',
    times: at(allergy.onsetDateTime ?? allergy.recordedDate),
    values: [{ kind: 'coded', type: 'CD', coded: substance }],
    participants: [{ kind: 'CSM', code: substance, ...(name ? { name } : {}) }],
  })
}

export function conditionStatement(condition: Condition, numbered: Numbered): Statement {
  return statement('observation', {
    ids: numbered(condition),
    code: { code: '29308-4', codeSystem: loinc, displayName: 'Diagnosis' },
    status: 'completed',
    times: at(condition.onsetDateTime ?? condition.recordedDate),
    values: [{ kind: 'coded', type: 'CD', coded: codedOf(condition.code) ?? unknown }],
  })
}

export function observationStatement(observation: Observation, numbered: Numbered): Statement {
  const components = (observation.component ?? []).map((component) => ({
    kind: 'COMP',
    statement: statement('observation', measured(component)),
  }))
  return statement('observation', {
    ...measured(observation),
    ids: numbered(observation),
    status: observation.status === 'final' || observation.status === 'amended' ? 'completed' : 'active',
    times: [...at(observation.effectiveDateTime), ...during(observation.effectivePeriod)],
    ...(components.length > 0 ? { related: components } : {}),
  })
}

function measured(measure: Observation | ObservationComponent): Partial<Statement> {
  return {
    code: codedOf(measure.code) ?? unknown,
    values: valuesOf(measure),
    interpretations: (measure.interpretation ?? []).flatMap((each) => codedOf(each) ?? []),
    referenceRanges: (measure.referenceRange ?? []).map(({ low, high, text }) => ({
      ...(low ? { low: quantityOf(low) } : {}),
      ...(high ? { high: quantityOf(high) } : {}),
      ...(text ? { text } : {}),
    })),
  }
}

function valuesOf(measure: Observation | ObservationComponent): readonly Value[] {
  const quantity = quantityOf(measure.valueQuantity)
  if (quantity) return [{ kind: 'quantity', type: 'PQ', quantity }]
  const coded = codedOf(measure.valueCodeableConcept)
  if (coded) return [{ kind: 'coded', type: 'CD', coded }]
  if (measure.valueInteger !== undefined)
    return [{ kind: 'quantity', type: 'INT', quantity: { value: String(measure.valueInteger) } }]
  return measure.valueString === undefined ? [] : [{ kind: 'text', type: 'ST', text: measure.valueString }]
}

/** What a report concludes, as an observation with the report's code. */
export function conclusionStatement(report: DiagnosticReport, numbered: Numbered): Statement {
  const coded = (report.conclusionCode ?? []).flatMap((each): readonly Value[] => {
    const value = codedOf(each)
    return value ? [{ kind: 'coded', type: 'CD', coded: value }] : []
  })
  const words: readonly Value[] = report.conclusion
    ? [{ kind: 'text', type: 'ST', text: report.conclusion }]
    : []
  return statement('observation', {
    ids: numbered(report),
    code: codedOf(report.code) ?? unknown,
    status: 'completed',
    times: at(report.effectiveDateTime ?? report.issued),
    values: [...words, ...coded],
  })
}

/** A panel or a series: its members as components. */
export function organizerStatement(
  code: Statement['code'],
  members: readonly Statement[],
  { kind, ids = [] }: { readonly kind: 'BATTERY' | 'CLUSTER'; readonly ids?: Statement['ids'] },
): Statement {
  return statement('organizer', {
    classCode: kind,
    ids,
    ...(code ? { code } : {}),
    status: 'completed',
    related: members.map((member) => ({ statement: member })),
  })
}

export function medicationStatement(request: MedicationRequest, name: string, numbered: Numbered): Statement {
  const [instruction] = request.dosageInstruction ?? []
  const dose = quantityOf(instruction?.doseAndRate?.[0]?.doseQuantity)
  const route = codedOf(instruction?.route)
  const { period, periodUnit, frequency = 1 } = instruction?.timing?.repeat ?? {}
  const code = codedOf(request.medicationCodeableConcept)
  const text = instruction?.text
  return statement('substanceAdministration', {
    moodCode: 'INT',
    ids: numbered(request),
    ...(text ? { text } : {}),
    status: request.status === 'completed' ? 'completed' : 'active',
    times: at(request.authoredOn),
    ...(period && periodUnit ? { period: { value: String(period / frequency), unit: periodUnit } } : {}),
    ...(route ? { route } : {}),
    ...(dose ? { dose } : {}),
    product: { ...(code ? { code } : {}), ...(name ? { name } : {}) },
  })
}

export function orderStatement(request: ServiceRequest, numbered: Numbered): Statement {
  return statement('procedure', {
    moodCode: 'RQO',
    ids: numbered(request),
    code: codedOf(request.code) ?? unknown,
    status: request.status === 'completed' ? 'completed' : 'active',
    times: at(request.authoredOn),
  })
}

export function procedureStatement(procedure: Procedure, numbered: Numbered): Statement {
  return statement('procedure', {
    ids: numbered(procedure),
    code: codedOf(procedure.code) ?? unknown,
    status: 'completed',
    times: [...at(procedure.performedDateTime), ...during(procedure.performedPeriod)],
    targetSites: (procedure.bodySite ?? []).flatMap((site) => codedOf(site) ?? []),
    performers: (procedure.performer ?? []).flatMap(({ actor }) =>
      actor.display ? [{ ids: [unknown], name: { text: actor.display } }] : [],
    ),
  })
}

export function immunizationStatement(immunization: Immunization, numbered: Numbered): Statement {
  const code = codedOf(immunization.vaccineCode)
  const name = wordsOf(immunization.vaccineCode)
  const { lotNumber } = immunization
  return statement('substanceAdministration', {
    ...(immunization.status === 'not-done' ? { isNegated: true } : {}),
    ids: numbered(immunization),
    status: 'completed',
    times: at(immunization.occurrenceDateTime),
    product: {
      ...(code ? { code } : {}),
      ...(name ? { name } : {}),
      ...(lotNumber ? { lot: lotNumber } : {}),
    },
  })
}

export function encounterStatement(encounter: Encounter, numbered: Numbered): Statement {
  return statement('encounter', {
    ids: numbered(encounter),
    code: codedOf({ coding: [encounter.class] }) ?? unknown,
    times: during(encounter.period),
  })
}
