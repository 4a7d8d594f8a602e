/** Start-up and stop of all apps: checked first, migrated, then routes, own starts, reactions and jobs; stopped in reverse. */

import { migrate } from '@xinglin/database'
import { fault } from '@xinglin/fhir'
import type { JobTasks } from '@xinglin/jobs'
import type { AppDefinition, Kernel } from './app.ts'
import { appRoutes } from './app-routes.ts'
import { orderApps } from './check-apps.ts'

export type AppsOptions = {
  readonly apps: readonly AppDefinition[]
  readonly kernel: Kernel
  /** Ids of the doors that the installation opens; default: the three of the platform. */
  readonly doors?: readonly string[]
  /** Settings by name, for `config` of apps. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** What this process does: answer requests, run reactions and jobs; default: both. */
  readonly roles?: readonly ('web' | 'worker')[]
  /** Work of the doors, which are no apps. */
  readonly tasks?: JobTasks
}

export type RunningApps = {
  /** Stops reactions and jobs, then each app, last started first. */
  stop(): Promise<void>
}

const platformDoors = ['fhir-api', 'hl7-listener', 'dicom-node', 'dicom-web'] as const

/** Starts apps in the order of their needs; throws `fault` (`app.refused`) with one sentence when something is missing. */
export async function startApps(options: AppsOptions): Promise<RunningApps> {
  const { kernel, doors = platformDoors, settings = {}, roles = ['web', 'worker'] } = options
  const apps = orderApps(options.apps, { doors, settings })
  await migrate(
    kernel.database,
    apps.flatMap((app) => (app.migrations ? [app.migrations] : [])),
  )
  kernel.web.declarePermissions(apps.flatMap((app) => app.permissions.map((permission) => permission.id)))
  if (roles.includes('web')) await appRoutes(apps, kernel)
  const stops: (() => Promise<void>)[] = []
  for (const app of apps) {
    const running = await app.start?.(kernel)
    if (running) stops.push(() => running.stop())
  }
  if (roles.includes('worker')) stops.push(...(await startWork(apps, kernel, options.tasks)))
  return {
    async stop() {
      for (const stop of stops.reverse()) await stop()
    },
  }
}

async function startWork(
  apps: readonly AppDefinition[],
  kernel: Kernel,
  doorTasks: JobTasks = {},
): Promise<(() => Promise<void>)[]> {
  const consumers = apps.flatMap((app) => reactionsOf(app, kernel))
  for (const consumer of consumers) consumer.start()
  const stops = consumers.map((consumer) => () => consumer.stop())
  const tasks = { ...tasksOf(apps, kernel), ...doorTasks }
  if (Object.keys(tasks).length === 0) return stops
  await kernel.jobs.start(tasks)
  return [...stops, () => kernel.jobs.stop()]
}

function reactionsOf(app: AppDefinition, kernel: Kernel) {
  return Object.entries(app.reactions ?? {}).map(([name, reaction]) =>
    kernel.events.consumer({
      name: `${app.id}.${name}`,
      kinds: reaction.on,
      ...(reaction.resourceTypes ? { resourceTypes: reaction.resourceTypes } : {}),
      from: reaction.from,
      handle: (entries, transaction) => reaction.react(entries, transaction, kernel),
    }),
  )
}

function tasksOf(apps: readonly AppDefinition[], kernel: Kernel): JobTasks {
  const tasks = new Map<string, JobTasks[string]>()
  for (const app of apps) {
    for (const [name, task] of Object.entries(app.jobs?.(kernel) ?? {})) {
      if (!name.startsWith(`${app.id}.`))
        throw fault(`job task ${name} of app ${app.id} must read ${app.id}.<verb>`, { code: 'app.refused' })
      tasks.set(name, task)
    }
  }
  return Object.fromEntries(tasks)
}
