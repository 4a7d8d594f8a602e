/** `/api/master-index/pairs`: the work list and one pair side by side, each record as the one who asks may see it. */
import type { Kernel } from '@xinglin/app'
import { instantOf, notFound } from '@xinglin/fhir'
import type { Actor, GuardedRecords } from '@xinglin/identity'
import { judge, personOf } from '@xinglin/matching'
import { parseVersion } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  type PairAnswer,
  type PairRow,
  type PairState,
  type PairsAnswer,
  type PersonLine,
  masterIndexPermissions as permissions,
} from '../contract.ts'
import { ordered } from '../index/pairs.ts'
import { judgingOf, namesAmong, settingsOf } from '../index/settings.ts'
import { listMerges } from '../merging/ledger.ts'
import { type PairRecord, pairCounts, pairOf, pairsOf } from '../queries/pairs.ts'
import { personLines } from '../queries/person-line.ts'
import { sideFacts } from '../queries/side-facts.ts'
import { choiceOf, idOf, optionalTextOf } from './input.ts'
import { mergeRows } from './merges.ts'

const pageRows = 50
const states: readonly PairState[] = ['open', 'later', 'different', 'same', 'linked']
/** Patients that a search word may mean; more is no search. */
const mostNamed = 200
const shownMerges = 20

export function pairRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/pairs', (request) => listAnswer(kernel, requireActor(request), request.query))
  // A name or number must not stand in an address, which proxies keep: so POST.
  http.post('/pairs/find', (request) => listAnswer(kernel, requireActor(request), request.body))
  http.get('/pairs/:one/:other', (request) => pairAnswer(kernel, requireActor(request), request.params))
}

async function listAnswer(kernel: Kernel, actor: Actor, asked: unknown): Promise<PairsAnswer> {
  const { identity, database, runtime } = kernel
  identity.demand(actor, { kind: 'permission', permission: permissions.read })
  const records = identity.recordsFor(actor)
  const state = optionalTextOf(asked, 'state') ? choiceOf(asked, 'state', states) : 'open'
  const outcome = optionalTextOf(asked, 'outcome')
  const text = optionalTextOf(asked, 'text')
  const [one, other] = optionalTextOf(asked, 'after')?.split(' ') ?? []
  const found = await pairsOf(database, actor.tenant, {
    ...{
      state,
      limit: pageRows + 1,
      today: instantOf(Date.parse(runtime.now()), runtime.timeZone).slice(0, 10),
    },
    ...(outcome === 'certain' || outcome === 'doubtful' ? { outcome } : {}),
    ...(optionalTextOf(asked, 'mine') ? { assignee: actor.reference } : {}),
    ...(text ? { patients: await patientsNamed(records, text) } : {}),
    ...(one && other ? { after: { one, other } } : {}),
  })
  const pairs = await rowsOf(records, found.slice(0, pageRows))
  const last = found.length > pageRows ? pairs.at(-1) : undefined
  await identity.audit(actor, {
    action: permissions.read,
    outcome: 'allowed',
    detail: `${pairs.length} pairs`,
  })
  const counts = await pairCounts(database, actor.tenant)
  return { pairs, counts, ...(last ? { next: `${last.one.id} ${last.other.id}` } : {}) }
}

async function patientsNamed(records: GuardedRecords, text: string): Promise<readonly string[]> {
  const parameter = /\d/.test(text) ? 'identifier' : 'name'
  const query = [
    [parameter, text],
    ['_count', String(mostNamed)],
  ] as const
  return (await records.search('Patient', query)).matches.map(({ id }) => id)
}

async function rowsOf(records: GuardedRecords, pairs: readonly PairRecord[]): Promise<readonly PairRow[]> {
  const lines = await personLines(
    records,
    pairs.flatMap(({ one, other }) => [one, other]),
  )
  return pairs.map((pair) => rowOf(pair, lines))
}

function rowOf(pair: PairRecord, lines: ReadonlyMap<string, PersonLine>): PairRow {
  const line = (id: string): PersonLine => lines.get(id) ?? { id, isHidden: true }
  const { state, outcome, bits, probability, evidence, objections, found, until, merge, note } = pair
  return {
    ...{
      one: line(pair.one),
      other: line(pair.other),
      state,
      outcome,
      bits,
      probability,
      evidence,
      objections,
      found,
    },
    ...(pair.assignee ? { assignee: { reference: pair.assignee, display: pair.assigneeDisplay ?? '' } } : {}),
    ...(until ? { until } : {}),
    ...(merge ? { merge } : {}),
    ...(pair.decided
      ? { decided: { at: pair.decided, display: pair.decidedDisplay ?? '', ...(note ? { note } : {}) } }
      : {}),
  }
}

async function pairAnswer(kernel: Kernel, actor: Actor, params: unknown): Promise<PairAnswer> {
  const { identity, database } = kernel
  identity.demand(actor, { kind: 'permission', permission: permissions.read })
  const pair = ordered(idOf(params, 'one'), idOf(params, 'other'))
  const records = identity.recordsFor(actor)
  const [one, other] = await Promise.all([sideFacts(records, pair.one), sideFacts(records, pair.other)])
  if (!one || !other)
    throw notFound('one of these records is not there, or not for you to see', {
      code: 'master-index.no-patient',
    })
  const [row, explanation, merges] = await Promise.all([
    pairOf(database, actor.tenant, pair),
    explain(kernel, actor, pair),
    listMerges(database, actor.tenant, { patient: pair.one, limit: shownMerges }),
  ])
  return {
    ...{ one, other, explanation },
    ...(row ? { row: (await rowsOf(records, [row]))[0] } : {}),
    merges: await mergeRows(
      records,
      merges.filter(({ survivor, merged }) => [survivor, merged].includes(pair.other)),
    ),
  } as PairAnswer
}

/** Judged from the records as they stand, so that a merged one is explained too. */
async function explain(
  { records, database }: Kernel,
  actor: Actor,
  { one, other }: { readonly one: string; readonly other: string },
): Promise<PairAnswer['explanation']> {
  const versions = await Promise.all([one, other].map((id) => records.read(actor.tenant, 'Patient', id)))
  const people = versions.flatMap((version) => (version ? [personOf(parseVersion(version, 'Patient'))] : []))
  const [left, right] = people
  if (!left || !right)
    throw notFound('one of these records is not there', { code: 'master-index.no-patient' })
  const settings = await settingsOf(database, actor.tenant)
  const names = await namesAmong(database, { tenant: actor.tenant, people: settings.people }, people)
  const { outcome, score, evidence, objections } = judge(
    left,
    right,
    judgingOf(settings, names, [left, right]),
  )
  const { upper, lower } = settings.thresholds
  return { ...score, outcome, evidence, objections, upper, lower, settings: settings.version }
}
