/** 医疗机构病历管理规定（2013 年版）第二十九条, as it falls on charts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant, Resource } from '@xinglin/fhir'
import { type Kept, keptBy, retentionsOf } from './retention.ts'

const clock = { now: '2026-03-01T08:00:00.000+08:00' as Instant, timeZone: 'Asia/Shanghai' }
const subject = { reference: 'Patient/p' }
const of = (id: string, resource: object): Kept => {
  const { resourceType } = resource as Resource
  return { type: resourceType, id, resource: { ...resource, id } as Resource }
}
const visit = (id: string, code: string, end: string, status = 'finished') =>
  of(id, { resourceType: 'Encounter', status, class: { code }, subject, period: { end } })
const result = (id: string, more: object) =>
  of(id, { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject, ...more })
const inVisit = (id: string) => ({ encounter: { reference: `Encounter/${id}` } })
const patient = of('p', { resourceType: 'Patient' })

/** `type/id rule` of what is kept, and what goes. */
function judged(parts: readonly Kept[]) {
  const chart = new Map(parts.map((part) => [`${part.type}/${part.id}`, part]))
  const retentions = retentionsOf(parts, clock)
  const rules = parts.map((part) => [part.id, keptBy(part, { chart, retentions })?.rule ?? 'goes'] as const)
  return Object.fromEntries(rules)
}

test('an outpatient record is kept 15 years from the last visit, an inpatient record 30 from the last discharge', () => {
  const out = visit('out', 'AMB', '2011-03-02')
  const stay = visit('stay', 'IMP', '1996-03-10')
  assert.deepEqual(
    retentionsOf([out, stay], clock).map(
      ({ rule, until, isOver }) => `${rule} ${until.slice(0, 10)} ${isOver}`,
    ),
    ['inpatient-30-years 2026-03-11 false', 'outpatient-15-years 2026-03-03 false'],
  )
  assert.deepEqual(judged([visit('old', 'AMB', '2011-02-20')]), { old: 'goes' })
})

test('a later visit keeps the earlier ones of its kind, and no other kind', () => {
  const parts = [
    patient,
    visit('first', 'AMB', '1999-01-01'),
    visit('last', 'EMER', '2009-01-01'),
    visit('stay', 'IMP', '2000-01-01'),
    result('of-first', inVisit('first')),
    result('of-stay', inVisit('stay')),
  ]
  assert.deepEqual(judged(parts), {
    p: 'inpatient-30-years',
    first: 'goes',
    last: 'goes',
    stay: 'inpatient-30-years',
    'of-first': 'goes',
    'of-stay': 'inpatient-30-years',
  })
})

test('care without a visit counts as outpatient care of its day; what was never care keeps nothing', () => {
  assert.deepEqual(judged([patient, result('new', { effectiveDateTime: '2020-05-01' })]), {
    p: 'outpatient-15-years',
    new: 'outpatient-15-years',
  })
  assert.deepEqual(
    judged([
      patient,
      result('old', { effectiveDateTime: '2001-05-01' }),
      result('wrong', { status: 'entered-in-error', effectiveDateTime: '2025-05-01' }),
      visit('cancelled', 'AMB', '2025-05-01', 'cancelled'),
    ]),
    { p: 'goes', old: 'goes', wrong: 'goes', cancelled: 'goes' },
  )
})

test('what was deleted is kept with the rest; appointments are no medical record', () => {
  const parts = [
    visit('out', 'AMB', '2025-01-01'),
    { type: 'Observation', id: 'deleted' },
    of('appointment', { resourceType: 'Appointment', status: 'fulfilled' }),
  ]
  assert.deepEqual(judged(parts), {
    out: 'outpatient-15-years',
    deleted: 'outpatient-15-years',
    appointment: 'goes',
  })
})
