/** What an application is: one folder, declared once, refused at start-up where something that it needs is missing. */

import type { Database, Migrations, Transaction } from '@xinglin/database'
import type { EventLog, LogEntry } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
import type { Interfaces } from '@xinglin/interfaces'
import type { Jobs, JobTasks } from '@xinglin/jobs'
import type { Keys } from '@xinglin/keys'
import type { Objects } from '@xinglin/objects'
import type { Profiles } from '@xinglin/profiles'
import type { Records, Unit } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Terminology } from '@xinglin/terminology'
import type { Traffic } from '@xinglin/traffic'
import type { Web } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'

export { runCommand } from './run-command.ts'
export { type AppsOptions, type RunningApps, startApps } from './start-apps.ts'

/** Everything of the kernel that rooms and doors may use. */
export type Kernel = {
  readonly runtime: Runtime
  readonly database: Database
  readonly keys: Keys
  readonly objects: Objects
  readonly events: EventLog
  readonly records: Records
  readonly jobs: Jobs
  readonly terminology: Terminology
  readonly profiles: Profiles
  readonly identity: Identity
  readonly traffic: Traffic
  readonly interfaces: Interfaces
  readonly web: Web
  /** Settings of this process by their names in the environment, without secrets. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export type Text = { readonly zh: string; readonly en: string }
export type Permission = { readonly id: string; readonly title: Text }

/** One verb: checks its input, then acts inside one unit. Others reach it by its name in the contract. */
export type Command<Input, Output> = {
  readonly name: string
  readonly permission: string
  /** Throws `invalid` with the field in `at`. */
  readonly parse: (input: unknown) => Input
  /** Whom or what the input concerns, for the audit entry. */
  readonly subject?: (input: Input) => CommandSubject
  readonly run: (unit: Unit, input: Input, kernel: Kernel) => Promise<Output>
}

export type CommandSubject = {
  readonly resourceType?: string
  readonly resourceId?: string
  readonly patient?: string
}

/** One event kind (or prefix with `*`) and what this app does on it; idempotent by `entry.id`. */
export type Reaction = {
  readonly on: readonly string[]
  /** Of changes of resources of these types only; a reaction that needs few says so, for all else costs it nothing then. */
  readonly resourceTypes?: readonly ResourceType[]
  readonly from: 'start' | 'now'
  readonly react: (entries: readonly LogEntry[], transaction: Transaction, kernel: Kernel) => Promise<void>
}

export type AppDefinition = {
  readonly id: string
  readonly title: Text
  /** Ids of other apps, or of doors, without which this one cannot work. */
  readonly needs: readonly string[]
  readonly migrations?: Migrations
  /** Ids `<app>.<thing>.<verb>`; every command's permission must be among them. */
  readonly permissions: readonly Permission[]
  /** Names of settings (`XINGLIN_…`) that must have a value, or start-up is refused. */
  readonly config?: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: a list of commands mixes input types; each is checked where it is defined.
  readonly commands?: Readonly<Record<string, Command<any, any>>>
  readonly reactions?: Readonly<Record<string, Reaction>>
  readonly jobs?: (kernel: Kernel) => JobTasks
  /** Registered under `/api/<id>`. */
  readonly routes?: (http: FastifyInstance, kernel: Kernel) => void | Promise<void>
  /** Runs once after migrations, before doors open. */
  readonly start?: (kernel: Kernel) => Promise<{ stop(): Promise<void> } | undefined>
}

/** Declares an app; `startApps` later checks it against the others. */
export function defineApp<const Definition extends AppDefinition>(definition: Definition): Definition {
  return definition
}

/** Runs a command as an actor: one decision, one transaction, one audit entry. */
export type RunCommand = <Input, Output>(
  command: Command<Input, Output>,
  input: unknown,
  actor: Actor,
) => Promise<Output>
