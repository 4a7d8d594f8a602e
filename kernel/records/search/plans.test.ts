/** Every shape of search has an index that leads to its answer: none reads a table from end to end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Database, type Sql, sql } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import { aPatient, aResult, asha } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'
import { createRecords } from '../records.ts'

const loinc = 'http://loinc.org'

async function laboratory() {
  const { database, events, runtime, records, keys } = await emptyRecord()
  const patients = Array.from({ length: 40 }, (_, at) => aPatient({ id: `p${at}` }))
  await store(
    records,
    ...patients,
    ...Array.from({ length: 400 }, (_, at) =>
      aResult({
        for: asha,
        subject: { reference: `Patient/p${at % patients.length}` },
        id: `r${at}`,
        value: at % 50,
        code: at % 4 === 0 ? '2823-3' : `c${at % 40}`,
      }),
    ),
  )
  await database.query(
    sql`analyze records.current, records.quantity_value, records.string_value, records.date_value`,
  )
  const asked: Sql[] = []
  const listening: Database = {
    ...database,
    query: (statement) => {
      asked.push(statement)
      return database.query(statement)
    },
    reading: (work) => work(listening),
  }
  const searching = createRecords({ database: listening, events, runtime, keys })
  /** The plans of the statements that a search asks of the record's tables. */
  return async (type: ResourceType, query: string) => {
    asked.length = 0
    await searching.search(qilu.tenant, type, [...new URLSearchParams(query)])
    const plans = asked
      // The mark of reindexing is a table of one row.
      .filter(({ text }) => /records\.(current|\w+_value)/.test(text) && !text.includes('pg_stats'))
      .map(async (statement) => {
        const rows = await database.query(sql<{ 'QUERY PLAN': string }>`explain ${statement}`)
        return rows.map((row) => row['QUERY PLAN']).join('\n')
      })
    return (await Promise.all(plans)).join('\n')
  }
}

const shapes: readonly (readonly [ResourceType, string, RegExp])[] = [
  ['Observation', `code-value-quantity=${loinc}|2823-3$gt40`, /quantity_value_low/],
  ['Observation', 'code-value-quantity=2823-3$40||mmol/L,c3$lt5', /quantity_value_low/],
  ['Observation', 'combo-code-value-quantity=2823-3$gt40', /quantity_value_low/],
  ['Observation', 'value-quantity=gt40|http://unitsofmeasure.org|mmol/L', /quantity_value_low/],
  ['Observation', 'code-value-string=2823-3$posi', /string_value_text/],
  ['Observation', 'code-value-date=2823-3$2026-01', /date_value_low/],
  ['Observation', 'code-value-concept=2823-3$positive', /current_terms/],
  ['Observation', 'component-code-value-concept=2823-3$positive', /current_terms/],
  ['Patient', 'identifier:of-type=s|MR|1', /current_terms/],
  ['Patient', '_profile:below=http://hl7.org/fhir/us', /current_terms/],
  // Eight terms: among 440 resources PostgreSQL 15 takes the shorter way along the newest.
  ['Patient', '_profile:above=http://hl7.org/fhir/us/core', /current_(terms|key)/],
  ['Patient', '_list=round', /current_self/],
  // All results have this display: a page is full soonest along the newest.
  ['Observation', 'code:text=potassium', /current_(terms|key)/],
  ['Observation', '_filter=patient eq Patient/p7 and value-quantity gt 40', /current_chart/],
  ['Observation', '_filter=code eq c7 or code eq c3', /current_terms/],
  ['Observation', '_filter=code eq c3 and not (value-quantity lt 40)', /current_terms/],
  ['Observation', 'patient=Patient/p7&_content=liver', /current_chart/],
  ['Observation', 'code=c3&_text=liver&_total=estimate', /current_terms/],
  ['Location', 'near=36.66|117.01|5|km', /quantity_value_low/],
  ['Observation', 'subject:identifier=urn:mrn|77', /current_terms/],
  ['Observation', '_id=r7&_include:iterate=Observation:subject', /current_self/],
  ['Patient', '_id=p7&_revinclude:iterate=Observation:subject', /current_terms/],
  ['Medication', 'code=abc&_contained=true', /current_terms/],
  ['Patient', '_id=p7&_revinclude=*', /current_terms/],
  ['Observation', '_id=r7&_include:iterate=*', /current_self/],
  ['Observation', 'patient=Patient/p7&_sort=code', /current_(chart|terms)/],
  ['Observation', 'code=c3&_sort=-status,subject', /current_terms/],
  ['Patient', '_sort=gender', /current_(list|moment)/],
  ['Observation', 'patient=Patient/p7&_asOf=2026-03-02', /current_chart.*current_terms.*history_patients/s],
]

test('every shape of search is led by an index', async () => {
  const plan = await laboratory()
  for (const [type, query, index] of shapes) {
    const found = await plan(type, query)
    assert.match(found, index, `${type}?${query}\n${found.slice(0, 2_000)}`)
    assert.doesNotMatch(found, /Seq Scan/, `${type}?${query}\n${found.slice(0, 2_000)}`)
  }
})
