/** Who opened my record: looks of one person close together are one opening. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { AuditEntry } from '../../identity.ts'
import { openingsOf } from './openings.ts'

const entry = (minute: number, given: Partial<AuditEntry>): AuditEntry => ({
  ...{ id: String(minute), tenant: 1 as TenantId, actor: 'user/li', actorDisplay: '李医生' },
  at: `2026-03-02T08:${String(minute).padStart(2, '0')}:00.000+08:00` as Instant,
  ...{ action: 'read', outcome: 'allowed', resourceType: 'Patient' },
  ...given,
})

test('looks within a quarter of an hour are one opening; a pause, another purpose or a refusal is another', () => {
  const entries = [
    entry(50, { outcome: 'refused' }),
    entry(40, { action: 'search', resourceType: 'Observation' }),
    entry(39, { actor: 'user/wang' }),
    entry(30, { action: 'update', resourceType: 'Condition' }),
    entry(10, { purpose: 'HRESCH', client: 'app-1' }),
    entry(5, {}),
  ]

  const openings = openingsOf(entries, {
    whoOf: ({ actor }) => ({ kind: 'system', name: actor }),
    appOf: (client) => `App ${client}`,
  })

  deepEqual(
    openings.map(({ from, until, who, accesses, types, actions, isRefused, purpose, app }) => [
      `${from.slice(14, 16)}-${until.slice(14, 16)}`,
      who.kind === 'system' ? who.name : '',
      [accesses, types.join(), actions.join(), isRefused, purpose, app],
    ]),
    [
      ['50-50', 'user/li', [1, 'Patient', 'looked', true, undefined, undefined]],
      ['30-40', 'user/li', [2, 'Condition,Observation', 'changed,looked', false, undefined, undefined]],
      ['39-39', 'user/wang', [1, 'Patient', 'looked', false, undefined, undefined]],
      ['10-10', 'user/li', [1, 'Patient', 'looked', false, 'HRESCH', 'App app-1']],
      ['05-05', 'user/li', [1, 'Patient', 'looked', false, undefined, undefined]],
    ],
  )
})
