/** OBR with its OBX → DiagnosticReport and Observations: a later message updates what an earlier one made. */
import type { DiagnosticReport, Observation, Reference } from '@xinglin/fhir'
import { fhirDateTime, fhirInstant, part, type Segment } from '@xinglin/hl7v2'
import type { Draft, Known } from '../knowledge.ts'
import { interpretation, observationCategory, observationStatus, reportStatus } from '../maps/codes.ts'
import { applyTable } from '../maps/table.ts'
import { observationTable, reportTable } from '../maps/tables.ts'
import { missing, type Reading, repetitions, text, unknownCode } from '../reading.ts'
import { stableId } from '../stable-id.ts'
import { notesOf } from './notes.ts'
import { hasValue, lines, readValue, referenceRangeOf } from './observation-value.ts'
import { given, type Order, orderNumbers, requestOf, sameCode } from './order.ts'
import { union } from './patient.ts'
import { practitionersOf } from './people-and-places.ts'
import { putSpecimens } from './specimen.ts'

export type Result = { readonly obx: Segment; readonly notes: readonly Segment[] }
export type ReportedOrder = Order & {
  readonly results: readonly Result[]
  readonly specimens: readonly Segment[]
}

/** Writes the request, the report and its observations. */
export async function putReport(order: ReportedOrder, reading: Reading, draft: Draft): Promise<void> {
  const request = await requestOf(order, reading, draft)
  const specimens = await putSpecimens({ ...order, request }, reading, draft)
  const numbers = orderNumbers(order, reading)
  const told = applyTable<Partial<DiagnosticReport>>(reportTable, {}, order.obr, reading)
  const present = sameCode(await draft.find('DiagnosticReport', given(numbers)), told)
  const id = present?.id ?? draft.newId()
  const subjects = subjectsOf(order)
  const reported = grouped(order.results).map((group) => ({ group, id: observationId(id, group) }))
  const known = present
    ? await draft.read(
        'Observation',
        reported.map((each) => each.id),
      )
    : []
  for (const each of reported) {
    const before = known.find((observation) => observation.id === each.id)
    const observation = await observationOf(each.group, { order, before, reading, draft })
    draft.put<'Observation'>({
      ...observation,
      ...subjects,
      id: each.id,
      ...(specimens.length === 1 && specimens[0] ? { specimen: specimens[0] } : {}),
      basedOn: [reference('ServiceRequest', request)],
    })
  }
  const results = new Set([
    ...(present?.result ?? []).map((result) => result.reference ?? ''),
    ...reported.map((each) => `Observation/${each.id}`),
  ])
  draft.put<'DiagnosticReport'>({
    ...withoutEffective(present, order.obr),
    ...told,
    ...subjects,
    id,
    identifier: union(present?.identifier ?? [], given(numbers)),
    basedOn: [reference('ServiceRequest', request)],
    status: reportStatusOf(order),
    code: told.code ?? present?.code ?? { text: text(order.obr, 44) || 'report' },
    ...sectionOf(order.obr),
    ...effectiveOf(order.obr, reading),
    ...issuedOf(order.obr, reading),
    ...interpretersOf(order.obr),
    ...(specimens.length > 0 ? { specimen: specimens } : {}),
    ...(results.size > 0 ? { result: [...results].map((each) => ({ reference: each })) } : {}),
  })
}

type Making = {
  readonly order: ReportedOrder
  readonly before: Known<'Observation'> | undefined
  readonly reading: Reading
  readonly draft: Draft
}

/** Lines of one text that a sender wrote as one OBX each are one result. */
type Group = { readonly first: Result; readonly rest: readonly Result[]; readonly ordinal: number }

function grouped(results: readonly Result[]): readonly Group[] {
  const groups: Group[] = []
  const counts = new Map<string, number>()
  for (const result of results) {
    const last = groups.at(-1)
    const isLine = /^(?:TX|FT|ST)$/i.test(text(result.obx, 2))
    if (last && isLine && nameOf(last.first.obx) === nameOf(result.obx)) {
      groups[groups.length - 1] = { ...last, rest: [...last.rest, result] }
      continue
    }
    const name = nameOf(result.obx)
    const ordinal = counts.get(name) ?? 0
    counts.set(name, ordinal + 1)
    groups.push({ first: result, rest: [], ordinal })
  }
  return groups
}

/** OBX-3 and OBX-4 tell results of one report apart; results of the same name by their order. */
function observationId(report: string, { first, ordinal }: Group): string {
  return stableId('Observation', report, nameOf(first.obx), ...(ordinal === 0 ? [] : [String(ordinal)]))
}

function nameOf(obx: Segment): string {
  const code = text(obx, 3, 1) || text(obx, 3, 4) || text(obx, 3, 2)
  if (code === '') throw missing({ segment: obx, field: 3 })
  return JSON.stringify([
    text(obx, 3, 1) ? text(obx, 3, 3) : text(obx, 3, 6),
    code,
    lines(obx.field(4)[0] ?? []),
  ])
}

