/** The owner edits what is published next; an edit can be taken back until then. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { conflict } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import { dictionaryPermissions, type EntryNamed, type EntryText, type SaveEntry } from '../contract.ts'
import { entryOf, ownDictionary, tooMany, type Which } from '../queries/rows.ts'
import { optionalText, textOf, truthOf, wrong } from './input.ts'

const permission = dictionaryPermissions.write
/** As one CodeSystem resource some 4 MB; bigger code systems come in as files of terminology. */
export const mostEntries = 20_000
export type CodedText = EntryText & { readonly code: string }

export const saveEntry: Command<SaveEntry, undefined> = {
  name: 'save-entry',
  permission,
  parse: (input) => ({
    dictionary: textOf(input, 'dictionary'),
    ...entryFrom(input),
    isActive: truthOf(input, 'isActive'),
  }),
  async run(unit, { dictionary, ...entry }) {
    const which = { tenant: unit.tenant, dictionary }
    await ownDictionary(unit.transaction, which, unit.actor)
    await writeEntries(unit, which, [entry])
    return undefined
  },
}

/** What an entry was before it was edited: as it is published, or not there. */
export const undoEntry: Command<EntryNamed, undefined> = {
  name: 'undo-entry',
  permission,
  parse: (input) => ({ dictionary: textOf(input, 'dictionary'), code: textOf(input, 'code', mostOfCode) }),
  async run({ transaction, tenant, actor, at }, { dictionary, code }) {
    const which = { tenant, dictionary, code }
    await ownDictionary(transaction, which, actor)
    await entryOf(transaction, which)
    const undone = await transaction.query(sql`
      update dictionaries.entry set draft = published, changed_at = ${at}, changed_by = ${actor}
      where tenant = ${tenant} and dictionary = ${dictionary} and code = ${code} and published is not null
      returning code`)
    if (undone.length > 0) return undefined
    await transaction.query(sql`
      delete from dictionaries.mapping
      where tenant = ${tenant} and dictionary = ${dictionary} and code = ${code}`)
    await transaction.query(sql`
      delete from dictionaries.entry
      where tenant = ${tenant} and dictionary = ${dictionary} and code = ${code}`)
    return undefined
  },
}

/** A file of entries, all or none; what the file does not name stays as it is. */
export function importEntries(
  entries: readonly CodedText[],
): Command<{ readonly dictionary: string }, { changed: number }> {
  return {
    name: 'import-entries',
    permission,
    parse: (input) => ({ dictionary: textOf(input, 'dictionary') }),
    async run(unit, { dictionary }) {
      const which = { tenant: unit.tenant, dictionary }
      await ownDictionary(unit.transaction, which, unit.actor)
      return { changed: await writeEntries(unit, which, entries) }
    },
  }
}

const mostOfCode = 100

/** `code`, `display`, `english`, `definition`; throws `invalid` with the field. */
export function entryFrom(from: unknown): Omit<CodedText, 'isActive'> {
  const code = textOf(from, 'code', mostOfCode)
  // R4 §2.24.0.1: a code has no white space but single spaces within.
  if (!/^\S+(?: \S+)*$/.test(code)) throw wrong('code', 'a code has no white space but single spaces within')
  const english = optionalText(from, 'english', 500)
  const definition = optionalText(from, 'definition')
  return {
    code,
    display: textOf(from, 'display', 500),
    ...(english === undefined ? {} : { english }),
    ...(definition === undefined ? {} : { definition }),
  }
}

/** Answers how many entries became others. */
async function writeEntries(
  { transaction, at, actor }: Unit,
  { tenant, dictionary }: Which,
  entries: readonly CodedText[],
): Promise<number> {
  const rows = entries.map(({ code, ...draft }) => ({ code, draft }))
  const written = await transaction.query(sql`
    insert into dictionaries.entry as entry (tenant, dictionary, code, draft, changed_at, changed_by)
    select ${tenant}::integer, ${dictionary}::text, row.code, row.draft, ${at}::timestamptz, ${actor}::text
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as row(code text, draft jsonb)
    on conflict (tenant, dictionary, code) do update
      set draft = excluded.draft, changed_at = excluded.changed_at, changed_by = excluded.changed_by
      where entry.draft <> excluded.draft
    returning entry.code`)
  const [count] = await transaction.query(sql<{ entries: number }>`
    select count(*)::integer as entries from dictionaries.entry
    where tenant = ${tenant} and dictionary = ${dictionary}`)
  if (count && count.entries > mostEntries) throw tooMany(mostEntries)
  if (written.length === 0 && entries.length === 1)
    throw conflict('the entry says this already', { code: 'dictionaries.nothing-changed', at: 'code' })
  return written.length
}
