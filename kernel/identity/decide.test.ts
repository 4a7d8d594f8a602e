/** The matrix of who may do what: built-in roles by interaction and type, scopes of machine clients, default deny. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import { builtInRoles } from './built-in-roles.ts'
import { createDecide } from './decide.ts'
import type { Actor, Interaction } from './identity.ts'
import { compileRights, joinRights } from './rights.ts'

const compiled = new Map(builtInRoles.map((role) => [role.id, compileRights(role.records, role.permissions)]))
const decide = createDecide({
  rightsOf: (_tenant, roles) => joinRights(roles.flatMap((role) => compiled.get(role) ?? [])),
})

const person = (...roles: readonly string[]): Actor => ({
  kind: 'user',
  id: 'mei',
  reference: 'user/mei',
  tenant: 1 as TenantId,
  roles,
  scopes: [],
  display: 'Lin Mei',
})
const client = (...scopes: readonly string[]): Actor => ({
  ...person(),
  kind: 'client',
  reference: 'client/lis',
  scopes,
})

const interactions = ['create', 'read', 'update', 'delete', 'search', 'history', 'act'] as const
const letters: Readonly<Record<Interaction, string>> = {
  create: 'c',
  read: 'r',
  update: 'u',
  delete: 'd',
  search: 's',
  history: 'h',
  act: 'a',
}

/** What an actor may do to one type, as letters: `cruds`, h for the type's history, a for acting. */
function may(actor: Actor, type: ResourceType | '*'): string {
  return interactions
    .filter((interaction) => decide(actor, { kind: 'record', interaction, type }).isAllowed)
    .map((interaction) => letters[interaction])
    .join('')
}

test('each role may do to each kind of record what its work needs and no more', () => {
  const roles = ['administrator', 'clinician', 'nurse', 'technician', 'auditor', 'integrator']
  const types = [
    'Patient',
    'Observation',
    'MedicationRequest',
    'MedicationAdministration',
    'Specimen',
    'ImagingStudy',
    'Composition',
    'Practitioner',
    'ValueSet',
    'AuditEvent',
    '*',
  ] as const

  const matrix = Object.fromEntries(
    types.map((type) => [type, roles.map((role) => `${role}: ${may(person(role), type)}`)]),
  )

  const row = (...rights: readonly string[]) => roles.map((role, index) => `${role}: ${rights[index]}`)
  assert.deepEqual(matrix, {
    Patient: row('rsh', 'crusha', 'rsh', 'rsh', '', 'rsh'),
    Observation: row('rsh', 'crusha', 'crusha', 'crusha', '', 'rsh'),
    MedicationRequest: row('rsh', 'crusha', 'rsh', '', '', 'rsh'),
    MedicationAdministration: row('rsh', 'crusha', 'crusha', '', '', 'rsh'),
    Specimen: row('rsh', 'crusha', 'crusha', 'crusha', '', 'rsh'),
    ImagingStudy: row('rsh', 'crusha', 'rsh', 'crusha', '', 'rsh'),
    Composition: row('rsh', 'crusha', 'rsh', '', '', 'rsh'),
    Practitioner: row('crudsha', 'rsh', 'rsh', 'rsh', '', 'rsh'),
    ValueSet: row('crudsha', 'rsh', 'rsh', '', '', 'rsh'),
    AuditEvent: row('rsh', 'rsh', 'rsh', '', '', 'rsh'),
    '*': row('rsh', 'rsh', 'rsh', '', '', 'rsh'),
  })
})

test('permissions of apps go by role, and whoever has no role may do nothing', () => {
  const permissions = [
    'administration.people.write',
    'administration.audit.read',
    'administration.health.read',
    'integration.messages.read',
    'chart.record.open',
  ]
  const held = (actor: Actor) =>
    permissions.filter((permission) => decide(actor, { kind: 'permission', permission }).isAllowed)

  assert.deepEqual(held(person('administrator')), permissions)
  assert.deepEqual(held(person('clinician')), ['chart.record.open'])
  assert.deepEqual(held(person('auditor')), ['administration.audit.read'])
  assert.deepEqual(held(person('integrator')), [
    'administration.health.read',
    'integration.messages.read',
    'chart.record.open',
  ])
  assert.deepEqual(held(person('nurse', 'auditor')), ['administration.audit.read', 'chart.record.open'])
  assert.deepEqual(held(person()), [])
  assert.deepEqual(held(person('no-such-role')), [])
  assert.equal(may(person(), 'Patient'), '')
})

test('a permission is held by its whole words only', () => {
  const decision = decide(person('clinician'), { kind: 'permission', permission: 'charts.record.open' })
  assert.deepEqual(decision, {
    isAllowed: false,
    reason: 'your roles do not hold the permission charts.record.open',
    values: { permission: 'charts.record.open' },
  })
})

test('scopes of machine clients are understood in the words of SMART 1 and 2', () => {
  const scopes = [
    'system/*.*',
    'system/*.cruds',
    'system/*.read',
    'system/*.write',
    'system/Observation.rs',
    'system/Observation.*',
    'system/Observation.c',
    'user/Observation.rs',
    'Observation.rs',
    'system/Observation.sr',
    'system/Observation.rs?category=laboratory',
  ]
  assert.deepEqual(Object.fromEntries(scopes.map((scope) => [scope, may(client(scope), 'Observation')])), {
    'system/*.*': 'crudsha',
    'system/*.cruds': 'crudsha',
    'system/*.read': 'rsh',
    'system/*.write': 'cuda',
    'system/Observation.rs': 'rsh',
    'system/Observation.*': 'crudsha',
    'system/Observation.c': 'c',
    'user/Observation.rs': '',
    'Observation.rs': '',
    'system/Observation.sr': '',
    'system/Observation.rs?category=laboratory': '',
  })
  assert.equal(may(client('system/Observation.rs'), 'Patient'), '')
  assert.equal(may(client('system/Observation.*'), '*'), '')
})

test('reading covers the history of one resource, searching that of a type', () => {
  const history = (scope: string, id?: string) =>
    decide(client(scope), { kind: 'record', interaction: 'history', type: 'Patient', id }).isAllowed
  assert.deepEqual(
    {
      readOne: history('system/Patient.r', 'leo'),
      readType: history('system/Patient.r'),
      searchOne: history('system/Patient.s', 'leo'),
      searchType: history('system/Patient.s'),
    },
    { readOne: true, readType: false, searchOne: false, searchType: true },
  )
})

test('machine clients hold permissions by scopes of their own', () => {
  const holds = (scope: string) =>
    decide(client(scope), { kind: 'permission', permission: 'integration.messages.read' }).isAllowed
  assert.equal(holds('xinglin/integration.*'), true)
  assert.equal(holds('xinglin/integration.messages.read'), true)
  assert.equal(holds('xinglin/administration.*'), false)
  assert.equal(holds('system/*.*'), false)
})

test('while a one-time password stands nothing is allowed', () => {
  const decision = decide(
    { ...person('administrator'), mustChangePassword: true },
    { kind: 'record', interaction: 'read', type: 'Patient', id: 'leo' },
  )
  assert.deepEqual(decision, { isAllowed: false, reason: 'the one-time password must be changed first' })
})
