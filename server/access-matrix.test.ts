/**
 * Roles × operations × relations to the patient, through REST, search, DICOMweb and the websocket: what is expected follows
 * from two short tables, what happens from the doors.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { dicomMigrations, imagingStudyId, registerDicomWeb } from '@xinglin/dicom-node'
import type { Resource } from '@xinglin/fhir'
import { bulkMigrations, registerFhirApi, subscriptionsMigrations } from '@xinglin/fhir-api'
import type { Policy } from '@xinglin/identity'
import { testKernel } from '@xinglin/testkit'

const kernel = await testKernel({
  listen: true,
  migrations: [dicomMigrations, subscriptionsMigrations, bulkMigrations],
  register: async (each) => {
    registerFhirApi(each, { baseUrl: 'http://hospital.example/fhir/R4' })
    await registerDicomWeb(each)
  },
})
const { identity, records, database } = kernel
const tenant = kernel.actor.tenant
const password = 'Willow-58-hill'
const v3Act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

/** How a patient stands to the practitioner whom every person of the matrix is. */
const relations = ['own', 'department', 'other', 'vip'] as const
type Relation = (typeof relations)[number]

type Right = 'read' | 'search' | 'create' | 'update' | 'delete'
type RoleUnderTest = {
  readonly id: string
  /** Rights of an own role; absent: a built-in one. */
  readonly records?: readonly string[]
  readonly permissions?: readonly string[]
  readonly policies?: readonly Partial<Policy>[]
  /** What is expected. */
  readonly may: readonly Right[]
  readonly sees: readonly Relation[]
}

const all: readonly Relation[] = ['own', 'department', 'other']
const care = { records: ['*.rs', 'Observation.cu'], may: ['read', 'search', 'create', 'update'] } as const
const roles: readonly RoleUnderTest[] = [
  { id: 'administrator', may: ['read', 'search'], sees: relations },
  { id: 'clinician', may: ['read', 'search', 'create', 'update'], sees: all },
  { id: 'nurse', may: ['read', 'search', 'create', 'update'], sees: all },
  { id: 'technician', may: ['read', 'search', 'create', 'update'], sees: all },
  { id: 'auditor', may: [], sees: [] },
  { id: 'ward-doctor', ...care, policies: [{ patients: 'own-patients' }], sees: ['own'] },
  {
    id: 'vip-doctor',
    ...care,
    permissions: ['access.sensitive-vip.read'],
    policies: [{ patients: 'own-patients' }],
    sees: ['own', 'vip'],
  },
  { id: 'ward-nurse', ...care, policies: [{ patients: 'own-department' }], sees: ['department'] },
  {
    id: 'consultant',
    ...care,
    policies: [{ patients: 'own-patients' }, { patients: 'own-department' }],
    sees: ['own', 'department'],
  },
  {
    id: 'record-keeper',
    records: ['*.cruds'],
    policies: [{ patients: 'own-patients' }],
    may: ['read', 'search', 'create', 'update', 'delete'],
    sees: ['own'],
  },
  {
    id: 'billing',
    records: ['*.rs'],
    policies: [{ patients: 'tenant', purposes: ['HPAYMT'] }],
    may: ['read', 'search'],
    sees: [],
  },
  { id: 'reader', records: ['*.r'], may: ['read'], sees: all },
]

const write = (...resources: readonly object[]) =>
  records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'update', resource: resource as Resource }))),
  )

const uidOf = (relation: Relation) => `1.2.3.${relations.indexOf(relation) + 1}`
const observation = (relation: Relation, id = `${relation}-obs`) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '15074-8' }] },
  subject: { reference: `Patient/${relation}` },
  performer: [{ reference: 'Organization/hospital' }],
})

