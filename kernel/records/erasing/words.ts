/** What erased resources left in the dictionary of displays: it goes where no resource that stays has the same words. */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Resource } from '@xinglin/fhir'
import { allResourceTypes, indexOf, parametersOf } from '@xinglin/fhir/search'
import { displayHash } from '../index/displays.ts'
import { isStored } from '../index/sources.ts'
import { textTerm } from '../index/space.ts'
import { textsBeside } from '../index/texts.ts'

/** Texts that are asked for in one statement, each by the term of every parameter that can have it. */
const textsAtOnce = 20

/** A display as the dictionary has it, with the terms under which the erased resources had it. */
type Word = { readonly text: string; readonly terms: readonly string[] }

/** The displays of resources, folded, each once. */
export function wordsOf(tenant: TenantId, resources: readonly Resource[]): readonly Word[] {
  const terms = new Map<string, Set<string>>()
  for (const resource of resources) {
    const type = resource.resourceType
    for (const { parameter, text } of textsBeside(type, indexOf(resource, { timeZone: 'UTC' })))
      terms.set(text, (terms.get(text) ?? new Set()).add(termOf(tenant, { type, parameter }, text)))
  }
  return [...terms].map(([text, own]) => ({ text, terms: [...own] }))
}

/** Deletes those of the texts that no current resource has; answers how many. */
export async function forgetWords(
  transaction: Transaction,
  tenant: TenantId,
  words: readonly Word[],
): Promise<number> {
  // Most words of a chart stand in others at the same places: only what does not is asked for everywhere.
  const rare = await unused(transaction, words)
  const everywhere = rare.map(({ text }) => ({
    text,
    terms: textSources.map((source) => termOf(tenant, source, text)),
  }))
  let forgotten = 0
  for (let start = 0; start < everywhere.length; start += textsAtOnce) {
    const gone = await unused(transaction, everywhere.slice(start, start + textsAtOnce))
    const rows = await transaction.query(sql`
      delete from records.display
      where hash = any (${gone.map(({ text }) => displayHash(tenant, text))}::bigint[])
      returning hash`)
    forgotten += rows.length
  }
  return forgotten
}

/** Those whose terms no current resource has; each term is one look into the index. */
async function unused(transaction: Transaction, words: readonly Word[]): Promise<readonly Word[]> {
  const asked = words.flatMap(({ terms }, place) => terms.map((term) => ({ place, term })))
  const rows = await transaction.query(sql<{ place: number }>`
    select given.place
    from (
      select place, array_agg(term) as terms
      from unnest(${asked.map(({ place }) => place)}::integer[], ${asked.map(({ term }) => term)}::bigint[])
        as each (place, term)
      group by place
    ) as given
    where not exists (
      select from unnest(given.terms) as each (term)
      join records.current on current.terms @> array[each.term])`)
  const places = new Set(rows.map(({ place }) => place))
  return words.filter((_, place) => places.has(place))
}

type Source = { readonly type: string; readonly parameter: string }

function termOf(tenant: TenantId, { type, parameter }: Source, text: string): string {
  return String(textTerm({ tenant, type }, `${parameter}:text`, text))
}

const textSources = allResourceTypes.flatMap((type) =>
  [...parametersOf(type).values()]
    .filter(({ name, kind }) => (kind === 'token' || kind === 'reference') && isStored(type, name))
    .map(({ name }) => ({ type, parameter: name })),
)
