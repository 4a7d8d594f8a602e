/**
 * Judges writes by the profiles that they claim and that the institution requires. What an institution asks stands in memory,
 * so that a write without profiles costs two look-ups and no question to the database; it is forgotten when the log tells that
 * a definition or a demand has changed, in this process or another.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Transaction } from '@xinglin/database'
import type { EventLog, LogEntry, TenantId } from '@xinglin/events'
import type { OperationOutcomeIssue, Resource } from '@xinglin/fhir'
import {
  createProfileSet,
  type Judged,
  type ProfileSet,
  profileIssue,
  type Question,
} from '@xinglin/fhir/profiles'
import { isValidResource } from '@xinglin/fhir/validate'
import type { Change, WriteJudge } from '@xinglin/records'
import { sourcesOf } from './find-definitions.ts'
import type { CodePort, Definitions, Demands } from './profiles.ts'

type State = {
  readonly demands: Demands
  readonly required: ReadonlyMap<string, readonly string[]>
  readonly set: ProfileSet
  /** Canonicals that were looked for, and whether they are known. */
  readonly known: Map<string, boolean>
  readonly loading: Map<string, Promise<boolean>>
}

type Level = 'error' | 'warning'
type Unit = Parameters<WriteJudge>[0]

export interface Judge {
  /** What `records.judgeBy` asks. */
  readonly write: WriteJudge
  /** Loads what resources will be judged by; `undefined` at once where it is all there. */
  prepare(definitions: Definitions, resources: readonly unknown[]): Promise<void> | undefined
  resource(
    definitions: Definitions,
    resource: unknown,
    options: { readonly named?: readonly string[]; readonly isSound?: boolean },
  ): Promise<readonly OperationOutcomeIssue[]>
  isKnown(definitions: Definitions, profile: string): Promise<boolean>
  /** The type that a known profile is about. */
  typeOf(definitions: Definitions, profile: string): Promise<string | undefined>
  forget(tenant: TenantId): void
}

export type JudgeNeeds = {
  readonly events: Pick<EventLog, 'follow'>
  readonly codes: CodePort | undefined
  readDemands(tenant: TenantId, from?: Transaction): Promise<Demands>
}

/** Changes of these change what profiles mean. */
const definitionTypes: ReadonlySet<string> = new Set(['StructureDefinition', 'ValueSet', 'CodeSystem'])
/** Stated by this package. */
const demandsChanged = 'profiles.demands-changed'
const core = 'http://hl7.org/fhir/StructureDefinition/'
/** A canonical that is looked for costs a query; who claims so many unknown ones gets no more warnings. */
const mostKnown = 10_000
/** A terminology that answers later than this has no say: the writer holds a transaction meanwhile. */
const longestAskMs = 2_000