/** Those who act, each with the header of his session. */
async function hospital(): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  await identity.ensureAdministrator({ password })
  const { actor: administrator } = await identity.accounts.signIn({ login: 'admin', password })
  const headers = new Map<string, Readonly<Record<string, string>>>()
  const accounts: string[] = []
  for (const role of roles) {
    const { id, permissions = [] } = role
    if (role.records)
      await identity.roles.save(administrator, {
        id,
        title: { zh: id, en: id },
        records: role.records,
        permissions,
      })
    const login = `of-${id}`
    const person = await identity.people.create(administrator, { login, display: login, roles: [id] })
    accounts.push(`user/${person.id}`)
    const first = await identity.accounts.signIn({ login, password: person.oneTimePassword })
    await identity.accounts.changePassword(first.actor, { current: person.oneTimePassword, next: password })
    const { token } = await identity.accounts.signIn({ login, password })
    headers.set(id, { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' })
    for (const [place, policy] of (role.policies ?? []).entries())
      await identity.policies.save(administrator, {
        policy: { ...aPolicy, ...policy, id: `${id}-${place}`, role: id },
        reason: 'matrix',
      })
  }
  await write(
    { resourceType: 'Organization', id: 'hospital', name: 'Hospital' },
    { resourceType: 'Organization', id: 'cardiology', name: 'Cardiology' },
    {
      resourceType: 'Practitioner',
      id: 'li',
      identifier: accounts.map((value) => ({ system: 'urn:xinglin:account', value })),
    },
    {
      resourceType: 'PractitionerRole',
      id: 'li-cardiology',
      practitioner: { reference: 'Practitioner/li' },
      organization: { reference: 'Organization/cardiology' },
    },
    ...relations.flatMap(chartOf),
  )
  for (const relation of relations) await holdStudy(relation)
  return headers
}

const aPolicy: Policy = {
  ...{ id: 'policy', title: { zh: '策略', en: 'Policy' }, role: 'clinician' },
  ...{ types: ['*'], interactions: 'cruds', patients: 'own-patients', afterDays: 0 },
  ...{ purposes: [], hidden: [], isActive: true },
}

function chartOf(relation: Relation): readonly object[] {
  const subject = { reference: `Patient/${relation}` }
  const isByLi = relation === 'own' || relation === 'vip'
  return [
    {
      resourceType: 'Patient',
      id: relation,
      name: [{ family: relation }],
      ...(relation === 'vip' ? { meta: { security: [{ system: v3Act, code: 'CEL' }] } } : {}),
    },
    {
      resourceType: 'Encounter',
      id: `${relation}-stay`,
      status: 'in-progress',
      class: { system: v3Act, code: 'IMP' },
      subject,
      ...(isByLi ? { participant: [{ individual: { reference: 'Practitioner/li' } }] } : {}),
      ...(relation === 'department' ? { serviceProvider: { reference: 'Organization/cardiology' } } : {}),
    },
    observation(relation),
    {
      resourceType: 'ImagingStudy',
      id: imagingStudyId(tenant, uidOf(relation)),
      status: 'available',
      subject,
    },
  ]
}

async function holdStudy(relation: Relation): Promise<void> {
  const uid = uidOf(relation)
  await database.query(sql`
    insert into dicom.study (tenant, study_instance_uid, patient, attributes, received_at)
    values (${tenant}, ${uid}, ${relation}, '{}', ${kernel.runtime.now()}::timestamptz)`)
  await database.query(sql`
    insert into dicom.series (tenant, series_instance_uid, study_instance_uid, attributes)
    values (${tenant}, ${`${uid}.1`}, ${uid}, '{}')`)
}

type Asking = {
  readonly headers: Readonly<Record<string, string>>
  readonly relation: Relation
  readonly fresh: string
}
type Operation = {
  readonly needs: Right
  /** Whether the patient's resource was reached. */
  readonly reaches: (asking: Asking) => Promise<boolean>
}

async function ask(
  { headers }: Asking,
  url: string,
  {
    method = 'GET',
    body,
    type,
  }: { method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; body?: object | string; type?: string } = {},
) {
  const answer = await kernel.web.http.inject({
    method,
    url,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-type': type ?? 'application/fhir+json' }),
    },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.statusCode, text: answer.body }
}

const fhir = '/fhir/R4'
/** A read answers 200 with the resource; anything else must not hold its content. */
const reads = (path: (relation: Relation) => string, needs: Right = 'read'): Operation => ({
  needs,
  reaches: async (asking) => (await ask(asking, `${fhir}/${path(asking.relation)}`)).status === 200,
})
/** A search reaches what its answer names. */
const finds = (
  path: (relation: Relation) => string,
  named: (relation: Relation) => string,
  needs: Right = 'search',
): Operation => ({
  needs,
  reaches: async (asking) => {
    const { status, text } = await ask(asking, `${fhir}/${path(asking.relation)}`)
    return status === 200 && text.includes(named(asking.relation))
  },
})
const counts = (path: (relation: Relation) => string): Operation => ({
  needs: 'search',
  reaches: async (asking) => {
    const { status, text } = await ask(asking, `${fhir}/${path(asking.relation)}`)
    return status === 200 && JSON.parse(text).total === 1
  },
})
const posts = (
  path: string,
  body: (relation: Relation) => object | string,
  { needs, named, type }: { needs: Right; named: (relation: Relation) => string; type?: string },
): Operation => ({
  needs,
  reaches: async (asking) => {
    const { status, text } = await ask(asking, `${fhir}${path}`, {
      method: 'POST',
      body: body(asking.relation),
      ...(type ? { type } : {}),
    })
    return status === 200 && text.includes(named(asking.relation))
  },
})
const obs = (relation: Relation) => `"id":"${relation}-obs"`
const person = (relation: Relation) => `"id":"${relation}"`
const bundle = (type: 'batch' | 'transaction') => (relation: Relation) => ({
  resourceType: 'Bundle',
  type,
  entry: [{ request: { method: 'GET', url: `Observation/${relation}-obs` } }],
})
const qido = (path: (uid: string) => string): Operation => ({
  needs: 'search',
  reaches: async (asking) => {
    const uid = uidOf(asking.relation)
    const { status, text } = await ask(asking, `/dicom-web${path(uid)}`)
    return status === 200 && text.includes(`/studies/${uid}`)
  },
})

const operations: Readonly<Record<string, Operation>> = {
  'read a Patient': reads((of) => `Patient/${of}`),
  'read an Observation': reads((of) => `Observation/${of}-obs`),
  'read an Encounter': reads((of) => `Encounter/${of}-stay`),
  'read a version': reads((of) => `Observation/${of}-obs/_history/1`),
  'history of a resource': finds((of) => `Observation/${of}-obs/_history`, obs, 'read'),
  'history of a type': finds(() => 'Observation/_history?_count=500', obs),
  'read as it stood': reads(
    (of) => `Observation/${of}-obs?_asOf=${encodeURIComponent(kernel.runtime.now())}`,
  ),
  'search as it stood': finds(
    (of) => `Observation?patient=${of}&_asOf=${encodeURIComponent(kernel.runtime.now())}`,
    obs,
  ),
  'search by id': finds((of) => `Patient?_id=${of}`, person),
  'search by name': finds((of) => `Patient?name=${of}`, person),
  'search by patient': finds((of) => `Observation?patient=${of}`, obs),
  'search by POST': posts('/Patient/_search', (of) => `_id=${of}`, {
    needs: 'search',
    named: person,
    type: 'application/x-www-form-urlencoded',
  }),
  'search by filter': finds((of) => `Patient?_filter=${encodeURIComponent(`name eq "${of}"`)}`, person),
  'search by text': finds((of) => `Patient?_id=${of}&_content=${of}`, person),
  'search in an order': finds(() => 'Observation?code=15074-8&_sort=-_lastUpdated&_count=500', obs),
  'count alone': counts((of) => `Observation?_id=${of}-obs&_summary=count`),
  'exact total': counts((of) => `Observation?_id=${of}-obs&_total=accurate`),
  'estimated total': counts((of) => `Observation?_id=${of}-obs&_total=estimate`),
  'chained search': counts((of) => `Observation?_id=${of}-obs&patient.name=${of}&_total=accurate`),
  'search by who refers': counts((of) => `Patient?_has:Observation:patient:_id=${of}-obs&_total=accurate`),
  include: finds((of) => `Observation?_id=${of}-obs&_include=Observation:subject`, person),
  'reverse include': finds(() => 'Organization?_id=hospital&_revinclude=Observation:performer', obs),
  'everything of a patient': finds((of) => `Patient/${of}/$everything?_count=500`, obs),
  'search of a compartment': finds((of) => `Patient/${of}/Observation`, obs),
  'GraphQL by id': posts('/$graphql', (of) => ({ query: `{ Observation(id: "${of}-obs") { id } }` }), {
    needs: 'read',
    named: obs,
    type: 'application/json',
  }),
  'GraphQL by search': posts(
    '/$graphql',
    (of) => ({ query: `{ ObservationList(patient: "${of}") { id } }` }),
    { needs: 'search', named: obs, type: 'application/json' },
  ),
  'read in a batch': posts('', bundle('batch'), { needs: 'read', named: obs }),
  'read in a transaction': posts('', bundle('transaction'), { needs: 'read', named: obs }),
  'DICOMweb studies': qido((uid) => `/studies?StudyInstanceUID=${uid}`),
  'DICOMweb series': qido((uid) => `/studies/${uid}/series`),
  'follow live': { needs: 'read', reaches: follows },
  create: {
    needs: 'create',
    reaches: async (asking) =>
      (
        await ask(asking, `${fhir}/Observation`, {
          method: 'POST',
          body: { ...observation(asking.relation), id: undefined },
        })
      ).status === 201,
  },
  update: {
    needs: 'update',
    reaches: async (asking) =>
      (
        await ask(asking, `${fhir}/Observation/${asking.fresh}`, {
          method: 'PUT',
          body: { ...observation(asking.relation, asking.fresh), status: 'amended' },
        })
      ).status === 200,
  },
  patch: {
    needs: 'update',
    reaches: async (asking) =>
      (
        await ask(asking, `${fhir}/Observation/${asking.fresh}`, {
          method: 'PATCH',
          body: [{ op: 'replace', path: '/status', value: 'corrected' }],
          type: 'application/json-patch+json',
        })
      ).status === 200,
  },
  delete: {
    needs: 'delete',
    reaches: async (asking) =>
      [200, 204].includes(
        (await ask(asking, `${fhir}/Observation/${asking.fresh}`, { method: 'DELETE' })).status,
      ),
  },
}

async function follows({ headers, relation }: Asking): Promise<boolean> {
  const socket = await opened(headers)
  const isTold = new Promise<boolean>((settle) => {
    socket.addEventListener('message', () => settle(true))
    socket.addEventListener('close', () => settle(false))
  })
  socket.send(JSON.stringify({ subscribe: { patient: relation } }))
  const answer = await isTold
  socket.close()
  return answer
}

function opened(headers: Readonly<Record<string, string>>): Promise<WebSocket> {
  const socket = new WebSocket(`${kernel.baseUrl.replace('http', 'ws')}/api/live`, {
    headers: { ...headers, origin: kernel.baseUrl },
  })
  return new Promise((settle, fail) => {
    socket.addEventListener('open', () => settle(socket))
    socket.addEventListener('error', fail)
  })
}

const people = await hospital()

for (const role of roles)
  test(`${role.id}: each operation reaches the patients that the role may see, and no others`, async () => {
    const headers = people.get(role.id) ?? {}
    const wrong: string[] = []
    for (const relation of relations) {
      const fresh = `${role.id}-${relation}`
      await write(observation(relation, fresh))
      for (const [name, { needs, reaches }] of Object.entries(operations)) {
        const isExpected = isMay(role, needs, name) && role.sees.includes(relation)
        const isReached = await reaches({ headers, relation, fresh })
        if (isReached !== isExpected)
          wrong.push(`${name} of ${relation}: ${isReached ? 'reached' : 'not reached'}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

/** What gathers a chart shows of it what could also be searched for. */
const gathering: ReadonlySet<string> = new Set(['everything of a patient'])

function isMay({ may }: RoleUnderTest, needs: Right, name: string): boolean {
  return may.includes(needs) && (!gathering.has(name) || may.includes('read'))
}

test('live updates tell of resources that their reader may see, and of no others', async () => {
  for (const { id, sees, may } of roles.filter(
    (role) => role.may.includes('search') && role.sees.length > 0,
  )) {
    const socket = await opened(people.get(id) ?? {})
    const told: string[] = []
    const isDone = new Promise<void>((settle) =>
      socket.addEventListener('message', ({ data }) => {
        const message: { entries?: readonly { resourceId?: string }[]; subscribed?: object } =
          JSON.parse(data)
        if (message.subscribed) void happen(id)
        told.push(...(message.entries ?? []).flatMap(({ resourceId }) => resourceId ?? []))
        if (told.includes(`marker-${id}`)) settle()
      }),
    )
    socket.send(JSON.stringify({ subscribe: { kinds: ['record.*'] } }))
    await isDone
    socket.close()
    const expected = may.includes('read') ? relations.filter((relation) => sees.includes(relation)) : []
    assert.deepEqual(
      told.filter((name) => name.startsWith('live-')).toSorted(),
      expected.map((relation) => `live-${id}-${relation}`).toSorted(),
      id,
    )
  }
})

async function happen(id: string): Promise<void> {
  await write(...relations.map((relation) => observation(relation, `live-${id}-${relation}`)))
  await write({ resourceType: 'Organization', id: `marker-${id}`, name: 'marker' })
}
