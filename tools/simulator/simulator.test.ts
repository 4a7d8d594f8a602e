/** The simulated hospital: the same seed and moment tell the same facts, and each fact is sound. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { makeInstances } from './images/instances.ts'
import { isIdentityNumber } from './people/identity-number.ts'
import { makePopulation } from './population.ts'
import { createRandom } from './random.ts'
import { laboratoryReport } from './speak/hl7-messages.ts'

const now = Date.parse('2026-11-22T10:00:00+08:00')
const population = makePopulation({ seed: 7, patientCount: 50, firstNumber: 1, now })
const facts = population.stories.flatMap((story) => story.facts)

test('the same seed and moment tell the same hospital', () => {
  assert.deepEqual(makePopulation({ seed: 7, patientCount: 50, firstNumber: 1, now }), population)
})

test('another number of patients leaves the first ones as they were', () => {
  const more = makePopulation({ seed: 7, patientCount: 60, firstNumber: 1, now })
  assert.deepEqual(more.stories.slice(0, 50), population.stories)
})

test('identity numbers have a valid check character and fit birth date and sex (GB 11643)', () => {
  const unsound = population.stories.filter(({ person }) => {
    const { identityNumber, birthDate, sex } = person
    const isMale = Number(identityNumber[16]) % 2 === 1
    return (
      !isIdentityNumber(identityNumber) ||
      identityNumber.slice(6, 14) !== birthDate.replaceAll('-', '') ||
      isMale !== (sex === 'male')
    )
  })
  assert.deepEqual(unsound, [])
})

test('a published identity number keeps its check character', () => {
  assert.deepEqual(
    [isIdentityNumber('11010519491231002X'), isIdentityNumber('110105194912310021')],
    [true, false],
  )
})

test('nothing is told of the future and a result never precedes its order', () => {
  const early = facts.filter(
    (fact) => fact.kind === 'resulted' && fact.report.reportedAt <= fact.report.orderedAt,
  )
  assert.deepEqual({ future: facts.filter(({ at }) => at > now), early }, { future: [], early: [] })
})

test('a laboratory report is an ORU^R01 with one OBX an analyte', () => {
  for (const story of population.stories) {
    for (const fact of story.facts) {
      if (fact.kind !== 'resulted') continue
      const envelope = { hospital: population.hospital, controlId: 'C1', charset: 'UNICODE UTF-8' }
      const segments = laboratoryReport(story, fact.visit, fact.report, envelope)
        .split('\r')
        .map((line) => line.slice(0, 3))
      assert.deepEqual(segments, [
        'MSH',
        'PID',
        'PV1',
        'ORC',
        'OBR',
        ...fact.report.results.map(() => 'OBX'),
        '',
      ])
    }
  }
})

test('the images of a study are the same bytes each time and differ from slice to slice', () => {
  const story = population.stories.find((one) => one.facts.some((fact) => fact.kind === 'imaged'))
  const fact = story?.facts.find((one) => one.kind === 'imaged')
  assert.ok(story && fact?.kind === 'imaged')
  const digests = () =>
    makeInstances(createRandom(1), story, fact.study, population.hospital).map(({ dataset }) =>
      createHash('sha256').update(dataset).digest('hex'),
    )
  assert.deepEqual(digests(), digests())
  assert.equal(new Set(digests()).size, fact.study.procedure.slices)
})
