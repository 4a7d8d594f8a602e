/** What patients' consents say, told by the pure rules and by the tables alike. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Consent, Resource, ResourceOf } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import { testIdentity } from '../test-identity.ts'
import { roleSystem } from './consent.ts'
import { rebuildConsents } from './derive.ts'
import { directiveOf } from './directive.ts'
import { decisionOf, type Look } from './evaluate.ts'
import { emergencyLookOf, lookOf } from './look.ts'
import { consentsRefusing, isPermitted } from './refusals.ts'
import { seenOf } from './seen.ts'

const tenant = 1 as TenantId
const loinc = 'http://loinc.org'
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const nurse = person('wang', ['nurse'], { departments: ['icu'], practitioner: 'wang' })
const doctor = person('li', ['clinician'], { departments: ['medicine'], practitioner: 'li' })

const here = await testIdentity()
await put({ resourceType: 'Patient', id: 'asha', name: [{ text: '张三' }] })
await put(result('potassium', '2823-3', '2026-03-01T08:00:00Z'))
await put(result('hiv', '7918-6', '2026-03-02T08:00:00Z'))
await put({
  ...result('psychiatry', '44249-1', '2020-03-02T08:00:00Z'),
  meta: { security: [{ system: actCode, code: 'PSY' }] },
})
await put(result('undated', '2823-3', undefined))

test('a patient who refuses a department is not seen there, and is seen elsewhere', async () => {
  await put(aConsent('c1', { type: 'deny', actor: [named('Organization/icu')] }))
  assert.deepEqual(await refusedTo(nurse), {
    'Consent/c1': [],
    'Observation/hiv': ['c1'],
    'Observation/potassium': ['c1'],
    'Observation/psychiatry': ['c1'],
    'Observation/undated': ['c1'],
    'Patient/asha': ['c1'],
  })
  assert.deepEqual(refusals(await refusedTo(doctor)), [])
})

test('a withdrawal acts at once, and so does a consent that is written again', async () => {
  await put(aConsent('c1', { type: 'deny', actor: [named('Organization/icu')] }, { status: 'inactive' }))
  assert.deepEqual(refusals(await refusedTo(nurse)), [])
  await put(aConsent('c1', { type: 'deny', actor: [named('Practitioner/wang')] }))
  assert.equal(refusals(await refusedTo(nurse)).length, 5)
  await remove('c1')
  assert.deepEqual(refusals(await refusedTo(nurse)), [])
})

test('codes, security labels, types, single resources and the time of the event bound what is refused', async () => {
  const cases: readonly (readonly [Consent['provision'], readonly string[]])[] = [
    [{ code: [{ coding: [{ system: loinc, code: '7918-6' }] }] }, ['Observation/hiv']],
    [{ code: [{ coding: [{ code: '7918-6' }] }] }, ['Observation/hiv']],
    [{ securityLabel: [{ system: actCode, code: 'PSY' }] }, ['Observation/psychiatry']],
    [{ class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Patient' }] }, ['Patient/asha']],
    [
      { data: [{ meaning: 'instance', reference: { reference: 'Observation/potassium' } }] },
      ['Observation/potassium'],
    ],
    [
      {
        dataPeriod: { end: '2020' },
        class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }],
      },
      ['Observation/psychiatry', 'Observation/undated'],
    ],
    [{ period: { end: '2025-12-31' } }, []],
    [{ action: [{ coding: [{ code: 'correct' }] }] }, []],
  ]
  for (const [bounds, refused] of cases) {
    await put(aConsent('c1', { type: 'deny', ...bounds }))
    assert.deepEqual(refusals(await refusedTo(doctor)), refused, JSON.stringify(bounds))
  }
})

test('a provision inside another is an exception to it, at any depth', async () => {
  await put(
    aConsent('c1', {
      type: 'deny',
      provision: [
        {
          type: 'permit',
          actor: [named(undefined, 'clinician')],
          provision: [{ type: 'deny', securityLabel: [{ system: actCode, code: 'PSY' }] }],
        },
      ],
    }),
  )
  assert.deepEqual(refusals(await refusedTo(doctor)), ['Observation/psychiatry'])
  assert.equal(refusals(await refusedTo(nurse)).length, 5)
})

test('who opted out is seen only by whom the consent names', async () => {
  const optOut = { policyRule: { coding: [{ system: actCode, code: 'OPTOUT' }] } }
  await put(aConsent('c1', { type: 'permit', actor: [named('Practitioner/li')] }, optOut))
  assert.deepEqual(refusals(await refusedTo(doctor)), [])
  assert.equal(refusals(await refusedTo(nurse)).length, 5)
})

test('research is refused to who treats, by purpose', async () => {
  await put(aConsent('c1', { type: 'deny', purpose: [{ code: 'HRESCH' }] }))
  assert.deepEqual(refusals(await refusedTo(doctor)), [])
  assert.equal(refusals(await refusedTo({ ...doctor, purpose: 'CLINTRCH' })).length, 5)
})

test('the broken glass is heard only by rules that name it', async () => {
  const look = emergencyLookOf(nurse, here.runtime.now())
  await put(aConsent('c1', { type: 'deny' }))
  assert.deepEqual(refusals(await refusedTo(nurse, look)), [])
  await put(aConsent('c1', { type: 'deny', purpose: [{ code: 'TREAT' }] }))
  assert.deepEqual(refusals(await refusedTo(nurse, look)), [])
  await put(aConsent('c1', { type: 'deny', purpose: [{ code: 'BTG' }] }))
  assert.equal(refusals(await refusedTo(nurse, look)).length, 5)
})

test('what cannot be judged refuses more and permits less', async () => {
  const someGroup = [named('Group/relatives')]
  await put(aConsent('c1', { type: 'deny', actor: someGroup }))
  assert.equal(refusals(await refusedTo(doctor)).length, 5)
  await put(aConsent('c1', { type: 'deny', provision: [{ type: 'permit', actor: someGroup }] }))
  assert.equal(refusals(await refusedTo(doctor)).length, 5)
})

test('drafts, advance directives and consents to a treatment are no rules about the record', async () => {
  await put(aConsent('c1', { type: 'deny' }, { status: 'proposed' }))
  assert.deepEqual(refusals(await refusedTo(doctor)), [])
  await put(aConsent('c1', { type: 'deny' }, { scope: { coding: [{ code: 'treatment' }] } }))
  assert.deepEqual(refusals(await refusedTo(doctor)), [])
})

test('the rules made anew from all consents are the rules that were kept', async () => {
  await put(aConsent('c1', { type: 'deny', actor: [named('Organization/icu')] }))
  await put(aConsent('c2', { type: 'deny', code: [{ coding: [{ system: loinc, code: '7918-6' }] }] }))
  const kept = await tables()
  assert.equal(await rebuildConsents(here, tenant), 2)
  assert.deepEqual(await tables(), kept)
  await remove('c2')
})

test('the pure rules and the tables tell the same of 300 random consents', async () => {
  const random = seededRandom(20261123)
  for (let round = 0; round < 300; round++) {
    const consent = aConsent('c1', randomProvision(random, 3), {
      ...(random() < 0.5 ? { policyRule: { coding: [{ code: pick(random, ['OPTIN', 'OPTOUT']) }] } } : {}),
    })
    await put(consent)
    const actor = { ...pick(random, [nurse, doctor]), purpose: pick(random, ['TREAT', 'HRESCH', 'HPAYMT']) }
    const look = random() < 0.2 ? emergencyLookOf(actor, here.runtime.now()) : undefined
    assert.deepEqual(
      await decidedBy('tables', actor, look),
      await decidedBy('rules', actor, look, consent),
      show(consent),
    )
  }
})

async function decidedBy(
  by: 'tables' | 'rules',
  actor: Actor,
  given: Look | undefined,
  consent?: ResourceOf<'Consent'>,
): Promise<Record<string, string | undefined>> {
  const look = given ?? lookOf(actor, here.runtime.now())
  const decided: Record<string, string | undefined> = {}
  for (const [type, id] of (await resources()).filter(([each]) => each !== 'Consent')) {
    const name = `${type}/${id}`
    if (by === 'rules') {
      const directive = consent && directiveOf(consent, here.runtime.timeZone)
      const version = await here.records.read(tenant, type, id)
      const seen = seenOf(JSON.parse(version?.json ?? '{}'), here.runtime.timeZone)
      decided[name] = directive && decisionOf(directive, look, seen)
      continue
    }
    const refusing = await consentsRefusing(here.database, { tenant, type, id }, look)
    const [row] = await here.database.query(sql<{ permits: boolean }>`
      select ${isPermitted(sql`row`, look)} as permits from records.current as row where id = ${id}`)
    decided[name] = refusing.length > 0 ? 'deny' : row?.permits ? 'permit' : undefined
  }
  return decided
}

type Provision = NonNullable<Consent['provision']>

function randomProvision(random: () => number, depth: number): Provision {
  const maybe = <T>(make: () => T): T | undefined => (random() < 0.3 ? make() : undefined)
  const inner = depth === 0 ? 0 : Math.floor(random() * 3)
  return JSON.parse(
    JSON.stringify({
      type: pick(random, ['deny', 'permit'] as const),
      actor: maybe(() => [
        pick(random, [
          named('Organization/icu'),
          named('Practitioner/li'),
          named(undefined, 'nurse'),
          named('Group/g'),
        ]),
      ]),
      purpose: maybe(() => [{ code: pick(random, ['TREAT', 'HRESCH', 'BTG', 'ETREAT']) }]),
      code: maybe(() => [{ coding: [{ system: loinc, code: pick(random, ['7918-6', '2823-3']) }] }]),
      securityLabel: maybe(() => [{ system: actCode, code: 'PSY' }]),
      class: maybe(() => [
        { system: 'http://hl7.org/fhir/resource-types', code: pick(random, ['Observation', 'Patient']) },
      ]),
      dataPeriod: maybe(() => ({ start: pick(random, ['2021', '2019']) })),
      period: maybe(() => ({ [pick(random, ['start', 'end'])]: pick(random, ['2025', '2027']) })),
      provision: Array.from({ length: inner }, () => randomProvision(random, depth - 1)),
    }).replace(/,"provision":\[\]/g, ''),
  )
}

function pick<T>(random: () => number, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)]
  if (chosen === undefined) throw new Error('nothing to choose from')
  return chosen
}

/** Mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const show = (consent: Consent) => JSON.stringify(consent, null, 1)

function person(id: string, roles: readonly string[], words: Partial<Actor>): Actor {
  return { kind: 'user', id, reference: `user/${id}`, tenant, roles, scopes: [], display: id, ...words }
}

function named(reference: string | undefined, role?: string) {
  return {
    role: { coding: [role ? { system: roleSystem, code: role } : { code: 'PRCP' }] },
    reference: reference ? { reference } : { display: 'whoever has the role' },
  }
}

function result(
  id: string,
  code: string,
  effectiveDateTime: string | undefined,
): ResourceOf<'Observation'> & { id: string } {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: loinc, code }] },
    subject: { reference: 'Patient/asha' },
    ...(effectiveDateTime ? { effectiveDateTime } : {}),
  }
}

function aConsent(
  id: string,
  provision: Provision,
  words: Partial<Consent> = {},
): ResourceOf<'Consent'> & { id: string } {
  return {
    resourceType: 'Consent',
    id,
    status: 'active',
    scope: { coding: [{ code: 'patient-privacy' }] },
    category: [{ coding: [{ system: loinc, code: '59284-0' }] }],
    patient: { reference: 'Patient/asha' },
    policyRule: { coding: [{ system: actCode, code: 'OPTIN' }] },
    provision,
    ...words,
  }
}

async function put(resource: Resource & { id: string }): Promise<void> {
  const given = JSON.parse(JSON.stringify(resource))
  await here.records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write([{ kind: 'update', resource: given }]),
  )
}

async function remove(id: string): Promise<void> {
  await here.records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write([{ kind: 'delete', type: 'Consent', id }]),
  )
}

async function resources() {
  const rows = await here.database.query(sql<{ type: Resource['resourceType']; id: string }>`
    select type::text as type, id from records.current where not deleted order by type::text, id`)
  return rows.map(({ type, id }) => [type, id] as const)
}

/** Which consents refuse each resource to somebody. */
async function refusedTo(actor: Actor, look = lookOf(actor, here.runtime.now())) {
  const told: Record<string, readonly string[]> = {}
  for (const [type, id] of await resources())
    told[`${type}/${id}`] = await consentsRefusing(here.database, { tenant, type, id }, look)
  return told
}

function refusals(told: Awaited<ReturnType<typeof refusedTo>>): readonly string[] {
  return Object.keys(told).filter((name) => told[name]?.length)
}

async function tables() {
  return Promise.all([
    here.database.query(sql`select * from consent.rule order by tenant, consent, number`),
    here.database.query(sql`select * from consent.rule_terms order by tenant, consent, number, aspect, type`),
  ])
}
