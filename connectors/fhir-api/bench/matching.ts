/** What one change costs where many listen: `node connectors/fhir-api/bench/matching.ts`. In memory, one core. */
import type { Observation } from '@xinglin/fhir'
import { parseFilters } from '../subscriptions/definition/filters.ts'
import { changedOf, isEventOf, passesFilters, readyTopic } from '../subscriptions/matching/judge.ts'
import { builtInTopics } from '../subscriptions/topics/built-in.ts'

const parse = { timeZone: 'Asia/Shanghai', nowMs: Date.parse('2026-03-02T00:00:00Z') }
const changes = 20_000

const result: Observation = {
  resourceType: 'Observation',
  id: 'potassium',
  status: 'final',
  category: [
    {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }],
    },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
  subject: { reference: 'Patient/500' },
  effectiveDateTime: '2026-03-02T08:00:00+08:00',
  valueQuantity: { value: 4.1, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
}

for (const listeners of [1, 100, 1_000]) {
  const topic = builtInTopics.find(({ url }) => url.endsWith(':laboratory-result'))
  if (!topic) throw new Error('there is no such topic')
  const ready = await readyTopic(topic, parse)
  const filters = Array.from({ length: listeners }, (_, index) =>
    parseFilters([`Observation?patient=Patient/${index}`], topic, parse),
  )
  let told = 0
  const startedMs = performance.now()
  for (let change = 0; change < changes; change++) {
    const changed = changedOf(
      { type: 'Observation', interaction: 'create', previous: undefined, current: result },
      parse.timeZone,
    )
    if (!isEventOf(ready, changed)) continue
    for (const each of filters) if (passesFilters(each, changed)) told++
  }
  const microseconds = ((performance.now() - startedMs) * 1_000) / changes
  process.stdout.write(
    `${listeners} subscriptions of the type: ${microseconds.toFixed(1)} µs a change, ${told} told\n`,
  )
}
