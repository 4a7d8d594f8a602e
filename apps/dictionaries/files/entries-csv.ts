/** Entries as an RFC 4180 file, out and in: `code,display,english,definition,active`, names of columns in the first line. */
import { invalid, OutcomeError } from '@xinglin/fhir'
import { createCsvRows } from '@xinglin/terminology'
import { csvOf } from '@xinglin/web'
import { type CodedText, entryFrom, mostEntries } from '../commands/entries.ts'
import type { EntryText } from '../contract.ts'

const columns = ['code', 'display', 'english', 'definition', 'active'] as const
type Column = (typeof columns)[number]
const yes = /^(?:|true|1|y|yes|是)$/i
const no = /^(?:false|0|n|no|否)$/i

/** All of them, withdrawn ones too. */
export function entriesCsv(rows: readonly { readonly code: string; readonly draft: EntryText }[]): string {
  const lines = rows.map(({ code, draft: { display, english = '', definition = '', isActive } }) => [
    ...[code, display, english, definition],
    String(isActive),
  ])
  return csvOf([columns, ...lines])
}

/** Throws `invalid` with the number of the line; codes stand once. */
export function readEntries(text: string): readonly CodedText[] {
  const rows = createCsvRows()
  const [head = [], ...lines] = [...rows.write(text), ...rows.end()]
  const at = placesOf(head)
  if (lines.length === 0) throw refused(2, 'the file has no entry')
  if (lines.length > mostEntries)
    throw refused(mostEntries + 2, `a dictionary has at most ${mostEntries} entries`)
  const seen = new Set<string>()
  return lines.map((line, index) => {
    const entry = entryOfLine(line, at, index + 2)
    if (seen.has(entry.code)) throw refused(index + 2, 'the code stands twice in the file')
    seen.add(entry.code)
    return entry
  })
}

function placesOf(head: readonly string[]): ReadonlyMap<Column, number> {
  const names = head.map((name) => name.trim().toLowerCase())
  const places = new Map(
    columns.flatMap((column) => {
      const place = names.indexOf(column)
      return place < 0 ? [] : [[column, place] as const]
    }),
  )
  if (places.has('code') && places.has('display')) return places
  throw refused(1, `the first line names the columns: ${columns.join(',')}; code and display are needed`)
}

function entryOfLine(line: readonly string[], at: ReadonlyMap<Column, number>, number: number): CodedText {
  const value = (column: Column) => line[at.get(column) ?? -1]?.trim() ?? ''
  const fields = { code: value('code'), display: value('display') }
  const active = value('active')
  if (!yes.test(active) && !no.test(active)) throw refused(number, 'active is true or false')
  try {
    const more = { english: value('english'), definition: value('definition') }
    return { ...entryFrom({ ...fields, ...more }), isActive: yes.test(active) }
  } catch (error) {
    throw error instanceof OutcomeError ? refused(number, error.message) : error
  }
}

function refused(line: number, why: string) {
  return invalid(`line ${line}: ${why}`, { code: 'dictionaries.file', at: String(line) })
}
