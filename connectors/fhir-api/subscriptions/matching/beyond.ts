/**
 * Filters that look beyond the changed resource: chains and `_has` (FHIR R4 §3.1.1.4.5), and what codes mean (§3.1.1.4.4 `:in`,
 * `:not-in`, `:below`, `:above`). Codes and references are those of the change itself; what a chain goes to and what refers here
 * are as they stand when the change is looked at, found by the owner's own rights and told in the audit trail.
 */
import type { TenantId } from '@xinglin/events'
import { OutcomeError, type ResourceType } from '@xinglin/fhir'
import type { IndexValues, ParameterQuery } from '@xinglin/fhir/search'
import type { GuardedRecords } from '@xinglin/identity'
import { withVocabulary } from '@xinglin/records'
import { authorityOf } from '../authority.ts'
import type { Filter } from '../definition/filters.ts'
import type { BeyondQuery } from '../definition/query.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import type { SubscriptionRow } from '../store/rows.ts'
import { allHold } from './holds.ts'
import type { Changed } from './judge.ts'
import { isJudgeable } from './judgeable.ts'

export type Listened = { readonly row: SubscriptionRow; readonly filters: readonly Filter[] }
export type Looked = 'passes' | 'fails' | 'impossible'

export interface Beyond {
  /** Whether all that a subscription's filters ask beyond the resource holds; impossible where it cannot be answered any more. */
  look(listened: Listened, changed: Changed & { readonly id: string }): Promise<Looked>
}

/** For one batch of changes: rights and value sets are asked once. */
export function createBeyond(kernel: SubscriptionsKernel): Beyond {
  const records = new Map<SubscriptionRow, Promise<GuardedRecords | undefined>>()
  const meant = new Map<string, Promise<readonly ParameterQuery[]>>()
  const recordsOf = (row: SubscriptionRow) => remembered(records, row, () => recordsFor(kernel, row))
  const meaningOf = ({ tenant }: SubscriptionRow, { name, value, query }: BeyondQuery) =>
    remembered(meant, `${tenant} ${name}=${value}`, () => codesOf(kernel, tenant, query))

  async function holds(
    row: SubscriptionRow,
    asked: BeyondQuery,
    { id, type, values }: Look,
  ): Promise<boolean> {
    if (asked.query.kind === 'token')
      return allHold((await meaningOf(row, asked)).filter(isJudgeable), values)
    const own = await recordsOf(row)
    if (!own) return false
    return asked.query.kind === 'chain'
      ? chainHolds(own, { ...asked, query: asked.query }, values)
      : isFound(own, type, [asked.name, asked.value], [id])
  }

  return {
    async look({ row, filters }, changed) {
      const asked = filters.flatMap(({ type, beyond }) => (type === changed.type ? beyond : []))
      const values = changed.currentValues() ?? changed.previousValues()
      if (asked.length === 0) return 'passes'
      if (!values) return 'fails'
      try {
        for (const each of asked) if (!(await holds(row, each, { ...changed, values }))) return 'fails'
        return 'passes'
      } catch (error) {
        // A value set that is gone, a type that may not be searched any more: other failures are tried again.
        if (error instanceof OutcomeError && answered.has(error.failure)) return 'impossible'
        throw error
      }
    },
  }
}

const answered: ReadonlySet<string> = new Set([
  'invalid',
  'notFound',
  'forbidden',
  'tooCostly',
  'unsupported',
])

type Look = { readonly id: string; readonly type: ResourceType; readonly values: IndexValues }

function remembered<K, V>(kept: Map<K, V>, key: K, make: () => V): V {
  const known = kept.get(key)
  if (known !== undefined) return known
  const made = make()
  kept.set(key, made)
  return made
}

async function recordsFor(
  kernel: SubscriptionsKernel,
  row: SubscriptionRow,
): Promise<GuardedRecords | undefined> {
  const authority = await authorityOf(kernel, row)
  if (!authority) return undefined
  const { actor } = authority
  return kernel.identity.recordsFor(actor.kind === 'client' ? { ...actor, scopes: row.scopes } : actor)
}

/** The codes that a modifier stands for; throws where the value set or code system is not known. */
export function codesOf(
  { terminology }: Pick<SubscriptionsKernel, 'terminology'>,
  tenant: TenantId,
  query: ParameterQuery,
): Promise<readonly ParameterQuery[]> {
  return withVocabulary([query], { vocabulary: terminology.vocabulary, tenant })
}

type Chain = Extract<ParameterQuery, { readonly kind: 'chain' }>

/** From the references of the change to what they refer to. */
async function chainHolds(
  records: GuardedRecords,
  { name, value, query }: { readonly name: string; readonly value: string; readonly query: Chain },
  { references }: IndexValues,
): Promise<boolean> {
  const rest = name.slice(name.indexOf('.') + 1)
  for (const { type } of query.targets) {
    const ids = references.flatMap((each) =>
      each.parameter === query.parameter && each.type === type && each.id !== undefined ? [each.id] : [],
    )
    if (ids.length > 0 && (await isFound(records, type, [rest, value], ids))) return true
  }
  return false
}

async function isFound(
  records: GuardedRecords,
  type: ResourceType,
  asked: readonly [name: string, value: string],
  ids: readonly string[],
): Promise<boolean> {
  const { total = 0 } = await records.search(type, [asked, ['_id', ids.join(',')], ['_summary', 'count']])
  return total > 0
}
