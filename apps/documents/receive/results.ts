/** Result organizers (4.1) and vital signs (4.26) of C-CDA R2.1: observations, and for results the report that holds them. */
import type { Statement } from '@xinglin/cda'
import type { Observation } from '@xinglin/fhir'
import { conceptOf, momentOf, quantityOf } from './coded.ts'
import type { Made, Making } from './convert.ts'

type Category = 'laboratory' | 'vital-signs'
type Measured = Observation & { readonly id: string }

export function reportOf(entry: Statement, making: Making): readonly Made[] {
  const results = observationsIn(entry, 'laboratory', making)
  const code = conceptOf(entry.code)
  if (entry.kind !== 'organizer' || !code || results.length === 0) return results
  const at = momentOf(entry, making.offset) ?? results[0]?.effectiveDateTime
  return [
    ...results,
    {
      resourceType: 'DiagnosticReport',
      id: making.idOf('DiagnosticReport', entry),
      status: entry.status === 'completed' ? 'final' : 'partial',
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }],
      code,
      subject: { reference: `Patient/${making.patient}` },
      ...(at ? { effectiveDateTime: at } : {}),
      result: results.map(({ id }) => ({ reference: `Observation/${id}` })),
    },
  ]
}

export function seriesOf(entry: Statement, making: Making): readonly Made[] {
  return observationsIn(entry, 'vital-signs', making)
}

function observationsIn(entry: Statement, category: Category, making: Making): readonly Measured[] {
  const statements = entry.kind === 'organizer' ? entry.related.map(({ statement }) => statement) : [entry]
  const at = momentOf(entry, making.offset)
  return statements.flatMap((statement) => observationOf(statement, { category, at, making }))
}

type Within = { readonly category: Category; readonly at: string | undefined; readonly making: Making }

function observationOf(statement: Statement, { category, at, making }: Within): readonly Measured[] {
  const code = conceptOf(statement.code)
  const value = measuredValue(statement)
  if (statement.kind !== 'observation' || !code || !value || statement.isNegated) return []
  const time = momentOf(statement, making.offset) ?? at
  const interpretation = statement.interpretations.flatMap((each) => conceptOf(each) ?? [])
  const referenceRange = rangesOf(statement)
  return [
    {
      resourceType: 'Observation',
      id: making.idOf('Observation', statement),
      status: statement.status === 'completed' ? 'final' : 'preliminary',
      category: [
        {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }],
        },
      ],
      code,
      subject: { reference: `Patient/${making.patient}` },
      ...(time ? { effectiveDateTime: time } : {}),
      ...value,
      ...(interpretation.length > 0 ? { interpretation } : {}),
      ...(referenceRange.length > 0 ? { referenceRange } : {}),
    },
  ]
}

function rangesOf({ referenceRanges }: Statement): NonNullable<Observation['referenceRange']> {
  return referenceRanges.flatMap(({ low, high, text }) => {
    const [from, to] = [quantityOf(low), quantityOf(high)]
    return from || to || text
      ? [{ ...(from ? { low: from } : {}), ...(to ? { high: to } : {}), ...(text ? { text } : {}) }]
      : []
  })
}

type Value = Pick<Observation, 'valueQuantity' | 'valueCodeableConcept' | 'valueString' | 'valueRange'>

function measuredValue({ values }: Statement): Value | undefined {
  const [value] = values
  switch (value?.kind) {
    case 'quantity': {
      const quantity = quantityOf(value.quantity)
      return quantity && { valueQuantity: quantity }
    }
    case 'coded': {
      const concept = conceptOf(value.coded)
      return concept && { valueCodeableConcept: concept }
    }
    case 'range': {
      const [low, high] = [quantityOf(value.low), quantityOf(value.high)]
      return low || high ? { valueRange: { ...(low ? { low } : {}), ...(high ? { high } : {}) } } : undefined
    }
    case 'text':
      return value.text === '' ? undefined : { valueString: value.text }
    default:
      return undefined
  }
}
