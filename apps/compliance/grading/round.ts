/** A round as its screen and its report show it: put together from the tables and the Tasks of the record. */
import type { Kernel } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import { epochMs, fault, type ResourceOf, type Task } from '@xinglin/fhir'
import { parseVersion } from '@xinglin/records'
import type { ControlRow, ControlState } from '../contract.ts'
import type { Gap, GapState, GradedSystem, Level, Round, RoundLine, SelfTestLine } from './contract.ts'
import { gapTaskOf } from './gap-task.ts'
import type { TestRow } from './rows.ts'
import {
  type GapRow,
  gapsOf,
  type RoundRow,
  roundOf,
  roundsOf,
  systemOf,
  systemsOf,
  testsOf,
} from './rows.ts'

/** 信息安全等级保护管理办法 article 14: level 3 once a year, level 4 every half year; level 2 by the house itself. */
const monthsOfLevel: Readonly<Record<Level, number | undefined>> = { 2: undefined, 3: 12, 4: 6 }

export async function gradedSystems(kernel: Kernel, tenant: TenantId): Promise<readonly GradedSystem[]> {
  const { database, runtime } = kernel
  const today = runtime.now().slice(0, 10)
  const [systems, rounds] = await Promise.all([systemsOf(database, tenant), roundsOf(database, tenant)])
  return systems.map(({ filingNumber, filed, ...system }) => {
    const own = rounds.filter((round) => round.system === system.id)
    const nextDue = dueAfter(own.find(({ assessed }) => assessed !== null)?.assessed, system.level)
    return {
      ...system,
      ...(filingNumber === null ? {} : { filingNumber }),
      ...(filed === null ? {} : { filed }),
      ...(nextDue === undefined ? {} : { nextDue }),
      isOverdue: nextDue !== undefined && nextDue < today,
      rounds: own.map(lineOf),
    }
  })
}

export async function gradingRound(kernel: Kernel, tenant: TenantId, id: string): Promise<Round> {
  const { database, runtime } = kernel
  const key = { tenant, round: id }
  const round = await roundOf(database, key)
  const [system, tests, gaps] = await Promise.all([
    systemOf(database, tenant, round.system),
    testsOf(database, key),
    gapsOf(database, key),
  ])
  const tasks = await tasksOf(kernel, tenant, gaps)
  const today = runtime.now().slice(0, 10)
  const { name, level, filingNumber } = system
  return {
    ...lineOf(round),
    system: { id: system.id, name, level, ...(filingNumber === null ? {} : { filingNumber }) },
    ...(round.conclusion === null
      ? {}
      : {
          assessor: round.assessor ?? '',
          reportNumber: round.reportNumber ?? '',
          conclusion: round.conclusion,
        }),
    tests: tests.map(testLine),
    gaps: gaps.map((gap) => gapFrom(gap, tests, { task: tasks.get(gap.task ?? ''), today })),
  }
}

async function tasksOf(
  { records }: Kernel,
  tenant: TenantId,
  gaps: readonly GapRow[],
): Promise<ReadonlyMap<string, ResourceOf<'Task'>>> {
  const ids = gaps.flatMap(({ task }) => task ?? [])
  if (ids.length === 0) return new Map()
  const query = [
    ['_id', ids.join(',')],
    ['_count', String(ids.length)],
  ] as const
  const { matches } = await records.search(tenant, 'Task', query)
  return new Map(matches.map((version) => [version.id, parseVersion(version, 'Task')]))
}

function gapFrom(
  gap: GapRow,
  tests: readonly TestRow[],
  { task, today }: { task: (Task & { id?: string }) | undefined; today: string },
): Gap {
  const at = (test: TestRow | undefined): { number: number; row: ControlRow } => {
    const row = test?.controls.find(({ number }) => number === gap.control)
    if (test && row) return { number: test.number, row }
    throw fault(`no self test has the control ${gap.control}`, { code: 'compliance.no-evidence' })
  }
  const found = at(tests.find(({ number }) => number === gap.foundIn))
  const latest = at(tests.at(-1))
  return {
    control: gap.control,
    clause: found.row.clause,
    title: found.row.title,
    todo: found.row.todo,
    state: stateOf(gap, latest.number, latest.row.state),
    found: { number: found.number, evidence: found.row.evidence },
    latest: { number: latest.number, state: latest.row.state, evidence: latest.row.evidence },
    ...(task ? { task: gapTaskOf(task, today) } : {}),
  }
}

/** What a gap has come to, by its row and the newest self test. */
export function stateOf(
  { task, fixedAfter }: Pick<GapRow, 'task' | 'fixedAfter'>,
  newest: number,
  state: ControlState,
): GapState {
  if (state === 'pass') return 'proven'
  if (task === null) return 'open'
  if (fixedAfter === null) return 'planned'
  if (fixedAfter === newest) return 'fixed'
  return state === 'fail' ? 'failing' : 'stated'
}

function testLine({ number, at, version, controls }: TestRow): SelfTestLine {
  const count = (state: ControlState) => controls.filter((row) => row.state === state).length
  return {
    ...{ number, at, version },
    counts: { pass: count('pass'), fail: count('fail'), 'not-yet': count('not-yet') },
  }
}

function lineOf({ id, started, assessed }: RoundRow): RoundLine {
  return { id, started, ...(assessed === null ? {} : { assessed }) }
}

/** The day some months after an instant; undefined where nothing was assessed or no law asks for it. */
export function dueAfter(assessed: string | null | undefined, level: Level): string | undefined {
  const months = monthsOfLevel[level]
  if (!assessed || months === undefined) return undefined
  const day = new Date(epochMs(assessed))
  const [year, month, last] = [day.getUTCFullYear(), day.getUTCMonth() + months, day.getUTCDate()]
  const daysOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month, Math.min(last, daysOfMonth))).toISOString().slice(0, 10)
}
