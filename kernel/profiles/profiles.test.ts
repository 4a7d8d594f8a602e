/** Guides of an institution and the judgement of its writes (FHIR R4 §5.3, §2.24.1.1 meta.profile), on a real database. */
import assert from 'node:assert/strict'
import { createReadStream, existsSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Sql, Transaction } from '@xinglin/database'
import { createEventLog, type TenantId } from '@xinglin/events'
import { OutcomeError, type Resource, type ResourceType } from '@xinglin/fhir'
import { createRecords, type Query, type WriteJudge } from '@xinglin/records'
import { testKernel, testTenant } from '@xinglin/testkit'
import { type CodePort, createProfiles } from './profiles.ts'
import { type File, tarOf } from './testing/tar.ts'

const usCoreFile = new URL('../../../shared/data/us-core-6.1.0/us_core_610.tgz', import.meta.url)
const skip = existsSync(usCoreFile) ? false : 'US Core 6.1.0 is not beside the repository'
const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/'

const kernel = await testKernel()
const { profiles, records } = kernel
const author = { tenant: testTenant, actor: 'user/asha' }

const write = async (resource: object, by = { records, author }) => {
  const [version] = await by.records.commit(by.author, (unit) =>
    unit.write([{ kind: 'create', resource: resource as Resource }]),
  )
  return version
}
const refused = async (writing: Promise<unknown>) => {
  const error = await writing.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  assert.ok(error instanceof OutcomeError, String(error))
  return error.outcome
}
const told = ({ issue }: OutcomeError['outcome']) => issue.map(({ diagnostics }) => diagnostics)

async function* guide(files: readonly object[], version = '1.0.0'): AsyncGenerator<Uint8Array> {
  const manifest = {
    name: 'org.example.guide',
    version,
    fhirVersions: ['4.0.1'],
    canonical: 'http://example.org',
  }
  const named = files.map((file, at): File => ({ name: `package/d${at}.json`, text: JSON.stringify(file) }))
  yield gzipSync(tarOf([{ name: 'package/package.json', text: JSON.stringify(manifest) }, ...named]))
}

const colour = (id: string, most: number, version = '1.0.0') => ({
  resourceType: 'StructureDefinition',
  id,
  url: `http://example.org/${id}`,
  version,
  name: 'P',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Basic',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Basic',
  derivation: 'constraint',
  snapshot: {
    element: [
      {
        id: 'Basic',
        path: 'Basic',
        definition: 'x',
        min: 0,
        max: '*',
        base: { path: 'Basic', min: 0, max: '*' },
      },
      {
        id: 'Basic.identifier',
        path: 'Basic.identifier',
        definition: 'x',
        min: 0,
        max: String(most),
        base: { path: 'Basic.identifier', min: 0, max: '*' },
        type: [{ code: 'Identifier' }],
      },
    ],
  },
})
const basic = (identifiers: number, ...claims: readonly string[]) => ({
  resourceType: 'Basic',
  code: { text: 'x' },
  ...(identifiers > 0
    ? { identifier: Array.from({ length: identifiers }, (_, at) => ({ value: `${at}` })) }
    : {}),
  ...(claims.length > 0 ? { meta: { profile: claims } } : {}),
})

test('a guide becomes resources of the record, and adding it again changes nothing', { skip }, async () => {
  const added = await profiles.add(author, createReadStream(usCoreFile))
  const found = await records.search(testTenant, 'StructureDefinition', [['url', `${usCore}us-core-patient`]])
  const again = await profiles.add(author, createReadStream(usCoreFile))
  const later = await records.read(testTenant, 'StructureDefinition', 'us-core-patient')

  assert.deepEqual(added, {
    name: 'hl7.fhir.us.core',
    version: '6.1.0',
    canonical: 'http://hl7.org/fhir/us/core',
    title: 'US Core Implementation Guide',
    fhirVersion: '4.0.1',
    addedAt: '2026-03-02T08:00:00.000+08:00',
    state: 'ready',
    definitions: 208,
    stored: 208,
    refused: [],
  })
  assert.deepEqual(again, added)
  assert.deepEqual(
    found.matches.map(({ id, version }) => [id, version]),
    [['us-core-patient', 1]],
  )
  assert.equal(later?.version, 1)
})

