/** Who is asking, what they may do, and the trace that they leave (law 5). */

import type { Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant, ResourceType } from '@xinglin/fhir'
import type { Page, Query, Records, Unit, Version } from '@xinglin/records'

export type Actor = {
  readonly kind: 'user' | 'client' | 'system'
  readonly id: string
  /** `user/<id>`, `client/<id>`, `system/<name>`: how the log and the audit trail name the actor. */
  readonly reference: string
  readonly tenant: TenantId
  readonly roles: readonly string[]
  /** SMART scopes of a machine client, for example `system/*.*`; empty for people. */
  readonly scopes: readonly string[]
  /** Shown to people; never logged. */
  readonly display: string
  /** A one-time password was used: nothing but changing it is allowed. */
  readonly mustChangePassword?: boolean
  /** Network address that the request came from, for the audit entry. */
  readonly address?: string
}

export type Interaction = 'create' | 'read' | 'update' | 'delete' | 'search' | 'history' | 'act'
export type AccessRequest =
  | {
      readonly kind: 'record'
      readonly interaction: Interaction
      readonly type: ResourceType | '*'
      readonly id?: string
      readonly patient?: string
    }
  /** Something that is not a resource: `administration.people.write`, `integration.resend` (declared by an app's `permissions`). */
  | { readonly kind: 'permission'; readonly permission: string; readonly subject?: string }

/** The one authorisation decision; `reason` says which right is missing. */
export type Decision = { readonly isAllowed: true } | { readonly isAllowed: false; readonly reason: string }

export type AuditEntry = {
  readonly id: string
  readonly at: Instant
  readonly tenant: TenantId
  readonly actor: string
  readonly actorDisplay: string
  readonly address?: string
  /** The interaction or permission. */
  readonly action: string
  readonly resourceType?: string
  readonly resourceId?: string
  readonly patient?: string
  /** Search parameter names without values, or the number of answers. */
  readonly detail?: string
  readonly outcome: 'allowed' | 'refused' | 'failed'
}

/** The record as one actor may use it: same words as Records, each call decided and audited once. */
export interface GuardedRecords {
  read(type: ResourceType, id: string): Promise<Version | undefined>
  readVersion(type: ResourceType, id: string, version: number): Promise<Version | undefined>
  history(options: Omit<Parameters<Records['history']>[1], never>): ReturnType<Records['history']>
  search(type: ResourceType, query: Query): Promise<Page>
  /** Each write is decided on its resource type; audit entries commit with the act. */
  commit<T>(work: (unit: Unit) => Promise<T>): Promise<T>
}

export interface Identity {
  decide(actor: Actor, request: AccessRequest): Decision
  /** Throws `forbidden` with the reason, after leaving a refused audit entry. */
  demand(actor: Actor, request: AccessRequest): void
  /** The record as `actor` may use it. */
  recordsFor(actor: Actor): GuardedRecords
  /** Leaves one audit entry: with `transaction` in it, else buffered and durable within 1 s. */
  audit(
    actor: Actor,
    entry: Pick<AuditEntry, 'action' | 'outcome'> &
      Partial<Pick<AuditEntry, 'resourceType' | 'resourceId' | 'patient' | 'detail'>>,
    transaction?: Transaction,
  ): Promise<void>
  /** Local accounts and their sessions. */
  readonly accounts: Accounts
  /** Machine clients (OAuth 2 client credentials, RFC 6749 §4.4). */
  readonly clients: Clients
  /** An actor for the platform's own work, for example `systemActor('hl7-listener', tenant)`. */
  systemActor(name: string, tenant: TenantId): Actor
}

export type SessionToken = string & { readonly session: true }
export interface Accounts {
  /** Throws `unauthenticated` for a wrong pair, `busy` while the account is locked after failures. */
  signIn(credentials: {
    login: string
    password: string
    address?: string
  }): Promise<{ token: SessionToken; actor: Actor }>
  /** The actor of a live session; undefined where the token is unknown, expired or signed out. */
  sessionActor(token: string): Promise<Actor | undefined>
  signOut(token: string): Promise<void>
  /** Throws `invalid` naming the broken rule (`at: 'next'`) or a wrong present password (`at: 'current'`). */
  changePassword(actor: Actor, change: { current: string; next: string }): Promise<void>
}
export interface Clients {
  /** Throws `unauthenticated` (wrong client) or `invalid` (scope beyond what it holds). */
  grantToken(request: {
    clientId: string
    clientSecret: string
    scope?: string
  }): Promise<{ accessToken: string; expiresInSeconds: number; scope: string }>
  tokenActor(accessToken: string): Promise<Actor | undefined>
}
