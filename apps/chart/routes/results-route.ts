/** `GET /api/chart/patients/:id/results` and `…/trend`: observations as a cumulative table and as the course of one test. */

import type { DiagnosticReport } from '@xinglin/fhir'
import type { Page, Query } from '@xinglin/records'
import { wordsOf } from '../reading/codes.ts'
import { cumulativeTable } from '../reading/cumulative.ts'
import { readObservation } from '../reading/observation.ts'
import { resultsOf } from '../reading/results.ts'
import type { ResultsAnswer, TestResult, TrendAnswer } from '../reading/shapes.ts'
import { provenancesByTarget } from '../reading/source.ts'
import type { ChartRecords } from './chart-records.ts'
import { includedOf, matchesOf, searchPatient } from './patient-search.ts'

/** A page of observations: some dozen columns of a usual record, 15 ms of reading. */
const observationsAtOnce = '400'
/** More points than pixels across a chart are not seen. */
const mostPoints = '1000'
const withSource = ['_revinclude', 'Provenance:target'] as const

/** A page of the cumulative table; `next` is what an earlier answer gave. */
export async function resultsAnswer(
  records: ChartRecords,
  patient: string,
  next: string | undefined,
): Promise<ResultsAnswer> {
  const [page, reports] = await Promise.all([
    next ? records.search('Observation', nextQuery(next, patient)) : firstPage(records, patient),
    searchPatient(records, patient, 'DiagnosticReport', [
      ['_sort', '-date'],
      ['_count', '100'],
    ]),
  ])
  const results = resultsIn(page)
  const table = cumulativeTable(results, panelsOf(results, matchesOf(reports, 'DiagnosticReport')))
  return { ...table, ...(page.next ? { next: page.next } : {}) }
}

/** The course of one test (`TestResult.test`), oldest first. */
export async function trendAnswer(
  records: ChartRecords,
  patient: string,
  test: string,
): Promise<TrendAnswer> {
  const token = test.split(' ', 1)[0] ?? ''
  const page = await searchPatient(records, patient, 'Observation', [
    // A test that the sender gave no code has no token to ask for.
    ...(/^\|?$/.test(token) || token.startsWith('|') ? [] : ([['combo-code', token]] as const)),
    ['_sort', '-date'],
    ['_count', mostPoints],
    withSource,
  ])
  const results = resultsIn(page).filter((result) => result.test === test && result.time !== undefined)
  const newest = results[0]
  return {
    name: newest?.name ?? '',
    ...(newest?.unit ? { unit: newest.unit } : {}),
    results: results.toReversed(),
  }
}

function firstPage(records: ChartRecords, patient: string): Promise<Page> {
  return searchPatient(records, patient, 'Observation', [
    ['_sort', '-date'],
    ['_count', observationsAtOnce],
    withSource,
  ])
}

/** The record's own next query, held to this patient whatever the address says. */
function nextQuery(next: string, patient: string): Query {
  const others = [...new URLSearchParams(next)].filter(([name]) => name !== 'patient')
  return [['patient', patient], ...others]
}

function resultsIn(page: Page): readonly TestResult[] {
  const provenances = provenancesByTarget(includedOf(page))
  return page.matches.flatMap(({ json }) => resultsOf(readObservation(json), provenances))
}

/** The panel of each test, as the newest report that holds it names it. */
function panelsOf(
  results: readonly TestResult[],
  reports: readonly DiagnosticReport[],
): ReadonlyMap<string, string> {
  const panelByObservation = new Map<string, string>()
  for (const report of reports.toReversed()) {
    for (const { reference } of report.result ?? []) {
      const panel = wordsOf(report.code)
      if (reference && panel) panelByObservation.set(reference, panel)
    }
  }
  return new Map(
    results.toReversed().flatMap(({ test, key }) => {
      const panel = panelByObservation.get(key)
      return panel ? [[test, panel] as const] : []
    }),
  )
}
