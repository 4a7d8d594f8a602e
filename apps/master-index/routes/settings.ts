/** `/api/master-index/settings`: what is in force, what other settings would make of the known pairs, scans and trainings. */
import type { Kernel } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { judge, levelBits, type Model, type Person } from '@xinglin/matching'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { proposedSettings } from '../commands/settings.ts'
import {
  type PreviewAnswer,
  masterIndexPermissions as permissions,
  type ScanRow,
  type SettingsAnswer,
  type TrainingRow,
} from '../contract.ts'
import { type KeptPerson, openedPerson } from '../index/features.ts'
import { judgingOf, namesAmong, type Settings, settingsOf } from '../index/settings.ts'

/** The newest of each are shown. */
const shownTrainings = 5
const shownScans = 5
/** Pairs that a preview judges anew; some 0.2 s. */
const previewedPairs = 5_000

export function settingsRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/settings', async (request): Promise<SettingsAnswer> => {
    const actor = requireActor(request)
    kernel.identity.demand(actor, { kind: 'permission', permission: permissions.readSettings })
    return settingsAnswer(kernel.database, actor.tenant)
  })
  http.post('/settings/preview', async (request): Promise<PreviewAnswer> => {
    const actor = requireActor(request)
    kernel.identity.demand(actor, { kind: 'permission', permission: permissions.readSettings })
    const { upper, lower, evidence, training } = proposedSettings(request.body)
    const model = training ? await modelOf(kernel.database, actor.tenant, training) : undefined
    return preview(kernel, actor.tenant, (now) => ({
      ...now,
      thresholds: { upper, lower, evidence },
      ...(model ? { model: { ...model, matching: now.model.matching } } : {}),
    }))
  })
}

async function settingsAnswer(from: Queryable, tenant: TenantId): Promise<SettingsAnswer> {
  const [settings, trainings, scans, [saved]] = await Promise.all([
    settingsOf(from, tenant),
    trainingsOf(from, tenant),
    scansOf(from, tenant),
    from.query<Saved>(sql<Saved>`
      select to_char(saved at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, saved_display as display, note
      from master_index.settings where tenant = ${tenant} order by version desc limit 1`),
  ])
  const { version, thresholds, isAutomatic, training, people } = settings
  return {
    ...{ version, ...thresholds, isAutomatic, people, trainings, scans },
    ...(training ? { training } : {}),
    ...(saved ? { saved } : {}),
  }
}

type Saved = { readonly at: string; readonly display: string; readonly note: string }

type TrainingRecord = Omit<TrainingRow, 'fields'> & { readonly model: Model }

async function trainingsOf(from: Queryable, tenant: TenantId): Promise<readonly TrainingRow[]> {
  const rows = await from.query<TrainingRecord>(sql<TrainingRecord>`
    select id, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, people, pairs, rounds, model
    from master_index.training as training
    where tenant = ${tenant}
    order by training.at desc
    limit ${shownTrainings}`)
  return rows.map(({ model, ...row }) => ({
    ...row,
    fields: model.fields.map((field) => ({
      field: field.field,
      levels: field.levels.map((level, index) => ({
        ...{ level, m: field.m[index] ?? 0, u: field.u[index] ?? 0, bits: levelBits(field, index) },
      })),
    })),
  }))
}

async function modelOf(from: Queryable, tenant: TenantId, id: string): Promise<Model | undefined> {
  const [row] = await from.query<{ model: Model }>(sql<{ model: Model }>`
    select model from master_index.training where tenant = ${tenant} and id = ${id}`)
  return row?.model
}

type ScanRecord = Omit<ScanRow, 'started' | 'finished'> & {
  readonly started: string | null
  readonly finished: string | null
}

async function scansOf(from: Queryable, tenant: TenantId): Promise<readonly ScanRow[]> {
  const rows = await from.query<ScanRecord>(sql<ScanRecord>`
    select id, state, to_char(asked at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as asked,
      asked_display as "askedDisplay",
      to_char(started at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as started,
      to_char(finished at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as finished,
      people, keys_done as "keysDone", keys_all as "keysAll", pairs, certain, doubtful
    from master_index.scan as scan
    where tenant = ${tenant}
    order by scan.asked desc
    limit ${shownScans}`)
  return rows.map(({ started, finished, ...row }) => ({
    ...row,
    ...(started ? { started } : {}),
    ...(finished ? { finished } : {}),
  }))
}

type KeptKnown = {
  readonly state: string
  readonly one: string
  readonly other: string
  readonly person: KeptPerson
  readonly otherPerson: KeptPerson
}
type Known = { readonly state: string; readonly one: Person; readonly other: Person }

/** The heaviest pairs that are known, judged as now and as proposed. */
async function preview(
  kernel: Kernel,
  tenant: TenantId,
  propose: (now: Settings) => Settings,
): Promise<PreviewAnswer> {
  const from = kernel.database
  const now = await settingsOf(from, tenant)
  const proposed = propose(now)
  const pairs = await knownPairs(kernel, tenant)
  const people = pairs.flatMap(({ one, other }) => [one, other])
  const names = await namesAmong(from, { tenant, people: now.people }, people)
  const judgedBy = (settings: Settings) =>
    pairs.map(({ one, other, state }) => ({
      state,
      outcome: judge(one, other, judgingOf(settings, names, [one, other])).outcome,
    }))
  const then = judgedBy(proposed)
  const certainOf = (state: string) =>
    then.filter((each) => each.state === state && each.outcome === 'certain').length
  const of = (state: string) => pairs.filter((pair) => pair.state === state).length
  return {
    judged: pairs.length,
    now: tally(judgedBy(now)),
    proposed: tally(then),
    certainOfLinked: certainOf('linked'),
    certainOfDifferent: certainOf('different'),
    linked: of('linked'),
    different: of('different'),
  }
}

async function knownPairs(kernel: Kernel, tenant: TenantId): Promise<readonly Known[]> {
  const pairs = await kernel.database.query<KeptKnown>(sql<KeptKnown>`
    select pair.state, pair.one, pair.other, one.features as person, other.features as "otherPerson"
    from master_index.pair as pair
    join master_index.person as one on one.tenant = ${tenant} and one.patient = pair.one
    join master_index.person as other on other.tenant = ${tenant} and other.patient = pair.other
    where pair.tenant = ${tenant}
    order by pair.bits desc
    limit ${previewedPairs}`)
  return Promise.all(
    pairs.map(async ({ state, one, other, person, otherPerson }) => ({
      state,
      one: await openedPerson(kernel, { tenant, patient: one }, person),
      other: await openedPerson(kernel, { tenant, patient: other }, otherPerson),
    })),
  )
}

function tally(judged: readonly { readonly outcome: string }[]): PreviewAnswer['now'] {
  const count = (outcome: string) => judged.filter((each) => each.outcome === outcome).length
  return { certain: count('certain'), doubtful: count('doubtful'), apart: count('apart') }
}
