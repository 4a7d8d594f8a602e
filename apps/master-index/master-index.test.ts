/** What the desk of the index does, through its addresses, on a real platform. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Patient, Resource } from '@xinglin/fhir'
import { testKernel } from '@xinglin/testkit'
import { masterIndex, patientMatcher } from './app.ts'
import type {
  MergePreview,
  MergesAnswer,
  PairAnswer,
  PairsAnswer,
  SettingsAnswer,
  UndoPreview,
} from './contract.ts'
import { type KeptPerson, openedPerson } from './index/features.ts'

const kernel = await testKernel({ apps: [masterIndex] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/master-index.*'])
const { tenant } = kernel.actor
const citizen = 'urn:oid:2.16.156.10011.1.3'
const hospital = 'urn:oid:2.999.86.1.1'
const mr = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }

const zhang: Resource & { id: string } = {
  resourceType: 'Patient',
  id: 'zhang',
  active: true,
  name: [{ family: '张', given: ['伟'] }],
  gender: 'male',
  birthDate: '1984-01-18',
  identifier: [
    { system: hospital, value: '100001', type: mr, use: 'usual' },
    { system: citizen, value: '370102198401184073' },
  ],
  telecom: [{ system: 'phone', value: '13800138000' }],
  address: [{ state: '山东省', city: '济南市', district: '历下区', line: ['泉城路8号3号楼2单元101室'] }],
}
/** Registered again without card: a name of the same sound, a new phone. */
const zhangAgain: Resource & { id: string } = {
  ...zhang,
  id: 'zhang-again',
  name: [{ text: '章伟' }],
  identifier: [{ system: hospital, value: '200002', type: mr }],
  telecom: [{ system: 'phone', value: '13900139000' }],
}

async function write(...resources: readonly (Resource & { id: string })[]): Promise<void> {
  await kernel.records.commit({ tenant, actor: kernel.actor.reference }, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'update', resource }))),
  )
}

async function get<T>(path: string): Promise<T> {
  const response = await kernel.web.http.inject({ url: `/api/master-index${path}`, headers })
  assert.equal(response.statusCode, 200, response.body)
  return response.json()
}

async function act<T>(name: string, payload: object, status = 200): Promise<T> {
  const url = `/api/master-index/commands/${name}`
  const response = await kernel.web.http.inject({ method: 'POST', url, headers, payload })
  assert.equal(response.statusCode, status, response.body)
  return status === 204 ? (undefined as T) : response.json()
}

/** The reaction follows the log by itself; what is asked becomes true some milliseconds after the commit. */
async function until<T>(read: () => Promise<T>, holds: (read: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await read()
    if (holds(seen)) return seen
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const openPairs = () => get<PairsAnswer>('/pairs')

/** Everything of a chart as it is told to others, without versions and times. */
async function chartOf(patient: string): Promise<readonly unknown[]> {
  const { root, members } = await kernel.records.compartment(tenant, {
    of: { type: 'Patient', id: patient },
    count: 100,
  })
  return [...(root ? [root] : []), ...members]
    .filter(({ type }) => type !== 'Provenance')
    .map(({ json }) => {
      const { meta: _meta, ...rest }: Resource = JSON.parse(json)
      return rest
    })
    .toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1))
}

const visit = (id: string, patient: string): Resource & { id: string } => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: `Patient/${patient}` },
})
const allergy = (id: string, patient: string): Resource & { id: string } => ({
  resourceType: 'AllergyIntolerance',
  id,
  patient: { reference: `Patient/${patient}` },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
  code: { text: '青霉素' },
})

await write(zhang, zhangAgain)
await write(visit('v1', 'zhang'), visit('v2', 'zhang-again'), allergy('a2', 'zhang-again'))
await write({
  ...{ resourceType: 'Task', id: 't2', status: 'requested', intent: 'order' },
  for: { reference: 'Patient/zhang-again' },
} as Resource & { id: string })

