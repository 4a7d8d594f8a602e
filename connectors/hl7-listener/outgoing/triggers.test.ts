/** Trigger events of visits (table 0003) and controls of orders (table 0119) by what changed, the whole table. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Encounter, ServiceRequest } from '@xinglin/fhir'
import { orderControlOf, visitTrigger } from './triggers.ts'

function aVisit(status: Encounter['status'], code = 'IMP', place = 'w1'): Encounter {
  const location = [{ location: { reference: `Location/${place}` }, status: 'active' as const }]
  return { resourceType: 'Encounter', status, class: { code }, location }
}

test('a change of a visit is told by its event', () => {
  const states = ['planned', 'in-progress', 'onleave', 'finished', 'cancelled'] as const
  const found = Object.fromEntries(
    [undefined, ...states].map((from) => [
      from ?? 'new',
      states.map((to) => visitTrigger(from && aVisit(from), aVisit(to)) ?? '-').join(' '),
    ]),
  )
  assert.deepEqual(found, {
    new: 'A05 A01 A21 A03 -',
    planned: 'A08 A01 A21 A03 A38',
    'in-progress': 'A05 A08 A21 A03 A11',
    onleave: 'A05 A22 A08 A03 A11',
    finished: 'A05 A13 A13 A08 A11',
    cancelled: 'A05 A01 A21 A03 -',
  })
})

test('an outpatient is registered, becomes an inpatient and the other way round, and moves to another bed', () => {
  const [out, ill] = [aVisit('in-progress', 'AMB'), aVisit('in-progress')]
  assert.deepEqual(
    [
      visitTrigger(undefined, out),
      visitTrigger(out, ill),
      visitTrigger(ill, out),
      visitTrigger(ill, aVisit('in-progress', 'IMP', 'w2')),
    ],
    ['A04', 'A06', 'A07', 'A02'],
  )
})

test('a change of an order is told by its control; plans are not told', () => {
  const states = ['draft', 'active', 'on-hold', 'completed', 'revoked'] as const
  const anOrder = (
    status: ServiceRequest['status'],
    intent: ServiceRequest['intent'] = 'order',
  ): ServiceRequest => ({
    ...{ resourceType: 'ServiceRequest', status, intent, subject: { reference: 'Patient/asha' } },
  })
  const found = Object.fromEntries(
    [undefined, ...states].map((from) => [
      from ?? 'new',
      states.map((to) => orderControlOf(from && anOrder(from), anOrder(to)) ?? '-').join(' '),
    ]),
  )
  assert.deepEqual(found, {
    new: '- NW - - -',
    draft: '- NW - - -',
    active: '- XO HD SC CA',
    'on-hold': '- RL - SC CA',
    completed: '- XO HD - CA',
    revoked: '- XO HD SC -',
  })
  assert.equal(orderControlOf(undefined, anOrder('active', 'plan')), undefined)
})
