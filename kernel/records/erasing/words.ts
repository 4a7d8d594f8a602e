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

/** The displays of resources, folded as the dictionary has them, each once. */
export function wordsOf(resources: readonly Resource[]): readonly string[] {
  const texts = resources.flatMap((resource) =>
    textsBeside(resource.resourceType, indexOf(resource, { timeZone: 'UTC' })).map(({ text }) => text),
  )
  return [...new Set(texts)]
}

/** Deletes those of the texts that no current resource has; answers how many. */
export async function forgetWords(
  transaction: Transaction,
  tenant: TenantId,
  texts: readonly string[],
): Promise<number> {
  let forgotten = 0
  for (let start = 0; start < texts.length; start += textsAtOnce) {
    const asked = texts.slice(start, start + textsAtOnce).flatMap((text) =>
      textSources.map(({ type, parameter }) => ({
        hash: displayHash(tenant, text),
        term: String(textTerm({ tenant, type }, `${parameter}:text`, text)),
      })),
    )
    const rows = await transaction.query(sql`
      delete from records.display
      using (
        select given.hash, array_agg(given.term) as terms
        from unnest(${asked.map(({ hash }) => hash)}::bigint[], ${asked.map(({ term }) => term)}::bigint[])
          as given (hash, term)
        group by given.hash
      ) as given
      where display.hash = given.hash
        and not exists (
          select from unnest(given.terms) as each (term)
          join records.current on current.terms @> array[each.term])
      returning display.hash`)
    forgotten += rows.length
  }
  return forgotten
}

const textSources = allResourceTypes.flatMap((type) =>
  [...parametersOf(type).values()]
    .filter(({ name, kind }) => (kind === 'token' || kind === 'reference') && isStored(type, name))
    .map(({ name }) => ({ type, parameter: name })),
)