test('a patient who is registered again comes to the list, with every reason told', async () => {
  const { pairs, counts } = await until(openPairs, (answer) => answer.pairs.length === 1)
  const { found: _found, bits: _bits, probability, ...row } = pairs[0] ?? assert.fail()
  assert.ok(probability > 0.99)
  assert.deepEqual(
    { row, counts },
    {
      row: {
        one: {
          id: 'zhang',
          isHidden: false,
          name: '张伟',
          gender: 'male',
          birthDate: '1984-01-18',
          mrn: '100001',
        },
        other: {
          id: 'zhang-again',
          isHidden: false,
          name: '章伟',
          gender: 'male',
          birthDate: '1984-01-18',
          mrn: '200002',
        },
        state: 'open',
        outcome: 'certain',
        evidence: ['name-birth-contact', 'name-birth'],
        objections: [],
      },
      counts: { open: 1 },
    },
  )
  const { explanation, one, other } = await get<PairAnswer>('/pairs/zhang/zhang-again')
  assert.deepEqual(
    explanation.fields.map(({ field, level }) => [field, level]),
    [
      ['name', 'sound'],
      ['birthDate', 'same'],
      ['sex', 'same'],
      ['citizen', undefined],
      ['document', undefined],
      ['contact', 'address'],
    ],
  )
  const sum = explanation.fields.reduce((bits, field) => bits + field.bits, 0)
  assert.ok(Math.abs(sum - explanation.bits) < 1e-9)
  assert.deepEqual([one.names, one.visits, other.names, other.visits], [['张伟'], 1, ['章伟'], 1])
})

test('a search by name or number finds the pairs of a patient', async () => {
  const find = async (text: string) => {
    const response = await kernel.web.http.inject({
      ...{ method: 'POST', url: '/api/master-index/pairs/find', headers },
      payload: { text },
    })
    const { pairs }: PairsAnswer = response.json()
    return pairs.map(({ one }) => one.id)
  }
  assert.deepEqual([await find('章伟'), await find('200002'), await find('李四')], [['zhang'], ['zhang'], []])
})

test('a pair is taken on, put off and brought back', async () => {
  const pair = { one: 'zhang', other: 'zhang-again' }
  await act('assign-pair', { ...pair, isMine: true }, 204)
  assert.equal((await get<PairsAnswer>('/pairs?mine=1')).pairs.length, 1)
  await act('decide-pair', { ...pair, decision: 'later', until: '2999-01-01', note: '等待核实' }, 204)
  assert.deepEqual((await openPairs()).pairs, [])
  const { pairs } = await get<PairsAnswer>('/pairs?state=later')
  assert.deepEqual([pairs[0]?.until, pairs[0]?.decided?.note], ['2999-01-01', '等待核实'])
  await act('decide-pair', { ...pair, decision: 'open' }, 204)
  assert.equal((await openPairs()).pairs.length, 1)
})

test('a merge moves the whole chart in one act, and undoing it restores both charts exactly', async () => {
  const before = { zhang: await chartOf('zhang'), again: await chartOf('zhang-again') }
  assert.deepEqual(await get<MergePreview>('/merges/preview?survivor=zhang&merged=zhang-again'), {
    moves: [
      { type: 'AllergyIntolerance', count: 1 },
      { type: 'Encounter', count: 1 },
      { type: 'Task', count: 1 },
    ],
    numbers: ['200002'],
  })
  const { merge, moved } = await act<{ merge: string; moved: number }>('merge-patients', {
    ...{ survivor: 'zhang', merged: 'zhang-again', reason: '同一患者，未带身份证重复建档' },
  })
  assert.equal(moved, 3)
  const together = JSON.stringify(await chartOf('zhang'))
  for (const id of ['v1', 'v2', 'a2', 't2']) assert.ok(together.includes(`"id":"${id}"`), id)
  const read = async (id: string) =>
    JSON.parse((await kernel.records.read(tenant, 'Patient', id))?.json ?? '{}')
  const [survivor, gone] = [await read('zhang'), await read('zhang-again')]
  assert.deepEqual(survivor.link, [{ other: { reference: 'Patient/zhang-again' }, type: 'replaces' }])
  assert.deepEqual(survivor.identifier.at(-1), { system: hospital, value: '200002', type: mr, use: 'old' })
  assert.deepEqual(
    [gone.active, gone.link],
    [false, [{ other: { reference: 'Patient/zhang' }, type: 'replaced-by' }]],
  )
  assert.equal((await get<PairsAnswer>('/pairs?state=same')).pairs[0]?.merge, merge)

  await act('undo-merge', { merge, reason: '两人同名' })

  assert.deepEqual({ zhang: await chartOf('zhang'), again: await chartOf('zhang-again') }, before)
  const { merges } = await get<MergesAnswer>('/merges')
  assert.deepEqual([merges[0]?.id, merges[0]?.undone?.reason], [merge, '两人同名'])
  await act('undo-merge', { merge, reason: '再次' }, 409)
})

