/** J-SEC-1: a system is registered and filed, a round starts, its assessment ends it; each a command with its audit entry. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { conflict } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import {
  type FileSystem,
  gradingPermissions,
  type Level,
  type Made,
  type RecordAssessment,
  type RegisterSystem,
  type StartRound,
} from './contract.ts'
import { choiceOf, dayOf, textOf } from './input.ts'
import { type RoundRow, roundOf, systemOf, testsOf } from './rows.ts'

export const permission = gradingPermissions.write
const levels: Readonly<Record<'2' | '3' | '4', Level>> = { '2': 2, '3': 3, '4': 4 }

export const registerSystem: Command<RegisterSystem, Made> = {
  name: 'register-system',
  permission,
  parse: (input) => ({
    name: textOf(input, 'name'),
    level: levels[choiceOf(input, 'level', ['2', '3', '4'])],
  }),
  run: async ({ transaction, tenant, at }, { name, level }, { runtime }) => {
    const id = runtime.newId()
    const [made] = await transaction.query(sql<Made>`
      insert into compliance.system (tenant, id, name, level, registered)
      values (${tenant}, ${id}, ${name}, ${level}, ${at}) on conflict (tenant, name) do nothing returning id`)
    if (made) return made
    throw conflict('a system of this name is registered', { code: 'compliance.system-exists', at: 'name' })
  },
}

export const fileSystem: Command<FileSystem, undefined> = {
  name: 'file-system',
  permission,
  parse: (input) => ({
    system: textOf(input, 'system'),
    filingNumber: textOf(input, 'filingNumber'),
    filed: dayOf(input, 'filed'),
  }),
  run: async ({ transaction, tenant }, { system, filingNumber, filed }) => {
    await systemOf(transaction, tenant, system)
    await transaction.query(sql`
      update compliance.system set filing_number = ${filingNumber}, filed = ${filed}::date
      where tenant = ${tenant} and id = ${system}`)
    return undefined
  },
}

export const startRound: Command<StartRound, Made> = {
  name: 'start-round',
  permission,
  parse: (input) => ({ system: textOf(input, 'system') }),
  run: async ({ transaction, tenant, at }, { system }, { runtime }) => {
    await systemOf(transaction, tenant, system)
    const [made] = await transaction.query(sql<Made>`
      insert into compliance.round (tenant, id, system, started)
      values (${tenant}, ${runtime.newId()}, ${system}, ${at})
      on conflict (tenant, system) where assessed is null do nothing returning id`)
    if (made) return made
    throw conflict('a round of this system is open: record its assessment first', {
      code: 'compliance.round-open',
      at: 'system',
    })
  },
}

export const recordAssessment: Command<RecordAssessment, undefined> = {
  name: 'record-assessment',
  permission,
  parse: (input) => ({
    round: textOf(input, 'round'),
    assessor: textOf(input, 'assessor'),
    reportNumber: textOf(input, 'reportNumber'),
    conclusion: choiceOf(input, 'conclusion', ['conforms', 'mostly', 'fails']),
  }),
  run: async (unit, { round, assessor, reportNumber, conclusion }) => {
    await openRound(unit, round)
    const { transaction, tenant } = unit
    if ((await testsOf(transaction, { tenant, round })).length === 0)
      throw conflict('a round is assessed after its self test', {
        code: 'compliance.not-tested',
        at: 'round',
      })
    await transaction.query(sql`
      update compliance.round set assessed = ${unit.at}, assessor = ${assessor},
        report_number = ${reportNumber}, conclusion = ${conclusion}
      where tenant = ${tenant} and id = ${round}`)
    return undefined
  },
}

/** The round, locked; refused once it is assessed, for then it is what the report says. */
export async function openRound({ transaction, tenant }: Unit, round: string): Promise<RoundRow> {
  const row = await roundOf(transaction, { tenant, round }, true)
  if (row.assessed === null) return row
  throw conflict('the round is assessed and stays as it is', { code: 'compliance.round-closed', at: 'round' })
}
