/** The board: each control with what the evidence of this moment says of it. */
import type { Kernel } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import { fault } from '@xinglin/fhir'
import type { ControlBoard, ControlRow } from '../contract.ts'
import { type Control, controls, version } from './controls.ts'
import { type Facts, gatherFacts } from './facts.ts'
import { judges } from './judge.ts'

/** All controls of an institution, judged now. */
export async function controlBoard(kernel: Kernel, tenant: TenantId): Promise<ControlBoard> {
  const facts = await gatherFacts(kernel, tenant)
  return { version, at: kernel.runtime.now(), controls: controls.map((control) => rowOf(control, facts)) }
}

const nothing = { zh: '', en: '' }

/** One row; every control has its judge, which a test holds. */
export function rowOf(control: Control, facts: Facts): ControlRow {
  const judge = judges[control.number]
  if (!judge) throw fault(`control ${control.number} has no judge`, { code: 'compliance.no-judge' })
  const { number, clause, family, title } = control
  const { state, evidence } = judge(facts)
  return { number, clause, family, title, state, evidence, todo: state === 'pass' ? nothing : control.todo }
}
