/** J-SEC-1: a self test is kept as evidence and finds the gaps; each gap is given to somebody, and he reports its fix. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { conflict, fault, notFound, type ResourceOf } from '@xinglin/fhir'
import { parseVersion, type Unit } from '@xinglin/records'
import type { ControlBoard } from '../contract.ts'
import { openRound, permission } from './commands.ts'
import type { Owner, PlanFix, ReportFix } from './contract.ts'
import { fixedTask, plannedTask } from './gap-task.ts'
import { dayOf, textOf, wrong } from './input.ts'
import { type GapRow, gapsOf, type TestRow, testsOf } from './rows.ts'

/** Keeps a board that was judged just now; what does not pass and was no gap of the round becomes one. */
export function keepSelfTest(board: ControlBoard): Command<{ round: string }, { number: number }> {
  return {
    name: 'run-self-test',
    permission,
    parse: (input) => ({ round: textOf(input, 'round') }),
    run: async (unit, { round }) => {
      await openRound(unit, round)
      const { transaction, tenant } = unit
      const number = ((await testsOf(transaction, { tenant, round })).at(-1)?.number ?? 0) + 1
      await transaction.query(sql`
        insert into compliance.self_test (tenant, round, number, at, by, version, controls)
        values (${tenant}, ${round}, ${number}, ${board.at}, ${unit.actor}, ${board.version},
          ${sql.json(board.controls)}::jsonb)`)
      const found = board.controls.filter(({ state }) => state !== 'pass').map((control) => control.number)
      await transaction.query(sql`
        insert into compliance.gap (tenant, round, control, found_in)
        select ${tenant}::integer, ${round}::text, control, ${number}::integer
        from unnest(${found}::text[]) as control
        on conflict do nothing`)
      return { number }
    },
  }
}

export const planFix: Command<PlanFix, undefined> = {
  name: 'plan-fix',
  permission,
  parse: (input) => ({
    round: textOf(input, 'round'),
    control: textOf(input, 'control'),
    owner: textOf(input, 'owner'),
    due: dayOf(input, 'due'),
    plan: textOf(input, 'plan'),
  }),
  run: async (unit, input) => {
    await openRound(unit, input.round)
    if (input.due < unit.at.slice(0, 10)) throw wrong('due', 'a fix is due today or later')
    const { gap } = await gapOf(unit, input)
    const by = await ownerOf(unit, input.owner)
    const resource = plannedTask({ ...input, by }, unit.at)
    const [task] = gap.task
      ? await unit.write([{ kind: 'update', resource: { ...resource, id: gap.task } }])
      : await unit.write([{ kind: 'create', resource }])
    if (!task) throw fault('the task was not written', { code: 'compliance.not-written' })
    await follow(unit, input, { task: task.id, fixedAfter: null })
    return undefined
  },
}

export const reportFix: Command<ReportFix, undefined> = {
  name: 'report-fix',
  permission,
  parse: (input) => ({
    round: textOf(input, 'round'),
    control: textOf(input, 'control'),
    done: textOf(input, 'done'),
  }),
  run: async (unit, input) => {
    await openRound(unit, input.round)
    const { gap, latest } = await gapOf(unit, input)
    const version = gap.task ? await unit.read('Task', gap.task) : undefined
    if (!version || version.interaction === 'delete' || gap.fixedAfter !== null)
      throw conflict('plan the fix before you report it', { code: 'compliance.not-planned', at: 'control' })
    const task: ResourceOf<'Task'> = parseVersion(version, 'Task')
    await unit.write([{ kind: 'update', resource: fixedTask(task, input.done, unit.at) }])
    await follow(unit, input, { task: version.id, fixedAfter: latest.number })
    return undefined
  },
}

type Which = { readonly round: string; readonly control: string }

async function gapOf({ transaction, tenant }: Unit, { round, control }: Which) {
  const gaps = await gapsOf(transaction, { tenant, round })
  const gap: GapRow | undefined = gaps.find((each) => each.control === control)
  const latest: TestRow | undefined = (await testsOf(transaction, { tenant, round })).at(-1)
  if (gap && latest) return { gap, latest }
  throw notFound(`the round has no gap ${control}`, { code: 'compliance.no-gap', at: 'control' })
}

/** Who owns a fix is an account that may sign in, so that he is a person and is there. */
async function ownerOf({ transaction, tenant }: Unit, login: string): Promise<Owner> {
  const [owner] = await transaction.query(sql<Owner>`
    select login, display from identity.account
    where tenant = ${tenant} and lower(login) = lower(${login}) and disabled is null`)
  if (owner) return owner
  throw wrong('owner', 'the owner must be somebody with an account that is not disabled')
}

async function follow(
  { transaction, tenant }: Unit,
  { round, control }: Which,
  { task, fixedAfter }: Pick<GapRow, 'task' | 'fixedAfter'>,
): Promise<void> {
  await transaction.query(sql`
    update compliance.gap set task = ${task}, fixed_after = ${fixedAfter}
    where tenant = ${tenant} and round = ${round} and control = ${control}`)
}