export function createJudge({ events, codes, readDemands }: JudgeNeeds): Judge {
  const states = new Map<TenantId, State>()
  // A transaction that writes definitions sees its own; nothing of that may stay when it rolls back.
  const ownStates = new WeakMap<Transaction, State | 'to be made'>()
  let timesForgotten = 0
  const forget = (tenant: TenantId) => {
    timesForgotten += 1
    states.delete(tenant)
  }

  events.follow((entries) => {
    for (const entry of entries) if (isRelevant(entry)) forget(entry.tenant)
  })

  async function stateOf(tenant: TenantId, from?: Transaction): Promise<State> {
    const own = from && ownStates.get(from)
    if (from && own !== undefined) {
      const made = own === 'to be made' ? stateFrom(await readDemands(tenant, from)) : own
      ownStates.set(from, made)
      return made
    }
    const known = states.get(tenant)
    if (known) return known
    const before = timesForgotten
    const made = stateFrom(await readDemands(tenant, from))
    // What was read may be older than what the log has told meanwhile.
    if (timesForgotten === before) states.set(tenant, made)
    return made
  }

  /**
   * In a transaction without the terminology: it takes a connection of its own, and writers that all hold one would wait for
   * one another. Its value sets are then asked code by code.
   */
  async function load(state: State, definitions: Definitions, canonical: string): Promise<boolean> {
    const known = state.known.get(canonical)
    if (known !== undefined) return known
    if (state.known.size >= mostKnown) return false
    const isWriting = 'transaction' in definitions
    const isKnown = await state.set.load(canonical, sourcesOf(definitions, isWriting ? undefined : codes))
    state.known.set(canonical, isKnown)
    return isKnown
  }

  /** Those who ask for the same at the same time share one loading. */
  async function loadAll(definitions: Definitions, canonicals: readonly string[]): Promise<void> {
    const state = await stateOf(definitions.tenant)
    for (const canonical of canonicals) {
      const loading = state.loading.get(canonical) ?? load(state, definitions, canonical)
      state.loading.set(canonical, loading)
      try {
        await loading
      } finally {
        state.loading.delete(canonical)
      }
    }
  }

  async function holds(tenant: TenantId, question: Question): Promise<boolean | undefined> {
    const late = pause(longestAskMs, undefined, { ref: false })
    return Promise.race([codes?.holds(tenant, question), late])
  }

  async function judgeOne(
    state: State,
    definitions: Definitions,
    asked: {
      readonly resource: unknown
      readonly root: unknown
      readonly path: string
      readonly isSound: boolean
    },
    { level, named }: { readonly level: Level; readonly named: readonly string[] },
  ): Promise<readonly OperationOutcomeIssue[]> {
    const { resource, root, path, isSound } = asked
    const claimed = claimsOf(resource)
    const canonicals = new Set([...named, ...claimed, ...requiredFor(state, resource)])
    const issues: OperationOutcomeIssue[] = []
    for (const canonical of canonicals) {
      if (!(await load(state, definitions, canonical))) {
        issues.push(unknownProfile(canonical, { path, claimed, state }))
        continue
      }
      if (state.set.typeOf(canonical) !== typeOfResource(resource)) {
        issues.push(otherType(canonical, { path, claimed }))
        continue
      }
      const options = { path, level, isSound, root, isAsking: codes !== undefined }
      const judged = state.set.judge(canonical, resource, options)
      issues.push(...judged.issues, ...(await answer(definitions.tenant, judged, level)))
    }
    return issues
  }

  /** Codes that no list decides: a terminology says no, or nothing is said against them. */
  async function answer(
    tenant: TenantId,
    { questions }: Judged,
    level: Level,
  ): Promise<readonly OperationOutcomeIssue[]> {
    const answers = await Promise.all(
      questions.map(async (question) => codeIssue(question, await holds(tenant, question), level)),
    )
    return answers.flat()
  }

  return {
    forget,
    write(unit, changes) {
      forgetAfter(unit, changes)
      const state = states.get(unit.tenant)
      if (state && !ownStates.has(unit.transaction) && changes.every((change) => asksNothing(state, change)))
        return undefined
      return judgeAll(unit, changes)
    },
    prepare(definitions, resources) {
      const state = states.get(definitions.tenant)
      const canonicals = resources.flatMap((resource) =>
        partsOf(resource, '').flatMap((part) => [
          ...claimsOf(part.resource),
          ...(state ? requiredFor(state, part.resource) : nothing),
        ]),
      )
      const isThere = (canonical: string) => state?.known.has(canonical) === true
      return canonicals.every(isThere) ? undefined : loadAll(definitions, [...new Set(canonicals)])
    },
    async resource(definitions, resource, { named = [], isSound = true }) {
      const state = await stateOf(definitions.tenant)
      const parts = partsOf(resource, typeOfResource(resource))
      const asked = parts.map((part, at) =>
        judgeOne(
          state,
          definitions,
          { ...part, isSound },
          { level: 'warning', named: at === 0 ? named : [] },
        ),
      )
      return (await Promise.all(asked)).flat()
    },
    async isKnown(definitions, profile) {
      return load(await stateOf(definitions.tenant), definitions, profile)
    },
    async typeOf(definitions, profile) {
      const state = await stateOf(definitions.tenant)
      return (await load(state, definitions, profile)) ? state.set.typeOf(profile) : undefined
    },
  }

  async function judgeAll(
    unit: Unit,
    changes: readonly Change[],
  ): Promise<readonly (readonly OperationOutcomeIssue[])[]> {
    const state = await stateOf(unit.tenant, unit.transaction)
    const found: OperationOutcomeIssue[][] = []
    for (const change of changes) {
      const issues: OperationOutcomeIssue[] = []
      found.push(issues)
      // What the base refuses is refused by the record itself, with its issues.
      if (change.kind === 'delete' || asksNothing(state, change) || !isValidResource(change.resource))
        continue
      for (const part of partsOf(change.resource, change.at ?? change.resource.resourceType))
        issues.push(
          ...(await judgeOne(state, unit, { ...part, isSound: true }, { level: 'error', named: [] })),
        )
    }
    // They are written after this: the next call of the transaction is judged by them.
    if (changes.some(isDefinition)) ownStates.set(unit.transaction, 'to be made')
    return found
  }

  /** The writer itself must not wait for the log to tell. */
  function forgetAfter({ tenant, transaction }: Unit, changes: readonly Change[]): void {
    if (!changes.some(isDefinition)) return
    ownStates.set(transaction, 'to be made')
    transaction.afterCommit(() => forget(tenant))
  }
}