test('what came since a merge is told and stays, unless it is named; what was changed since keeps its change', async () => {
  const { merge } = await act<{ merge: string }>('merge-patients', {
    ...{ survivor: 'zhang', merged: 'zhang-again', reason: '同一患者' },
  })
  kernel.runtime.advance(60_000)
  await write(
    visit('v3', 'zhang'),
    visit('v4', 'zhang'),
    { ...visit('v2', 'zhang'), status: 'cancelled' } as Resource & { id: string },
    // Somebody gave this allergy to a third patient meanwhile.
    { ...allergy('a2', 'third'), note: [{ text: '核实' }] } as Resource & { id: string },
  )
  const zhangNow = JSON.parse((await kernel.records.read(tenant, 'Patient', 'zhang'))?.json ?? '{}')
  await write({ ...zhangNow, birthDate: '1984-01-19' })

  const preview = await get<UndoPreview>(`/merges/${merge}/undo`)
  assert.deepEqual(preview.items, [
    { type: 'AllergyIntolerance', id: 'a2', kind: 'conflict' },
    { type: 'Encounter', id: 'v2', kind: 'moved-back' },
    { type: 'Patient', id: 'zhang', kind: 'moved-back' },
    { type: 'Patient', id: 'zhang-again', kind: 'restored' },
    { type: 'Task', id: 't2', kind: 'restored' },
  ])
  assert.deepEqual(preview.since.map(({ id }) => id).toSorted(), ['v3', 'v4'])
  const { conflicts } = await act<{ conflicts: number }>('undo-merge', {
    ...{ merge, reason: '两人', alsoMove: ['Encounter/v4'] },
  })
  assert.equal(conflicts, 1)
  const subjects = await Promise.all(
    ['v1', 'v2', 'v3', 'v4'].map(async (id) => {
      const { status, subject } = JSON.parse(
        (await kernel.records.read(tenant, 'Encounter', id))?.json ?? '{}',
      )
      return [id, status, subject.reference]
    }),
  )
  assert.deepEqual(subjects, [
    ['v1', 'finished', 'Patient/zhang'],
    ['v2', 'cancelled', 'Patient/zhang-again'],
    ['v3', 'finished', 'Patient/zhang'],
    ['v4', 'finished', 'Patient/zhang-again'],
  ])
  const { meta: _meta, ...after } = JSON.parse(
    (await kernel.records.read(tenant, 'Patient', 'zhang'))?.json ?? '{}',
  )
  assert.deepEqual(after, { ...zhang, birthDate: '1984-01-19' })
})

test('of two merges one upon the other the later is undone first', async () => {
  await write({
    ...zhangAgain,
    id: 'zhang-third',
    identifier: [{ system: hospital, value: '300003', type: mr }],
  })
  const merge = (survivor: string, merged: string) =>
    act<{ merge: string }>('merge-patients', { survivor, merged, reason: '同一患者' })
  const first = await merge('zhang-again', 'zhang-third')
  const second = await merge('zhang', 'zhang-again')
  await act('merge-patients', { survivor: 'zhang', merged: 'zhang-third', reason: '再次' }, 409)
  const refused = await act<Resource>('undo-merge', { merge: first.merge, reason: '两人' }, 409)
  assert.ok(JSON.stringify(refused).includes('master-index.merged-further'))
  await act('undo-merge', { merge: second.merge, reason: '两人' })
  await act('undo-merge', { merge: first.merge, reason: '两人' })
})

test('a described person is looked up by what is known of him', async () => {
  const { matches } = await until(
    async () => ({
      matches: await patientMatcher(kernel).match({ tenant, count: 5, patient: { ...zhang, id: undefined } }),
    }),
    ({ matches }) => matches.length === 3,
  )
  assert.deepEqual(matches[0]?.id, 'zhang')
  assert.equal(matches[0]?.outcome, 'certain')
  assert.deepEqual(
    await patientMatcher(kernel).match({ tenant, count: 5, patient: { resourceType: 'Patient' } }),
    [],
  )
})

