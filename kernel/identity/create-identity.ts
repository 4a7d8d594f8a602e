/** Puts identity together: who is asking, what they may do, and the trace that they leave. */
import type { Database, Migrations } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import type { Keys } from '@xinglin/keys'
import type { Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { createAccess } from './access/create-access.ts'
import { rebuildOldRelations } from './access/derive.ts'
import { createExplain } from './access/explain.ts'
import { createPolicies } from './access/policy-administration.ts'
import { createPolicyTrial } from './access/policy-trial.ts'
import { createReach } from './access/reach.ts'
import { createStatedPurposes } from './access/stated-purpose.ts'
import { createAccounts } from './accounts.ts'
import { actorOf } from './actor-of.ts'
import { createAllowances } from './allowance/allowance.ts'
import { createByTwo } from './approvals/by-two.ts'
import { createChangeByTwo } from './approvals/change-by-two.ts'
import { createApprovals } from './approvals/create-approvals.ts'
import { createSeparation } from './approvals/separation.ts'
import { createAgreements } from './apps/agreements.ts'
import { createApps } from './apps/create-apps.ts'
import { createOauthStore } from './apps/create-oauth-store.ts'
import { createLaunch } from './apps/launches.ts'
import { createAudit } from './audit/audit.ts'
import { createAuditTrail } from './audit/audit-trail.ts'
import { createBadges } from './badge/create-badges.ts'
import { breakGlassSource } from './break-glass/break-glass-source.ts'
import { createBreakGlass } from './break-glass/create-break-glass.ts'
import { glassEraser } from './break-glass/erase.ts'
import { createClientAdministration } from './client-administration.ts'
import { createClientSecrets } from './client-secrets.ts'
import { createTokens, type HeldToken } from './clients.ts'
import { createConsentSource } from './consent/consent-source.ts'
import { createConsents } from './consent/create-consents.ts'
import { createCredentialCache } from './credential-cache.ts'
import { createDecide, refusalOf } from './decide.ts'
import { createFactors } from './factors/create-factors.ts'
import { createDemand } from './factors/demand.ts'
import { demandStepUp } from './factors/step-up.ts'
import { createTickets } from './factors/tickets.ts'
import { createFirstStart } from './first-start.ts'
import { guardedRecords } from './guarded-records.ts'
import type { AccessRequest, Actor, Identity, WriteRule } from './identity.ts'
import { createMasking } from './masking/create-masking.ts'
import { maskedRecords } from './masking/masked-records.ts'
import { createPasswords } from './passwords.ts'
import { createPatients } from './patients/create-patients.ts'
import { accountEraser } from './patients/erase.ts'
import { selfSource } from './patients/self-source.ts'
import { createPeople } from './people.ts'
import { createRoles } from './role-administration.ts'
import { createRoleBook } from './roles.ts'
import { declareSealedPlaces } from './sealed-places.ts'
import { createSessions } from './session-administration.ts'
import { createSessionStore } from './sessions.ts'
import { defaultSettings, type IdentitySettings } from './settings.ts'
import { createDevices } from './sign-in/devices.ts'
import { createFormerPasswords, createSignInHistory } from './sign-in/sign-in.ts'
import { createSignInAttempts } from './sign-in-attempts.ts'
import { createStaff } from './staff/create-staff.ts'
import { systemActorOf } from './system-actor.ts'
import { createUpstream } from './upstream/create-upstream.ts'

export const identityMigrations: Migrations = {
  name: 'identity',
  folder: new URL('./migrations/', import.meta.url),
}

/** Tables of the schema `approvals`. */
export const approvalsMigrations: Migrations = {
  name: 'approvals',
  folder: new URL('./approvals/migrations/', import.meta.url),
}

export type IdentityOptions = {
  readonly database: Database
  readonly records: Records
  readonly events: EventLog
  readonly runtime: Runtime
  readonly settings?: IdentitySettings
  /** Seals the secrets of authenticator apps; without it nobody can add one. */
  readonly keys?: Keys
}

/** Identity on migrated tables; `stop` writes the audit entries that are still in memory. */
export function createIdentity({
  database,
  records,
  events,
  runtime,
  settings: given,
  keys,
}: IdentityOptions): Identity {
  const settings = { ...defaultSettings, ...given }
  const audit = createAudit({ database, runtime })
  const roles = createRoleBook({ database, runtime })
  const decide = createDecide(roles)
  const passwords = createPasswords()
  const isFactorDemanded = createDemand(roles, settings)
  const sessions = createSessionStore({ database, runtime, roles, settings, isFactorDemanded })
  const attempts = createSignInAttempts({ database, runtime, settings })
  const remembered = settings.passwordsRemembered
  const formerPasswords = createFormerPasswords({ database, passwords, runtime, remembered })
  const signIns = createSignInHistory({ database, runtime })
  const tickets = createTickets({ database, runtime })
  const tokens = createCredentialCache<HeldToken>()
  const secrets = createClientSecrets(passwords)
  const rules = new Map<string, WriteRule>()
  const separation = createSeparation({ database, runtime })
  if (keys) declareSealedPlaces(keys)
  const byTwo = createByTwo({ database, events, audit, decide, runtime, separation })
  const parts = {
    ...{ database, events, runtime, settings, audit, roles, decide, separation, byTwo },
    ...{
      passwords,
      sessions,
      attempts,
      tokens,
      secrets,
      formerPasswords,
      signIns,
      tickets,
      keys,
      isFactorDemanded,
    },
  }
  const rulesMade: ((tenant: TenantId) => void)[] = []
  const access = createAccess({
    ...{ database, records, events, runtime, roles, decide },
    sources: [
      createConsentSource({ database, events, runtime, listen: (note) => void rulesMade.push(note) }),
      breakGlassSource,
      selfSource,
    ],
  })
  for (const eraser of [accountEraser, glassEraser]) records.erasing.with(eraser)
  const masking = createMasking(parts)
  const staff = createStaff({ ...parts, records })
  const recordsFor = (actor: Actor) =>
    maskedRecords(
      masking,
      actor,
      guardedRecords({ records, audit, decide, rules, sightOf: access.sightOf }, actor),
    )
  const explaining = {
    ...parts,
    records,
    access,
    actorOf: (reference: string) => actorOf(parts, reference),
  }
  return {
    decide,
    demand(actor, request) {
      const decision = decide(actor, request)
      if (decision.isAllowed) return
      audit.note(actor, { ...accessOf(request), outcome: 'refused' })
      throw refusalOf(decision)
    },
    recordsFor,
    govern: (type, rule) => void rules.set(type, rule),
    allowances: createAllowances({ database }),
    statePurpose: createStatedPurposes({ book: access.book, audit }),
    actorOf: (reference) => actorOf(parts, reference),
    async audit(actor, entry, transaction) {
      if (transaction) return audit.write(transaction, actor, [entry])
      await audit.room()
      audit.note(actor, entry)
    },
    accounts: createAccounts(parts),
    factors: createFactors(parts),
    devices: createDevices(parts),
    upstream: createUpstream(parts),
    demandStepUp: (actor) => demandStepUp(actor, runtime),
    changeByTwo: createChangeByTwo(parts),
    apps: {
      ...createApps(parts),
      ...createAgreements(parts),
      launch: createLaunch({ ...parts, recordsFor }),
    },
    oauth: createOauthStore(parts),
    clients: { ...createTokens(parts), ...createClientAdministration(parts) },
    people: createPeople(parts),
    staff,
    badges: createBadges(parts),
    roles: createRoles(parts),
    approvals: createApprovals({
      ...parts,
      actorOf: (reference) => actorOf(parts, reference),
      demandStepUp: (actor) => demandStepUp(actor, runtime),
    }),
    sessions: createSessions(parts),
    auditTrail: createAuditTrail(parts),
    consents: createConsents({
      ...{ database, records, runtime, roles },
      noted: (tenant) => {
        for (const note of rulesMade) note(tenant)
      },
    }),
    patients: createPatients({ ...parts, records, keys }),
    breakGlass: createBreakGlass({ ...parts, records }),
    masking,
    reach: createReach({ access, records, runtime }),
    async rebuildRelations() {
      await rebuildOldRelations({ records, runtime }, database)
      await staff.rebuildOld()
    },
    policies: createPolicies({ ...parts, access }),
    explain: createExplain(explaining),
    tryPolicy: createPolicyTrial(explaining),
    systemActor: systemActorOf,
    ...createFirstStart(parts, systemActorOf('start', 1 as TenantId)),
    stop: () => audit.stop(),
  }
}

function accessOf(request: AccessRequest) {
  if (request.kind === 'permission') return { action: request.permission, resourceId: request.subject }
  const { interaction, type, id, patient } = request
  return { action: interaction, resourceType: type, resourceId: id, patient }
}