async function observationOf({ first, rest }: Group, making: Making): Promise<Observation> {
  const { order, reading, draft } = making
  const { obx } = first
  const told = applyTable<Partial<Observation>>(observationTable, {}, obx, reading)
  const note = [first, ...rest].flatMap((result) => notesOf(result.notes, reading))
  const range = referenceRangeOf(obx, reading)
  const flags = flagsOf(obx)
  const at = told.effectiveDateTime ?? fhirDateTime(text(order.obr, 7), reading.offset)
  const section = observationCategory[text(order.obr, 24).toUpperCase()]
  const people = await practitionersOf(obx, 16, reading, draft)
  const issued = fhirInstant(text(order.obr, 22), reading.offset)
  return {
    ...told,
    resourceType: 'Observation',
    status: statusOf(obx, order.obr),
    code: told.code ?? {},
    ...(section
      ? {
          category: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: section },
              ],
            },
          ],
        }
      : {}),
    ...(at ? { effectiveDateTime: at } : {}),
    ...(issued ? { issued } : {}),
    ...(people.length > 0 ? { performer: [...people] } : {}),
    ...valuesOf(first, rest, reading),
    ...(flags.length > 0 ? { interpretation: flags } : {}),
    ...(range.length > 0 ? { referenceRange: range } : {}),
    ...(note.length > 0 ? { note } : {}),
  }
}

/** One value; lines of text together; several values of a measurement as components. */
function valuesOf(first: Result, rest: readonly Result[], reading: Reading) {
  const { obx } = first
  if (![first, ...rest].some((result) => hasValue(result.obx))) return absent(obx)
  const values = obx.field(5)
  if (rest.length > 0 || (values.length > 1 && /^(?:TX|FT|ST)$/i.test(text(obx, 2)))) {
    const all = [first, ...rest].flatMap((result) => result.obx.field(5).map(lines))
    return { valueString: all.join('\n') }
  }
  if (values.length === 1 && values[0]) return readValue(obx, values[0], reading)
  const code = applyTable<Partial<Observation>>(observationTable, {}, obx, reading).code ?? {}
  return { component: values.map((value) => ({ code, ...readValue(obx, value, reading) })) }
}

/** Map of OBX-11 N: not asked; without a value otherwise the reason is unknown. */
function absent(obx: Segment): Pick<Observation, 'dataAbsentReason'> {
  const code = text(obx, 11) === 'N' ? 'not-asked' : 'unknown'
  return {
    dataAbsentReason: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code }],
    },
  }
}

function statusOf(obx: Segment, obr: Segment): Observation['status'] {
  const code = text(obx, 11).toUpperCase()
  const status = code === '' ? observationStatus[text(obr, 25).toUpperCase()] : observationStatus[code]
  if (status === undefined && code !== '' && code !== 'N')
    throw unknownCode({ segment: obx, field: 11 }, '0085')
  return (status ?? 'unknown') as Observation['status']
}

/** OBR-25, else what the results say together. */
function reportStatusOf({ obr, results }: ReportedOrder): DiagnosticReport['status'] {
  const code = text(obr, 25).toUpperCase()
  const told = reportStatus[code]
  if (told === undefined && code !== '') throw unknownCode({ segment: obr, field: 25 }, '0123')
  if (told) return told as DiagnosticReport['status']
  if (results.length === 0) return 'unknown'
  return results.every(({ obx }) => /^[FCUAVX]$/i.test(text(obx, 11))) ? 'final' : 'partial'
}

function flagsOf(obx: Segment): Observation['interpretation'] & object {
  return repetitions(obx, 8).map((repetition) => {
    const code = part(repetition).trim()
    const display = interpretation[code]
    return display
      ? {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code, display },
          ],
        }
      : { text: code }
  })
}

/** The period replaces the moment of an earlier message and the other way round: effective[x] is one of them. */
function withoutEffective(present: DiagnosticReport | undefined, obr: Segment): DiagnosticReport {
  const before: DiagnosticReport = present ?? {
    resourceType: 'DiagnosticReport',
    status: 'unknown',
    code: {},
  }
  if (text(obr, 7) === '' && text(obr, 8) === '') return before
  const { effectiveDateTime: _moment, effectivePeriod: _period, ...rest } = before
  return rest
}

function sectionOf(obr: Segment): Pick<DiagnosticReport, 'category'> {
  const code = text(obr, 24).toUpperCase()
  return code === ''
    ? {}
    : { category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code }] }] }
}

/** Map of OBR-7 and OBR-8: a moment, or a period where the end is told too. */
function effectiveOf(
  obr: Segment,
  reading: Reading,
): Pick<DiagnosticReport, 'effectiveDateTime' | 'effectivePeriod'> {
  const start = fhirDateTime(text(obr, 7), reading.offset)
  const end = fhirDateTime(text(obr, 8), reading.offset)
  if (end) return { effectivePeriod: { ...(start ? { start } : {}), end } }
  return start ? { effectiveDateTime: start } : {}
}

/** An instant has a time of day; a day alone cannot be kept as one. */
function issuedOf(obr: Segment, reading: Reading): Pick<DiagnosticReport, 'issued'> {
  const issued = fhirInstant(text(obr, 22), reading.offset)
  return issued ? { issued } : {}
}

/** OBR-32 (NDL): name & time; the name is a CNN in sub-components: number & family & given. */
function interpretersOf(obr: Segment): Pick<DiagnosticReport, 'resultsInterpreter'> {
  const people = repetitions(obr, 32).flatMap((repetition): Reference[] => {
    const [number = '', family = '', givenName = ''] = repetition[0] ?? []
    const display = `${family}${givenName}` || number
    return display === '' ? [] : [{ display }]
  })
  return people.length > 0 ? { resultsInterpreter: people } : {}
}

function subjectsOf({ patient, encounter }: Order) {
  return {
    subject: { reference: `Patient/${patient.id}` },
    ...(encounter ? { encounter: { reference: `Encounter/${encounter.id}` } } : {}),
  }
}

function reference(type: string, resource: { readonly id: string }): Reference {
  return { reference: `${type}/${resource.id}` }
}
