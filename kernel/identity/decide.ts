/** The one authorisation decision point (law 5): what no right allows is refused. */
import type { AccessRequest, Actor, Decision } from './identity.ts'
import { allowsPermission, allowsRecord, type Rights } from './rights.ts'
import type { RoleBook } from './roles.ts'
import { rightsOfScopes } from './scopes.ts'

/** Compiled scope lists held in memory; a hospital has some dozens. */
const compiledScopes = 1_000

const allowed: Decision = { isAllowed: true }

export type Decide = (actor: Actor, request: AccessRequest) => Decision

/** `decide` on the rights of roles (people) and scopes (machine clients); the platform's own work may do everything. */
export function createDecide(roles: Pick<RoleBook, 'rightsOf'>): Decide {
  const ofScopes = createScopeRights()
  return (actor, request) => {
    if (actor.kind === 'system') return allowed
    if (actor.mustChangePassword) return refused('the one-time password must be changed first')
    const rights =
      actor.kind === 'client' ? ofScopes(actor.scopes) : roles.rightsOf(actor.tenant, actor.roles)
    return allows(rights, request) ? allowed : refused(missingRight(actor, request))
  }
}

function createScopeRights(): (scopes: readonly string[]) => Rights {
  const compiled = new Map<string, Rights>()
  return (scopes) => {
    const key = scopes.join(' ')
    const known = compiled.get(key)
    if (known) return known
    if (compiled.size >= compiledScopes) compiled.clear()
    const rights = rightsOfScopes(scopes)
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

const verbs = {
  create: 'create',
  read: 'read',
  update: 'change',
  delete: 'delete',
  search: 'search',
  history: 'read the history of',
  act: 'act on',
} as const

function refused(reason: string): Decision {
  return { isAllowed: false, reason }
}