test('a write that claims a profile is judged by it, with the place in its request', { skip }, async () => {
  const claiming = {
    resourceType: 'Patient',
    meta: { profile: [`${usCore}us-core-patient`] },
    name: [{ family: '王' }],
    gender: 'female',
  }
  const change = { kind: 'create', resource: claiming as Resource, at: 'Bundle.entry[3].resource' } as const

  const outcome = await refused(records.commit(author, (unit) => unit.write([change])))
  const version = await write({ ...claiming, identifier: [{ system: 'urn:mrn', value: '1' }] })

  assert.deepEqual(outcome, {
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'error',
        code: 'required',
        details: { coding: [{ system: 'urn:xinglin:error', code: 'fhir.profile-cardinality' }] },
        diagnostics: `Bundle.entry[3].resource.identifier is missing; ${usCore}us-core-patient requires it`,
        expression: ['Bundle.entry[3].resource.identifier'],
      },
    ],
  })
  assert.equal(version?.warnings, undefined)
})

test('a required profile is asked of every write of its type, claimed or not', async () => {
  await profiles.add(author, guide([colour('required', 1)]))
  await write(basic(2))

  const requirement = await profiles.require(author, 'http://example.org/required')
  const outcome = await refused(write(basic(2)))
  const removal = await refused(profiles.remove(author, { name: 'org.example.guide', version: '1.0.0' }))
  const demands = await profiles.demands(testTenant)
  await profiles.release(author, 'http://example.org/required')

  assert.deepEqual(requirement, { type: 'Basic', profile: 'http://example.org/required' })
  assert.deepEqual(told(outcome), [
    'Basic.identifier stands 2 times; http://example.org/required allows at most 1',
  ])
  assert.deepEqual(told(removal), [
    'the profile http://example.org/required of this guide is required; release it first',
  ])
  assert.deepEqual(demands, { required: [requirement], unknown: 'warn' })
  assert.equal((await write(basic(2)))?.version, 1)
})

test('what is required holds in a transaction that writes definitions too, in a process that has just started', async () => {
  await profiles.require(author, 'http://example.org/required')
  const { records: others } = otherProcess()

  const outcome = await refused(
    others.commit(author, (unit) =>
      unit.write([
        { kind: 'update', resource: colour('another', 1) as Resource },
        { kind: 'create', resource: basic(2) as Resource },
      ]),
    ),
  )
  await profiles.release(author, 'http://example.org/required')

  assert.deepEqual(told(outcome), [
    'Basic.identifier stands 2 times; http://example.org/required allows at most 1',
  ])
})

test('an unknown profile warns the writer, or refuses the write where the institution wants so', async () => {
  const warned = await write(basic(1, 'http://example.org/nobody'))
  await profiles.setUnknown(author, 'refuse')
  const outcome = await refused(write(basic(1, 'http://example.org/nobody')))
  await profiles.setUnknown(author, 'warn')
  const unrequired = await refused(profiles.require(author, 'http://example.org/nobody'))

  assert.deepEqual(warned?.warnings, [
    {
      severity: 'warning',
      code: 'not-supported',
      details: { coding: [{ system: 'urn:xinglin:error', code: 'profiles.unknown' }] },
      diagnostics: 'this profile is not known here; the resource was not judged by it',
      expression: ['Basic.meta.profile[0]'],
    },
  ])
  assert.deepEqual(told(outcome), [
    'this profile is not known here, and only known ones may be claimed; add the guide that defines it',
  ])
  assert.deepEqual(told(unrequired), [
    'no profile of this address is known here; add the guide that defines it',
  ])
})

