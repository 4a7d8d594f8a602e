/** Law 1 and law 5: one command is one decision, one transaction and one audit entry. */

import type { Actor } from '@xinglin/identity'
import type { Command, Kernel, RunCommand } from './app.ts'

/** The way to run commands on this kernel: `await runCommand(kernel)(admitPatient, input, actor)`. */
export function runCommand(kernel: Kernel): RunCommand {
  return async (command, input, actor) => {
    kernel.identity.demand(actor, { kind: 'permission', permission: command.permission })
    const run = { command, input: command.parse(input), actor }
    try {
      return await commitCommand(kernel, run)
    } catch (error) {
      await audit(kernel, run, 'failed')
      throw error
    }
  }
}

type Run<Input, Output> = {
  readonly command: Command<Input, Output>
  readonly input: Input
  readonly actor: Actor
}

function commitCommand<Input, Output>(kernel: Kernel, run: Run<Input, Output>): Promise<Output> {
  const author = { tenant: run.actor.tenant, actor: run.actor.reference }
  return kernel.records.commit(author, async (unit) => {
    const output = await run.command.run(unit, run.input, kernel)
    await audit(kernel, run, 'allowed', unit.transaction)
    return output
  })
}

async function audit<Input, Output>(
  kernel: Kernel,
  { command, input, actor }: Run<Input, Output>,
  outcome: 'allowed' | 'failed',
  transaction?: Parameters<Kernel['identity']['audit']>[2],
): Promise<void> {
  const entry = { action: command.permission, outcome, ...command.subject?.(input), detail: command.name }
  await kernel.identity.audit(actor, entry, transaction)
}
