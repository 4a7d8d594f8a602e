/** Entries of a dictionary by code, a page at a time; and all of them as a file. */
import { type Queryable, sql } from '@xinglin/database'
import type { ChangeKind, EntriesAnswer, Entry, EntryText } from '../contract.ts'
import type { Which } from './rows.ts'

const pageSize = 200

export type EntriesAsked = Which & {
  /** Part of code or of a name. */
  readonly text?: string | undefined
  readonly isChanged: boolean
  readonly after?: string | undefined
}
type Row = {
  readonly code: string
  readonly draft: EntryText
  readonly published: EntryText | null
  readonly isChanged: boolean
  readonly changedAt: string
  readonly changedBy: string
}

export async function entriesOf(
  from: Queryable,
  { tenant, dictionary, text, isChanged, after = '' }: EntriesAsked,
): Promise<EntriesAnswer> {
  const part = text === undefined ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const rows = await from.query(sql<Row>`
    select code, draft, published, published is null or published <> draft as "isChanged",
      changed_at as "changedAt", coalesce(account.display, changed_by) as "changedBy"
    from dictionaries.entry
    left join identity.account on account.tenant = entry.tenant and 'user/' || account.id = changed_by
    where entry.tenant = ${tenant} and dictionary = ${dictionary} and code > ${after}
      and (${part}::text is null or code ilike ${part} or draft->>'display' ilike ${part}
        or draft->>'english' ilike ${part})
      and (not ${isChanged}::boolean or published is null or published <> draft)
    order by code
    limit ${pageSize + 1}`)
  const entries = rows.slice(0, pageSize).map(entryOf)
  const last = entries.at(-1)
  return { entries, ...(rows.length > pageSize && last ? { next: last.code } : {}) }
}

/** As they will be published, for the file. */
export function allEntries(
  from: Queryable,
  { tenant, dictionary }: Which,
): Promise<readonly { readonly code: string; readonly draft: EntryText }[]> {
  return from.query(sql<{ code: string; draft: EntryText }>`
    select code, draft from dictionaries.entry
    where tenant = ${tenant} and dictionary = ${dictionary} order by code`)
}

export function changeOf(before: EntryText | null, after: EntryText): ChangeKind {
  if (before === null) return 'added'
  return before.isActive && !after.isActive ? 'withdrawn' : 'changed'
}

function entryOf({ code, draft, published, isChanged, changedAt, changedBy }: Row): Entry {
  return {
    code,
    ...draft,
    ...(isChanged ? { change: changeOf(published, draft) } : {}),
    ...(published ? { published } : {}),
    changedAt,
    changedBy,
  }
}

/** What one entry will say; undefined where there is none. */
export async function textOfEntry(
  from: Queryable,
  { tenant, dictionary, code }: Which & { readonly code: string },
): Promise<EntryText | undefined> {
  const [row] = await from.query(sql<{ draft: EntryText }>`
    select draft from dictionaries.entry
    where tenant = ${tenant} and dictionary = ${dictionary} and code = ${code}`)
  return row?.draft
}