test('a changed definition is what the next write is judged by, in every process', async () => {
  const claim = 'http://example.org/changing'
  const other = otherProcess()
  const put = (most: number) =>
    records.commit(author, (unit) =>
      unit.write([{ kind: 'update', resource: colour('changing', most) as Resource }]),
    )
  await put(2)
  await write(basic(2, claim))
  await write(basic(2, claim), other)

  await put(1)
  const outcome = await refused(write(basic(2, claim)))
  const later = await untilRefused(() => write(basic(2, claim), other))

  const said = ['Basic.identifier stands 2 times; http://example.org/changing allows at most 1']
  assert.deepEqual(told(outcome), said)
  assert.deepEqual(told(later), said)
})

test('a definition that is rolled back leaves no trace in what later writes are judged by', async () => {
  const claim = 'http://example.org/never'
  await assert.rejects(
    records.commit(author, async (unit) => {
      await unit.write([{ kind: 'update', resource: colour('never', 1) as Resource }])
      await assert.rejects(
        unit.write([{ kind: 'create', resource: basic(2, claim) as Resource }]),
        /allows at most 1/,
      )
      throw new Error('given up')
    }),
    /given up/,
  )

  assert.equal((await write(basic(2, claim)))?.warnings?.length, 1)
})

test('the version that is claimed is the one that is asked, else the newest', async () => {
  await profiles.add(author, guide([colour('versions', 3, '9.0.0')], '9.0.0'))
  await profiles.add(author, guide([colour('versions', 1, '10.0.0')], '10.0.0'))
  const claim = 'http://example.org/versions'

  assert.equal((await write(basic(2, `${claim}|9.0.0`)))?.warnings, undefined)
  assert.deepEqual(told(await refused(write(basic(2, claim)))), [
    'Basic.identifier stands 2 times; http://example.org/versions allows at most 1',
  ])

  await profiles.remove(author, { name: 'org.example.guide', version: '10.0.0' })
  assert.equal((await write(basic(2, claim)))?.warnings, undefined)
  assert.deepEqual(
    (await profiles.guides(testTenant))
      .map(({ name, version, state }) => [name, version, state])
      .filter(([name]) => name === 'org.example.guide'),
    [
      ['org.example.guide', '1.0.0', 'ready'],
      ['org.example.guide', '9.0.0', 'ready'],
    ],
  )
})

test('what is no valid definition is left out and told', async () => {
  const added = await profiles.add(author, guide([{ resourceType: 'ValueSet', id: 'v' }], '2.0.0'))

  assert.deepEqual(
    [added.definitions, added.stored, added.refused],
    [1, 0, [{ file: 'd0.json', reason: 'ValueSet.status is missing; it is required' }]],
  )
})

test('a contained resource is judged by what it claims itself', async () => {
  await profiles.add(author, guide([colour('inner', 1)], '3.0.0'))
  const container = {
    resourceType: 'Basic',
    code: { text: 'x' },
    subject: { reference: '#b' },
    contained: [{ ...basic(2, 'http://example.org/inner'), id: 'b' }],
  }

  assert.deepEqual(told(await refused(write(container))), [
    'Basic.contained[0].identifier stands 2 times; http://example.org/inner allows at most 1',
  ])
})

const bound = (id: string, valueSet: string) => {
  const { snapshot, ...rest } = colour(id, 9)
  const [root] = snapshot.element
  const code = {
    id: 'Basic.code',
    path: 'Basic.code',
    definition: 'x',
    min: 1,
    max: '1',
    base: { path: 'Basic.code', min: 1, max: '1' },
    type: [{ code: 'CodeableConcept' }],
    binding: { strength: 'required', valueSet },
  }
  return { ...rest, snapshot: { element: [root, code] } }
}
const coded = (id: string, system: string, code: string) => ({
  resourceType: 'Basic',
  meta: { profile: [`http://example.org/${id}`] },
  code: { coding: [{ system, code }] },
})

