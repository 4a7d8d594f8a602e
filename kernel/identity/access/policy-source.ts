/** Policies as a source of access: what the policies of somebody's roles give together. */
import { epochMs, type Instant, instantOf, type ResourceType } from '@xinglin/fhir'
import type { AccessSource, Asking, Look, RowFilter, RuleName, Stance, StancePart } from './access.ts'
import { isInCharts } from './chart-types.ts'
import type { Holders } from './holders.ts'
import { hiddenOf, isForPurpose, isOfRole, type Policy, speaksOf } from './policy.ts'
import type { PolicyBook } from './policy-book.ts'

const dayMs = 86_400_000

/** Of types that can stand in charts what names no patient is the house's: the schedule of a room, the group of a study. */
const housesToo: ReadonlySet<string> = new Set(['Schedule', 'Group', 'Provenance'])

type Needs = {
  readonly book: Pick<PolicyBook, 'of'>
  readonly holders: Holders
  /** Whether a role holds the right at all: one that does not has no part in what the others see. */
  readonly mayRole: (tenant: Asking['tenant'], role: string, look: Look) => boolean
}

/** What policies give to one who asks; nothing to say where none is for his roles. */
export function createPolicySource(needs: Needs): AccessSource {
  return {
    name: 'policy',
    stanceOf(asking) {
      if (asking.actor.kind === 'system') return undefined
      const policies = needs.book.of(asking.tenant)
      return policies instanceof Promise
        ? policies.then((read) => stanceOf(needs, asking, read))
        : stanceOf(needs, asking, policies)
    },
  }
}

function stanceOf(
  needs: Needs,
  asking: Asking,
  policies: readonly Policy[],
): Stance | undefined | Promise<Stance | undefined> {
  const { actor } = asking
  const roles = actor.kind === 'client' ? [actor.reference] : actor.roles
  const own = policies.filter((policy) => roles.some((role) => isOfRole(policy, role)))
  if (own.length === 0) return undefined
  const isRelated = own.some(({ patients }) => patients !== 'tenant')
  if (!isRelated) return stanceBy(needs, asking, { roles, own, holders: { own: [], departments: [] } })
  const holders = needs.holders.of(actor)
  return holders instanceof Promise
    ? holders.then((found) => stanceBy(needs, asking, { roles, own, holders: found }))
    : stanceBy(needs, asking, { roles, own, holders })
}

type Of = {
  readonly roles: readonly string[]
  readonly own: readonly Policy[]
  readonly holders: { readonly own: readonly string[]; readonly departments: readonly string[] }
}

function stanceBy(needs: Needs, asking: Asking, of: Of): Stance {
  const filters = new Map<Policy, RowFilter>(of.own.map((policy) => [policy, relationOf(policy, asking, of)]))
  const joined = new Map<string, RowFilter>()
  const within = (look: Look): RowFilter | undefined => {
    const given = givenTo(needs, asking, of, look)
    if (given === 'all') return undefined
    const isChart = isInCharts(look.type)
    const isHouse = housesToo.has(look.type)
    const key = `${given.map(({ id }) => id).join(' ')} ${isChart} ${isHouse}`
    const known = joined.get(key)
    if (known) return known
    if (given.some(({ patients }) => patients === 'tenant' || !isChart)) return undefined
    const charts = given.flatMap((policy) => filters.get(policy) ?? [])
    const filter: RowFilter =
      given.length === 0
        ? { kind: 'nothing' }
        : { kind: 'or', filters: isHouse ? [...charts, { kind: 'no-patient' }] : charts }
    joined.set(key, filter)
    return filter
  }
  return {
    within,
    rules: (look) => of.own.filter((policy) => speaksOf(policy, look)).map(nameOf),
    parts: (look) => partsOf(needs, asking, of, { look, filters }),
    hidden: (type) => hiddenFrom(asking, of, type),
  }
}

/** The policies of which each gives its part; `all` where a role is bound by none. */
function givenTo(
  needs: Needs,
  { tenant, actor, purpose }: Asking,
  of: Of,
  look: Look,
): readonly Policy[] | 'all' {
  const given: Policy[] = []
  for (const role of of.roles) {
    if (actor.kind === 'user' && !needs.mayRole(tenant, role, look)) continue
    const speaking = of.own.filter((policy) => isOfRole(policy, role) && speaksOf(policy, look))
    if (speaking.length === 0) return 'all'
    given.push(...speaking.filter((policy) => isForPurpose(policy, purpose)))
  }
  return [...new Set(given)]
}

function nameOf({ id, title }: Policy): RuleName {
  return { zh: `策略“${title.zh}”`, en: `policy ${id}` }
}

function relationOf({ patients, afterDays }: Policy, { at }: Asking, { holders }: Of): RowFilter {
  return {
    kind: 'related',
    table: ['access', 'relation'],
    holders: patients === 'own-patients' ? holders.own : holders.departments,
    at,
    endedAfter: daysBefore(at, afterDays),
  }
}

function daysBefore(at: Instant, days: number): Instant {
  return instantOf(epochMs(at) - days * dayMs, 'UTC')
}

function partsOf(
  needs: Needs,
  asking: Asking,
  of: Of,
  { look, filters }: { readonly look: Look; readonly filters: ReadonlyMap<Policy, RowFilter> },
): readonly StancePart[] {
  const given = givenTo(needs, asking, of, look)
  if (given === 'all') return []
  return given.map((policy) => ({
    effect: 'allow',
    reason: ['policy', policy.id, policy.patients],
    rows:
      policy.patients === 'tenant' || !isInCharts(look.type)
        ? { kind: 'and', filters: [] }
        : (filters.get(policy) ?? { kind: 'nothing' }),
  }))
}

/** An element is hidden from who has no role that shows it; within a role one policy that hides it is enough. */
function hiddenFrom({ purpose }: Asking, { roles, own }: Of, type: ResourceType): readonly string[] {
  const byRole = roles.map((role) =>
    own
      .filter((policy) => isOfRole(policy, role) && isForPurpose(policy, purpose))
      .flatMap((policy) => hiddenOf(policy, type)),
  )
  const [first = [], ...others] = byRole
  return [...new Set(first.filter((path) => others.every((hidden) => hidden.includes(path))))]
}
