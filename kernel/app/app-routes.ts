/** HTTP of apps: their own routes under `/api/<id>`, their commands, and the list of what is enabled. */

import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { AppDefinition, Kernel } from './app.ts'
import { runCommand } from './run-command.ts'

/** Registers every app on the kernel's web server; each route refuses a request without an actor before it runs. */
export async function appRoutes(apps: readonly AppDefinition[], kernel: Kernel): Promise<void> {
  const { http } = kernel.web
  http.get('/api/apps', (request) => {
    const actor = requireActor(request)
    return { apps: apps.map((app) => describe(app, (id) => isHeld(kernel, actor, id))) }
  })
  for (const app of apps) {
    await http.register(
      async (scope) => {
        scope.addHook('onRequest', async (request) => void requireActor(request))
        commandRoutes(scope, app, kernel)
        await app.routes?.(scope, kernel)
      },
      { prefix: `/api/${app.id}` },
    )
  }
}

function commandRoutes(scope: FastifyInstance, app: AppDefinition, kernel: Kernel): void {
  const run = runCommand(kernel)
  for (const command of Object.values(app.commands ?? {})) {
    const name = command.name.replace(`${app.id}.`, '')
    scope.post(`/commands/${name}`, async (request, reply) => {
      const output = await run(command, request.body, requireActor(request))
      return output === undefined ? reply.code(204).send() : output
    })
  }
}

function describe(app: AppDefinition, held: (permission: string) => boolean) {
  const permissions = app.permissions.filter(({ id }) => held(id)).map(({ id }) => id)
  // Of all, held or not: an audit trail tells of what others did.
  const permissionTitles = Object.fromEntries(app.permissions.map(({ id, title }) => [id, title]))
  return { id: app.id, title: app.title, permissions, permissionTitles }
}

function isHeld(kernel: Kernel, actor: ReturnType<typeof requireActor>, permission: string): boolean {
  return kernel.identity.decide(actor, { kind: 'permission', permission }).isAllowed
}
