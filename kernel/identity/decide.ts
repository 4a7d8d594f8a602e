/** The one authorisation decision point (law 5): what no right allows is refused. */

import { type FailureValues, forbidden, type OutcomeError } from '@xinglin/fhir'
import { rightsOfAppScopes } from './apps/smart-scopes.ts'
import type { AccessRequest, Actor, Decision } from './identity.ts'
import { patientRights } from './patients/rights.ts'
import { allowsPermission, allowsRecord, type Rights } from './rights.ts'
import type { RoleBook } from './roles.ts'
import { rightsOfScopes } from './scopes.ts'

/** Compiled scope lists held in memory; a hospital has some dozens. */
const compiledScopes = 1_000

const allowed: Decision = { isAllowed: true }

export type Decide = (actor: Actor, request: AccessRequest) => Decision

/** `decide` on the rights of roles (people) and scopes (machine clients); the platform's own work may do everything. */
export function createDecide(roles: Pick<RoleBook, 'rightsOf'>): Decide {
  const ofScopes = createScopeRights(rightsOfScopes)
  const ofAppScopes = createScopeRights(rightsOfAppScopes)
  const ofClient = ({ client, scopes }: Actor) =>
    client === undefined ? ofScopes(scopes) : ofAppScopes(scopes)
  const rightsOf = (actor: Actor) => {
    if (actor.kind === 'patient') return patientRights
    return actor.kind === 'client' ? ofClient(actor) : roles.rightsOf(actor.tenant, actor.roles)
  }
  return (actor, request) => {
    if (actor.kind === 'system') return allowed
    if (actor.mustChangePassword) return refused('the one-time password must be changed first')
    if (actor.mustShowFactor) return refused('a second factor must be added or shown first')
    const rights = rightsOf(actor)
    if (!allows(rights, request)) return refused(missingRight(actor, request), valuesOf(request))
    if (actor.kind === 'client' || actor.client === undefined) return allowed
    // A person through an app can do what both may.
    return allows(ofAppScopes(actor.scopes), request)
      ? allowed
      : refused(missingScope(request), valuesOf(request))
  }
}

function createScopeRights(
  compile: (scopes: readonly string[]) => Rights,
): (scopes: readonly string[]) => Rights {
  const compiled = new Map<string, Rights>()
  return (scopes) => {
    const key = scopes.join(' ')
    const known = compiled.get(key)
    if (known) return known
    if (compiled.size >= compiledScopes) compiled.clear()
    const rights = compile(scopes)
    compiled.set(key, rights)
    return rights
  }
}

function allows(rights: Rights, request: AccessRequest): boolean {
  return request.kind === 'record'
    ? allowsRecord(rights, request)
    : allowsPermission(rights, request.permission)
}

function missingRight(actor: Actor, request: AccessRequest): string {
  const holder = actor.kind === 'client' ? 'the scopes of this client' : 'your roles'
  if (request.kind === 'permission') return `${holder} do not hold the permission ${request.permission}`
  const what = request.type === '*' ? 'all resource types' : request.type
  return `${holder} do not allow to ${verbs[request.interaction]} ${what}`
}

function missingScope(request: AccessRequest): string {
  const holder = 'the scopes of this app'
  if (request.kind === 'permission') return `${holder} do not hold the permission ${request.permission}`
  return `${holder} do not allow to ${verbs[request.interaction]} ${request.type === '*' ? 'all resource types' : request.type}`
}

const verbs = {
  create: 'create',
  read: 'read',
  update: 'change',
  delete: 'delete',
  search: 'search',
  history: 'read the history of',
  act: 'act on',
} as const

function refused(reason: string, values?: FailureValues): Decision {
  return { isAllowed: false, reason, ...(values ? { values } : {}) }
}

function valuesOf(request: AccessRequest): FailureValues {
  if (request.kind === 'permission') return { permission: request.permission }
  const { interaction, type } = request
  return { interaction, type: type === '*' ? 'all-types' : type }
}

/** The failure of a decision that refuses. */
export function refusalOf({ reason, values }: Extract<Decision, { isAllowed: false }>): OutcomeError {
  return forbidden(reason, { code: 'identity.not-allowed', ...(values ? { values } : {}) })
}
