/**
 * FHIR R4 §3.1.1.4.4 modifiers of tokens that ask what codes mean: `:in`, `:not-in` a value set, `:below`, `:above` in a hierarchy.
 * The record knows no terminology: who does gives the codes, and the search becomes one for any of them, in one array that is
 * bound as a value however many they are.
 */
import type { TenantId } from '@xinglin/events'
import { invalid } from '@xinglin/fhir'
import type { ParameterQuery, TokenQuery } from '@xinglin/fhir/search'
import { isAnywhere, withReplaced } from './within.ts'

/** Codes that one modifier may stand for: each is a look into the index of terms (some 10 µs). */
export const mostCodes = 10_000

export type SystemCode = { readonly system: string; readonly code: string }

/** What codes mean; each answer has at most `most` codes, or the question is refused. */
export interface Vocabulary {
  /** Of a value set by its url (`url|version`) or its address (`ValueSet/1`). */
  codesIn(tenant: TenantId, valueSet: string, most: number): Promise<readonly SystemCode[]>
  /** The code and all below it, at any distance. */
  codesBelow(tenant: TenantId, from: SystemCode, most: number): Promise<readonly SystemCode[]>
  /** The code and all above it, at any distance. */
  codesAbove(tenant: TenantId, from: SystemCode, most: number): Promise<readonly SystemCode[]>
}

export type VocabularyNeeds = { readonly vocabulary: Vocabulary | undefined; readonly tenant: TenantId }

/** The conditions with every modifier that asks for a meaning replaced by the codes it stands for. */
export async function withVocabulary(
  conditions: readonly ParameterQuery[],
  needs: VocabularyNeeds,
): Promise<readonly ParameterQuery[]> {
  return conditions.some(asksMeaning)
    ? Promise.all(conditions.map((condition) => spelledOut(condition, needs)))
    : conditions
}

const meanings: ReadonlySet<string | undefined> = new Set(['in', 'not-in', 'below', 'above'])

function asksMeaning(query: ParameterQuery): boolean {
  return isAnywhere(query, isMeant)
}

function isMeant(query: ParameterQuery): query is TokenCondition {
  return query.kind === 'token' && meanings.has(query.modifier)
}

function spelledOut(query: ParameterQuery, needs: VocabularyNeeds): Promise<ParameterQuery> {
  return withReplaced(query, async (leaf) => (isMeant(leaf) ? codesOf(leaf, needs) : leaf))
}

type TokenCondition = Extract<ParameterQuery, { kind: 'token' }>

async function codesOf(
  query: TokenCondition,
  { vocabulary, tenant }: VocabularyNeeds,
): Promise<ParameterQuery> {
  // Without a terminology the modifier is refused by name like any other that cannot be searched.
  if (!vocabulary) return query
  const { parameter, modifier } = query
  const found = await Promise.all(
    query.values.map((value) => {
      if (modifier === 'in' || modifier === 'not-in')
        return vocabulary.codesIn(tenant, value.code ?? '', mostCodes)
      const from = systemCode(value, query)
      return modifier === 'below'
        ? vocabulary.codesBelow(tenant, from, mostCodes)
        : vocabulary.codesAbove(tenant, from, mostCodes)
    }),
  )
  const plain = { kind: 'token', parameter, values: found.flat() } as const
  return modifier === 'not-in' ? { ...plain, modifier: 'not' } : plain
}

function systemCode({ system, code }: TokenQuery, { parameter, modifier }: TokenCondition): SystemCode {
  if (typeof system === 'string' && code !== undefined) return { system, code }
  throw invalid(`${parameter}:${modifier} must be system|code: a hierarchy is that of one code system`, {
    code: 'records.bad-parameter',
    at: `${parameter}:${modifier}`,
  })
}
