/** What must hold between apps before any of them starts; each refusal is one sentence that names what is missing. */

import { fault, type OutcomeError } from '@xinglin/fhir'
import type { AppDefinition } from './app.ts'

const appId = /^[a-z][a-z0-9-]*$/
const permissionId = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2}$/

export type Surroundings = {
  /** Ids of the doors that the installation opens; they satisfy `needs` as apps do. */
  readonly doors: readonly string[]
  /** Settings by name; a value of undefined or '' counts as missing. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** The apps in an order in which each comes after what it needs; throws `fault` naming the first thing that is missing. */
export function orderApps(
  apps: readonly AppDefinition[],
  surroundings: Surroundings,
): readonly AppDefinition[] {
  const ids = new Set(apps.map((app) => app.id))
  if (ids.size !== apps.length) throw refusal(`the list of apps names ${repeated(apps)} twice`)
  for (const app of apps) checkApp(app, ids, surroundings)
  return inOrderOfNeed(apps)
}

function checkApp(app: AppDefinition, ids: ReadonlySet<string>, { doors, settings }: Surroundings): void {
  if (!appId.test(app.id)) throw refusal(`app id '${app.id}' must be lower-case words joined by '-'`)
  const missing = app.needs.find((need) => !ids.has(need) && !doors.includes(need))
  if (missing) throw refusal(`app ${app.id} needs ${missing}, which is neither in server/apps.ts nor a door`)
  const unset = app.config?.find((name) => settings[name] === undefined || settings[name] === '')
  if (unset) throw refusal(`app ${app.id} needs the setting ${unset}, which has no value`)
  checkPermissions(app)
}

function checkPermissions(app: AppDefinition): void {
  const declared = new Set(app.permissions.map((permission) => permission.id))
  for (const id of declared) {
    if (!permissionId.test(id) || !id.startsWith(`${app.id}.`))
      throw refusal(`permission '${id}' of app ${app.id} must read ${app.id}.<thing>.<verb>`)
  }
  for (const command of Object.values(app.commands ?? {})) {
    if (!declared.has(command.permission))
      throw refusal(
        `command ${command.name} of app ${app.id} asks for permission ${command.permission}, which the app does not declare`,
      )
  }
}

function inOrderOfNeed(apps: readonly AppDefinition[]): readonly AppDefinition[] {
  const byId = new Map(apps.map((app) => [app.id, app]))
  const ordered = new Set<AppDefinition>()
  const visit = (app: AppDefinition, path: readonly string[]): void => {
    if (path.includes(app.id))
      throw refusal(`apps need one another in a circle: ${[...path, app.id].join(' → ')}`)
    for (const need of app.needs) {
      const needed = byId.get(need)
      if (needed) visit(needed, [...path, app.id])
    }
    ordered.add(app)
  }
  for (const app of apps) visit(app, [])
  return [...ordered]
}

function repeated(apps: readonly AppDefinition[]): string | undefined {
  return apps.find((app, index) => apps.findIndex((other) => other.id === app.id) !== index)?.id
}

function refusal(sentence: string): OutcomeError {
  return fault(sentence, { code: 'app.refused' })
}
