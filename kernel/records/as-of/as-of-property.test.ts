/** Time travel: after random edits every past instant answers what a search, a read and $everything had answered then. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant, Resource } from '@xinglin/fhir'
import { emptyRecord, qilu } from '../fixtures.ts'
import type { Change, Page, Query, Records, Version } from '../records.ts'

type Stored = Resource & { readonly id: string }

const { records, runtime } = await emptyRecord()
const patients = ['asha', 'leo'] as const
const edits = 40

test('40 random edits: every past instant answers as it had answered then', async () => {
  const random = seeded(20261123)
  await write(standing())
  const seen: { readonly at: Instant; readonly answers: Answers }[] = []
  for (let edit = 0; edit < edits; edit += 1) {
    const at = runtime.advance(1 + Math.floor(random() * 5_000))
    await write(await randomChanges(random))
    seen.push({ at, answers: await answersNow(records) })
    runtime.advance(1)
  }

  for (const { at, answers } of seen) assert.deepEqual(await answersAsOf(records, at), answers, at)
  const told = await records.moments(qilu.tenant, 'asha')
  const instants = new Set(told.moments.map((moment) => moment.at))
  assert.ok(instants.size > edits / 4 && !told.isCut)
  // What a chart refers to may change without it.
  const membersAt = (index: number) => JSON.stringify({ ...seen[index]?.answers.charts.asha, referred: [] })
  for (const [index, { at }] of seen.entries()) {
    if (index > 0 && membersAt(index) !== membersAt(index - 1)) assert.ok(instants.has(at), at)
  }
})

/** What refers to no patient, and what is there from the start. */
function standing(): readonly Change[] {
  return [
    ...patients.map((id) => put({ resourceType: 'Patient', id, name: [{ text: `${id} 张` }] })),
    put({ resourceType: 'Practitioner', id: 'doctor', name: [{ text: '李医生' }] }),
    put({ resourceType: 'Organization', id: 'laboratory', name: 'laboratory' }),
  ]
}

const put = (resource: Stored): Change => ({ kind: 'update', resource })

async function write(changes: readonly Change[]): Promise<void> {
  await records.commit(qilu, (unit) => unit.write(changes))
}

/** One to three changes: results, stays and orders are written, changed, moved to the other patient, deleted and made again. */
async function randomChanges(random: () => number): Promise<readonly Change[]> {
  const chosen = new Map<string, Change>()
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) {
    const change = randomChange(random)
    const name = change.kind === 'delete' ? `${change.type}/${change.id}` : nameIn(change.resource)
    const isThere = change.kind !== 'delete' || (await records.read(qilu.tenant, change.type, change.id))
    if (isThere) chosen.set(name, change)
  }
  return [...chosen.values()]
}

function nameIn({ resourceType, id }: Resource & { id?: string }): string {
  return `${resourceType}/${id}`
}

function randomChange(random: () => number): Change {
  const number = Math.floor(random() * 5)
  const patient = pick(patients, random)
  const of = { reference: `Patient/${patient}` }
  // A stay is one patient's; a result may be moved to the other patient and that one's stay.
  const stayId = `e${number}-${patient}`
  const day = `2026-02-${String(1 + Math.floor(random() * 20)).padStart(2, '0')}`
  const kind = Math.floor(random() * 9)
  const result: Stored = {
    resourceType: 'Observation',
    id: `o${number}`,
    status: pick(['final', 'amended'], random),
    code: {
      text: 'potassium',
      coding: [{ system: 'http://loinc.org', code: pick(['2823-3', '718-7'], random) }],
    },
    subject: of,
    effectiveDateTime: day,
    valueQuantity: { value: Math.floor(random() * 9), unit: 'mmol/L' },
    performer: [
      {
        reference: pick(
          ['Practitioner/doctor', 'Organization/laboratory', 'Patient/asha', 'Patient/leo'],
          random,
        ),
      },
    ],
    ...(random() < 0.5 ? { encounter: { reference: `Encounter/${stayId}` } } : {}),
  }
  switch (kind) {
    case 0:
      return random() < 0.5
        ? { kind: 'delete', type: 'Observation', id: `o${number}` }
        : { kind: 'delete', type: 'Encounter', id: stayId }
    case 1:
    case 2: {
      const stay: Stored = {
        resourceType: 'Encounter',
        id: stayId,
        status: pick(['in-progress', 'finished'], random),
        class: { code: 'IMP' },
        subject: of,
        period: { start: day },
      }
      return put(stay)
    }
    case 3:
      return put({
        resourceType: 'Provenance',
        id: `v${number}`,
        target: [{ reference: `Observation/o${number}` }],
        recorded: '2026-02-01T08:00:00+08:00',
        agent: [{ who: { reference: 'Practitioner/doctor' } }],
      })
    case 4:
      return put({
        resourceType: 'Practitioner',
        id: 'doctor',
        name: [{ text: pick(['李医生', '王医生'], random) }],
      })
    case 5:
      return put({
        resourceType: 'Patient',
        id: pick(patients, random),
        name: [{ text: pick(['张三', '张大三'], random) }],
      })
    default:
      return put(result)
  }
}

