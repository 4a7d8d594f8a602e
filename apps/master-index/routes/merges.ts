/** `/api/master-index/merges`: what was merged, and what undoing one would do. */
import type { Kernel } from '@xinglin/app'
import type { Actor, GuardedRecords } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  type MergePreview,
  type MergeRow,
  type MergesAnswer,
  type PersonLine,
  masterIndexPermissions as permissions,
  type UndoPreview,
} from '../contract.ts'
import { listMerges, type Merge } from '../merging/ledger.ts'
import { planMerge } from '../merging/merge-patients.ts'
import { planUndo } from '../merging/undo-merge.ts'
import { personLines } from '../queries/person-line.ts'
import { idOf, optionalTextOf } from './input.ts'

const pageRows = 50

export function mergeRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/merges', (request) => listAnswer(kernel, requireActor(request), request.query))
  http.get('/merges/preview', (request) => previewAnswer(kernel, requireActor(request), request.query))
  http.get('/merges/:id/undo', (request) =>
    undoAnswer(kernel, requireActor(request), idOf(request.params, 'id')),
  )
}

async function listAnswer(kernel: Kernel, actor: Actor, query: unknown): Promise<MergesAnswer> {
  const { identity, database } = kernel
  identity.demand(actor, { kind: 'permission', permission: permissions.read })
  const before = optionalTextOf(query, 'before')
  const patient = optionalTextOf(query, 'patient')
  const found = await listMerges(database, actor.tenant, {
    limit: pageRows + 1,
    ...(before ? { before } : {}),
    ...(patient ? { patient } : {}),
  })
  const merges = await mergeRows(identity.recordsFor(actor), found.slice(0, pageRows))
  const last = found.length > pageRows ? merges.at(-1) : undefined
  await identity.audit(actor, {
    action: permissions.read,
    outcome: 'allowed',
    detail: `${merges.length} merges`,
  })
  return { merges, ...(last ? { next: last.id } : {}) }
}

async function previewAnswer(kernel: Kernel, actor: Actor, query: unknown): Promise<MergePreview> {
  const { identity, records } = kernel
  identity.demand(actor, { kind: 'permission', permission: permissions.merge })
  const [survivor, merged] = [idOf(query, 'survivor'), idOf(query, 'merged')]
  const author = { tenant: actor.tenant, actor: actor.reference }
  const plan = await records.commit(author, (unit) => planMerge(kernel, unit, { survivor, merged }))
  await identity.audit(actor, {
    ...{ action: permissions.merge, outcome: 'allowed', detail: 'preview' },
    ...{ resourceType: 'Patient', resourceId: merged, patient: merged },
  })
  const counts = new Map<string, number>()
  for (const { type } of plan.chart) counts.set(type, (counts.get(type) ?? 0) + 1)
  return {
    moves: [...counts]
      .map(([type, count]) => ({ type, count }))
      .toSorted((left, right) => right.count - left.count || (left.type < right.type ? -1 : 1)),
    numbers: plan.taken.flatMap(({ value }) => value ?? []),
  }
}

async function undoAnswer(kernel: Kernel, actor: Actor, id: string): Promise<UndoPreview> {
  const { identity, records } = kernel
  identity.demand(actor, { kind: 'permission', permission: permissions.merge })
  const author = { tenant: actor.tenant, actor: actor.reference }
  const plan = await records.commit(author, (unit) =>
    planUndo(
      kernel,
      {
        ...{ tenant: unit.tenant, from: unit.transaction },
        find: (wanted) => unit.find(wanted),
        search: (...asked) => unit.search(...asked),
      },
      { merge: id },
    ),
  )
  const [merge] = await mergeRows(identity.recordsFor(actor), [plan.merge])
  const { survivor } = plan.merge
  await identity.audit(actor, {
    ...{ action: permissions.merge, outcome: 'allowed', detail: 'preview' },
    ...{ resourceType: 'Patient', resourceId: survivor, patient: survivor },
  })
  return { merge: merge ?? rowOf(plan.merge, new Map()), items: plan.items, since: plan.since }
}

/** Merges with their patients as the one who asks may see them. */
export async function mergeRows(
  records: GuardedRecords,
  merges: readonly Merge[],
): Promise<readonly MergeRow[]> {
  const lines = await personLines(
    records,
    merges.flatMap(({ survivor, merged }) => [survivor, merged]),
  )
  return merges.map((merge) => rowOf(merge, lines))
}

function rowOf(merge: Merge, lines: ReadonlyMap<string, PersonLine>): MergeRow {
  const line = (id: string): PersonLine => lines.get(id) ?? { id, isHidden: true }
  const { id, at, actorDisplay, origin, reason, undone, undoneDisplay, undoneReason } = merge
  return {
    ...{ id, survivor: line(merge.survivor), merged: line(merge.merged), at, actorDisplay, origin, reason },
    ...(undone ? { undone: { at: undone, display: undoneDisplay ?? '', reason: undoneReason ?? '' } } : {}),
  }
}