test('a scan compares everybody, and rules take effect by it as a version that says why', async () => {
  const { version } = await act<{ version: number }>('save-settings', {
    ...{ upper: 0.999, lower: 0.1, evidence: ['number'], isAutomatic: false, note: '只认身份证号' },
  })
  const settings = await until(
    () => get<SettingsAnswer>('/settings'),
    ({ scans }) => scans[0]?.state === 'done',
  )
  assert.deepEqual(
    [version, settings.upper, settings.evidence, settings.saved?.note],
    [1, 0.999, ['number'], '只认身份证号'],
  )
  assert.equal(settings.scans[0]?.keysDone, settings.scans[0]?.keysAll)
  const { pairs } = await openPairs()
  assert.deepEqual(new Set(pairs.map(({ outcome }) => outcome)), new Set(['doubtful']))
  await act('save-settings', { upper: 0.5, lower: 0.9, evidence: [], isAutomatic: false, note: '反了' }, 400)
})

test('a scan goes through every shared key, page by page', async () => {
  const span = '400000000000000'
  await kernel.database.query(sql`
    insert into master_index.block_key (tenant, key, no)
    select ${tenant}, (number - 11000) * ${span}::bigint, no
    from generate_series(1, 22000) as number
    cross join (select no from master_index.person where tenant = ${tenant} order by no limit 2) as two`)
  const { scan } = await act<{ scan: string }>('start-scan', {})
  const { scans } = await until(
    () => get<SettingsAnswer>('/settings'),
    (settings) => settings.scans.some(({ id, state }) => id === scan && state === 'done'),
  )
  assert.ok((scans.find(({ id }) => id === scan)?.keysDone ?? 0) >= 22_000)
  await kernel.database.query(sql`delete from master_index.block_key where key % ${span}::bigint = 0`)
})

test('certain pairs are linked without a person only where the institution says so', async () => {
  await act('save-settings', {
    ...{
      upper: 0.99,
      lower: 0.05,
      evidence: ['number', 'name-birth-contact'],
      isAutomatic: true,
      note: '自动关联',
    },
  })
  const li: Patient & { id: string } = {
    ...{ resourceType: 'Patient', id: 'li', active: true, name: [{ text: '李明' }], gender: 'male' },
    ...{ birthDate: '1990-02-10', address: [{ text: '山东省济南市历下区泉城路8号3号楼2单元101室' }] },
  }
  await write(li, { ...li, id: 'li-again' })
  const { pairs } = await until(
    () => get<PairsAnswer>('/pairs?state=linked'),
    (answer) => answer.pairs.some(({ one }) => one.id === 'li'),
  )
  assert.ok(pairs.length > 0)
  const { link } = JSON.parse((await kernel.records.read(tenant, 'Patient', 'li'))?.json ?? '{}')
  assert.deepEqual(link, [{ other: { reference: 'Patient/li-again' }, type: 'seealso' }])
  await act('decide-pair', { one: 'li', other: 'li-again', decision: 'different', note: '双胞胎' }, 204)
  const parted = JSON.parse((await kernel.records.read(tenant, 'Patient', 'li'))?.json ?? '{}')
  assert.equal(parted.link, undefined)
})

type Derived = { readonly patient: string; readonly features: KeptPerson; readonly keys: number }

test('the people of the index can be filled again from the log', async () => {
  const derived = async () => {
    const people = await kernel.database.query<Derived>(sql<Derived>`
      select patient, features, (select count(*) from master_index.block_key as block where block.no = person.no) as keys
      from master_index.person as person order by patient`)
    return Promise.all(
      people.map(async ({ patient, features, keys }) => ({
        ...{ patient, keys, person: await openedPerson(kernel, { tenant, patient }, features) },
      })),
    )
  }
  const before = await derived()
  assert.ok(before.length > 3)
  await kernel.database.query(sql`delete from master_index.block_key`)
  await kernel.database.query(sql`delete from master_index.person`)
  const consumer = kernel.events.consumer({
    ...{ name: 'master-index.test-rebuild', kinds: ['record.*'], from: 'start' },
    resourceTypes: ['Patient'],
    handle: (entries, transaction) => masterIndex.reactions['keep-index'].react(entries, transaction, kernel),
  })
  consumer.start()
  await consumer.caughtUp()
  await consumer.stop()
  assert.deepEqual(await derived(), before)
})
