/** Keeps a query under a name for the person who wrote it; the same name takes the place of what it was. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { busy, invalid } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import { readPermission, type SavedQuery } from '../contract.ts'

type Input = Pick<SavedQuery, 'name' | 'type' | 'query'>

/** Fits on the line of a list. */
const longestName = 80
/** As long as an address may be with most servers. */
const longestQuery = 4_000
/** More cannot be found again in a list. */
const mostQueries = 200

export const saveQuery: Command<Input, { readonly id: string }> = {
  name: 'record-explorer.save-query',
  permission: readPermission,
  parse: (input) => ({
    name: textOf(input, 'name', longestName),
    type: typeOf(input),
    query: textOf(input, 'query', longestQuery, true),
  }),
  run: async ({ transaction, tenant, actor, at }, { name, type, query }, { runtime }) => {
    const [kept] = await transaction.query(sql<{ id: string }>`
      insert into record_explorer.saved_query (tenant, id, owner, name, type, query, saved)
      select ${tenant}, ${runtime.newId()}, ${actor}, ${name}, ${type}, ${query}, ${at}::timestamptz
      where ${mostQueries} > (
        select count(*) from record_explorer.saved_query
        where tenant = ${tenant} and owner = ${actor} and name <> ${name})
      on conflict (tenant, owner, name) do update
      set type = excluded.type, query = excluded.query, saved = excluded.saved
      returning id`)
    if (kept) return kept
    throw busy(`${mostQueries} queries of yours are kept; delete one first`, {
      code: 'record-explorer.too-many-queries',
    })
  },
}

function typeOf(input: unknown): string {
  const type = textOf(input, 'type', longestName)
  if (isResourceType(type)) return type
  throw invalid('type must be a resource type of FHIR R4', { code: 'record-explorer.type', at: 'type' })
}

/** A field as text without spaces around it; throws `invalid` where it is missing or too long. */
function textOf(input: unknown, field: string, longest: number, mayBeEmpty = false): string {
  const value: unknown =
    typeof input === 'object' && input !== null && Object.hasOwn(input, field)
      ? Reflect.get(input, field)
      : undefined
  const text = typeof value === 'string' ? value.trim() : ''
  if (typeof value === 'string' && text.length <= longest && (mayBeEmpty || text !== '')) return text
  throw invalid(`${field} must be text of at most ${longest} characters`, {
    code: 'record-explorer.field',
    at: field,
  })
}
