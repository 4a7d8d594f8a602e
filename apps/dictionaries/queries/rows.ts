/** A dictionary by its key, and whether somebody owns it. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, forbidden, notFound } from '@xinglin/fhir'
import type { DictionaryKind } from '../contract.ts'

export type DictionaryRow = {
  readonly key: string
  readonly kind: DictionaryKind
  readonly title: string
  readonly owner: string
  readonly url: string
  readonly version: number
}
export type Which = { readonly tenant: TenantId; readonly dictionary: string }

/** `isLocked`: nobody else edits or publishes it until this transaction ends. */
export async function dictionaryOf(
  from: Queryable,
  { tenant, dictionary }: Which,
  isLocked = false,
): Promise<DictionaryRow> {
  const lock = isLocked ? sql`for update` : sql``
  const [row] = await from.query(sql<DictionaryRow>`
    select key, kind, title, owner, url, version from dictionaries.dictionary
    where tenant = ${tenant} and key = ${dictionary} ${lock}`)
  if (row) return row
  throw notFound(`there is no dictionary ${dictionary}`, { code: 'dictionaries.unknown', at: 'dictionary' })
}

/** The dictionary, locked; refused to everybody but its owner. */
export async function ownDictionary(from: Queryable, which: Which, actor: string): Promise<DictionaryRow> {
  const row = await dictionaryOf(from, which, true)
  if (`user/${row.owner}` === actor) return row
  throw forbidden('a dictionary is changed by its owner alone', { code: 'dictionaries.not-owner' })
}

export async function entryOf(
  from: Queryable,
  { tenant, dictionary, code }: Which & { readonly code: string },
): Promise<void> {
  const [row] = await from.query(sql`
    select from dictionaries.entry
    where tenant = ${tenant} and dictionary = ${dictionary} and code = ${code}`)
  if (row) return
  throw notFound(`the dictionary has no entry ${code}`, { code: 'dictionaries.no-entry', at: 'code' })
}

export function tooMany(most: number) {
  return conflict(`a dictionary has at most ${most} entries`, { code: 'dictionaries.too-many', at: 'code' })
}