/** Shapes of search, each asked of each patient. */
const questions: readonly (readonly [type: 'Observation' | 'Encounter' | 'Patient', query: string])[] = [
  ['Observation', 'patient=Patient/ID'],
  ['Observation', 'subject=Patient/ID&_sort=-date&_count=2'],
  ['Observation', 'patient=ID&code=http://loinc.org|2823-3&_sort=date'],
  ['Observation', 'patient=ID&status:not=final&_sort=_lastUpdated'],
  ['Observation', 'patient=ID&date=ge2026-02-10&_total=accurate'],
  ['Observation', 'patient=ID&value-quantity=gt4&_sort=-value-quantity'],
  ['Observation', 'patient=ID&encounter.status=finished'],
  ['Observation', 'patient=ID&performer:Practitioner.name=wang'],
  [
    'Observation',
    'patient=ID&performer:missing=false&_include=Observation:performer&_include=Observation:encounter',
  ],
  ['Observation', 'performer=Patient/ID'],
  ['Observation', 'patient=ID&_has:Provenance:target:agent=Practitioner/doctor'],
  ['Observation', 'patient=ID&_revinclude=Provenance:target'],
  ['Encounter', 'patient=ID&_has:Observation:encounter:code=718-7&_sort=-date'],
  ['Encounter', 'patient=ID&_revinclude=Observation:encounter&_sort=_id'],
  ['Patient', '_id=ID&name=zhang'],
  ['Patient', '_id=ID&_revinclude=Observation:patient'],
]

type Answers = {
  readonly searches: readonly (readonly [question: string, answer: object])[]
  readonly charts: Readonly<Record<(typeof patients)[number], object>>
  readonly reads: readonly string[]
}

function answersNow(of: Records): Promise<Answers> {
  return answers(
    (type, query) => of.search(qilu.tenant, type, query),
    (id) => of.compartment(qilu.tenant, { of: { type: 'Patient', id }, count: 100 }),
    (id) => of.read(qilu.tenant, 'Observation', id),
  )
}

function answersAsOf(of: Records, asOf: Instant): Promise<Answers> {
  return answers(
    (type, query) => of.search(qilu.tenant, type, [...query, ['_asOf', asOf]]),
    (id) => of.compartment(qilu.tenant, { of: { type: 'Patient', id }, count: 100, asOf }),
    (id) => of.readAsOf(qilu.tenant, 'Observation', id, asOf),
  )
}

async function answers(
  search: (type: 'Observation' | 'Encounter' | 'Patient', query: Query) => Promise<Page>,
  chart: (patient: string) => ReturnType<Records['compartment']>,
  read: (id: string) => Promise<Version | undefined>,
): Promise<Answers> {
  const searches: [string, object][] = []
  const charts = {} as Record<(typeof patients)[number], object>
  for (const patient of patients) {
    for (const [type, written] of questions) {
      const query = [...new URLSearchParams(written.replaceAll('ID', patient))]
      searches.push([`${type}?${written} of ${patient}`, shownBy(await search(type, query), patient)])
    }
    const { root, members, referred } = await chart(patient)
    charts[patient] = {
      root: root && nameOf(root),
      members: members.map(nameOf),
      referred: referred.map(nameOf).sort(),
    }
  }
  const reads = await Promise.all(['o0', 'o1', 'o2'].map(async (id) => String(nameOf(await read(id)))))
  return { searches, charts, reads }
}

/** What was brought along in any order, but for others' resources: a look at the past shows one patient's. */
function shownBy({ matches, included, total }: Page, patient: string): object {
  const ofOther = patients.filter((other) => other !== patient).map((other) => `"Patient/${other}"`)
  const isOwn = ({ type, id, json }: Version) =>
    type === 'Patient'
      ? id === patient
      : !ofOther.some((other) => json.includes(`"subject":{"reference":${other}`))
  return { matches: matches.map(nameOf), included: included.filter(isOwn).map(nameOf).sort(), total }
}

function nameOf(version: Version | undefined): string | undefined {
  return version && `${version.type}/${version.id}/${version.version} ${version.interaction}`
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T
}

/** Mulberry32: the same edits in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