test('a code is judged by the terminology of the platform, or by nobody where nobody knows its value set', async () => {
  const system = 'http://terminology.hl7.org/CodeSystem/observation-category'
  const listed = bound('listed', 'http://hl7.org/fhir/ValueSet/observation-category')
  const unheard = bound('unheard', 'http://example.org/unheard')
  await profiles.add(author, guide([listed, unheard], '4.0.0'))
  const definitions = {
    tenant: testTenant,
    search: (type: ResourceType, query: Query) => records.search(testTenant, type, query),
  }

  assert.equal((await write(coded('listed', system, 'laboratory')))?.warnings, undefined)
  assert.deepEqual(told(await refused(write(coded('listed', system, 'nothing')))), [
    'Basic.code has no code of the value set http://hl7.org/fhir/ValueSet/observation-category, which http://example.org/listed requires',
  ])
  assert.equal((await write(coded('unheard', system, 'nothing')))?.warnings, undefined)
  assert.deepEqual(
    (await profiles.judge(definitions, coded('unheard', system, 'nothing'))).map(
      ({ severity, diagnostics }) => [severity, diagnostics],
    ),
    [
      [
        'information',
        'the codes of Basic.code were not judged: the value set http://example.org/unheard, which http://example.org/unheard requires, is not known here',
      ],
    ],
  )
})

test('codes of a value set that is too large to list are asked one by one', async () => {
  const asked: string[] = []
  const { database, events, runtime } = kernel
  const others = createRecords({ database, events, runtime })
  const codes: CodePort = {
    holds: async (_tenant, { codings }) => {
      asked.push(...codings.map(({ code }) => code))
      return codings.some(({ code }) => code === 'in')
    },
  }
  createProfiles({ database, records: others, events, runtime, codes })
  const by = { records: others, author }

  await write(coded('unheard', 'http://example.org/large', 'in'), by)
  const outcome = await refused(write(coded('unheard', 'http://example.org/large', 'out'), by))

  assert.deepEqual(asked, ['in', 'out'])
  assert.deepEqual(
    outcome.issue.map(({ code, expression }) => [code, expression]),
    [['code-invalid', ['Basic.code']]],
  )
})

test('an institution has its own guides and demands', async () => {
  const elsewhere = { tenant: 2 as TenantId, actor: 'user/leo' }

  assert.deepEqual(await profiles.guides(elsewhere.tenant), [])
  assert.deepEqual(await profiles.demands(elsewhere.tenant), { required: [], unknown: 'warn' })
})

test('a write without profiles is judged at once, without a question to the database', async () => {
  const judges: WriteJudge[] = []
  const asked: string[] = []
  const listening = { ...records, judgeBy: (judge: WriteJudge) => void judges.push(judge) }
  const { database, events, runtime } = kernel
  createProfiles({ database, records: listening, events, runtime })
  const unit = (transaction: Transaction) => ({
    tenant: testTenant,
    transaction: {
      ...transaction,
      query: <Row>(statement: Sql<Row>) => {
        asked.push(statement.text)
        return transaction.query(statement)
      },
    },
    search: (type: ResourceType, query: Query) => records.search(testTenant, type, query),
  })
  const changes = [{ kind: 'create', resource: basic(1) as Resource }] as const

  const [first, later] = await database.transaction(async (transaction) => {
    const [judge] = judges
    await judge?.(unit(transaction), changes)
    const questions = asked.length
    return [questions, judge?.(unit(transaction), changes)] as const
  })

  assert.deepEqual([first, later, asked.length], [1, undefined, 1])
})

/** Another process on the same database. */
function otherProcess() {
  const { database, runtime } = kernel
  const events = createEventLog({ database, runtime })
  const others = createRecords({ database, events, runtime, vocabulary: undefined })
  createProfiles({ database, records: others, events: { ...events, follow: kernel.events.follow }, runtime })
  return { records: others, author }
}

/** The log takes some 30 ms to tell. */
async function untilRefused(attempt: () => Promise<unknown>): Promise<OutcomeError['outcome']> {
  for (;;) {
    try {
      await attempt()
    } catch (error) {
      if (error instanceof OutcomeError) return error.outcome
      throw error
    }
  }
}