function stateFrom(demands: Demands): State {
  const required = Map.groupBy(demands.required, ({ type }) => type)
  return {
    demands,
    required: new Map([...required].map(([type, list]) => [type, list.map(({ profile }) => profile)])),
    set: createProfileSet({ structures: async () => new Map(), valueSets: async () => new Map() }),
    known: new Map(),
    loading: new Map(),
  }
}

function isRelevant({ kind, resourceType }: LogEntry): boolean {
  return kind === demandsChanged || (resourceType !== undefined && definitionTypes.has(resourceType))
}

function isDefinition(change: Change): boolean {
  return definitionTypes.has(change.kind === 'delete' ? change.type : change.resource.resourceType)
}

/** Neither claims a profile, nor contains what claims one, nor is of a type of which one is required. */
function asksNothing(state: State, change: Change): boolean {
  if (change.kind === 'delete') return true
  const { resource } = change
  if (state.required.size > 0 && requiredFor(state, resource).length > 0) return false
  if (claimsOf(resource).length > 0) return false
  const contained = 'contained' in resource ? resource.contained : undefined
  return (
    contained === undefined ||
    !Array.isArray(contained) ||
    contained.every((each) => claimsOf(each).length === 0)
  )
}

function requiredFor(state: State, resource: unknown): readonly string[] {
  return state.required.get(typeOfResource(resource)) ?? nothing
}

const nothing: readonly string[] = []

/** `meta.profile` without the base definitions, which every resource is judged by. */
function claimsOf(resource: unknown): readonly string[] {
  const meta = isObject(resource) ? resource.meta : undefined
  const profiles = isObject(meta) ? meta.profile : undefined
  if (!Array.isArray(profiles)) return nothing
  return profiles.filter((each): each is string => typeof each === 'string' && !isBase(each))
}

/** `…/StructureDefinition/Patient` means the base; `…/vitalsigns` a profile of R4 that a guide may bring. */
function isBase(canonical: string): boolean {
  return canonical.startsWith(core) && /^[A-Z]/.test(canonical.slice(core.length))
}

type Part = { readonly resource: unknown; readonly root: unknown; readonly path: string }

/** The resource and those contained in it. */
function partsOf(resource: unknown, path: string): readonly Part[] {
  const contained = isObject(resource) && Array.isArray(resource.contained) ? resource.contained : []
  const whole = { resource, root: resource, path }
  const within = contained.map((each, at) => ({
    resource: each,
    root: resource,
    path: `${path}.contained[${at}]`,
  }))
  return [whole, ...within.filter((each) => claimsOf(each.resource).length > 0)]
}

function typeOfResource(resource: unknown): string {
  return isObject(resource) ? String((resource as Partial<Resource>).resourceType) : ''
}

function unknownProfile(
  canonical: string,
  {
    path,
    claimed,
    state,
  }: { readonly path: string; readonly claimed: readonly string[]; readonly state: State },
): OperationOutcomeIssue {
  const at = claimed.indexOf(canonical)
  const isRefused = state.demands.unknown === 'refuse'
  const said = isRefused
    ? 'this profile is not known here, and only known ones may be claimed; add the guide that defines it'
    : 'this profile is not known here; the resource was not judged by it'
  return profileIssue(
    {
      kind: 'not-supported',
      code: 'profiles.unknown',
      at: at < 0 ? path : `${path}.meta.profile[${at}]`,
      profile: canonical,
      severity: isRefused ? 'error' : 'warning',
    },
    said,
  )
}

/** A profile of another type asks nothing that this resource could meet. */
function otherType(
  canonical: string,
  { path, claimed }: { readonly path: string; readonly claimed: readonly string[] },
): OperationOutcomeIssue {
  const index = claimed.indexOf(canonical)
  const at = index < 0 ? path : `${path}.meta.profile[${index}]`
  return profileIssue(
    { kind: 'invalid', code: 'profiles.other-type', at, profile: canonical },
    `${canonical} is about another type of resource`,
  )
}

function codeIssue(
  question: Question,
  isIn: boolean | undefined,
  level: Level,
): readonly OperationOutcomeIssue[] {
  const { valueSet, at, profile } = question
  if (isIn === false) {
    const said = `${at} has no code of the value set ${valueSet}, which ${profile} requires`
    return [profileIssue({ kind: 'code-invalid', code: 'fhir.profile-code', at, profile }, said)]
  }
  if (isIn === true || level === 'error') return []
  const said = `the codes of ${at} were not judged: the value set ${valueSet}, which ${profile} requires, is not known here`
  return [
    profileIssue(
      { kind: 'not-supported', code: 'profiles.unknown-value-set', at, profile, severity: 'information' },
      said,
    ),
  ]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
