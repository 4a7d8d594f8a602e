/** RFC 4180 CSV of audit entries, with the byte order mark by which spreadsheets know UTF-8; each line says who took it out. */
import type { AuditEntry } from '@xinglin/identity'
import { csvLine } from '@xinglin/web'

const columns = [
  'id',
  'at',
  'actor',
  'actorDisplay',
  'address',
  'action',
  'resourceType',
  'resourceId',
  'patient',
  'purpose',
  'detail',
  'outcome',
] as const satisfies readonly (keyof AuditEntry)[]

/** Who took the file out, and when: a line that is passed on bears it still. */
export type Mark = { readonly by: string; readonly at: string }

/** The file in pieces, one a page. */
export async function* entriesCsv(
  pages: AsyncIterable<readonly AuditEntry[]>,
  shown: (entry: AuditEntry) => AuditEntry,
  { by, at }: Mark,
): AsyncIterable<string> {
  yield `\uFEFF${csvLine([...columns, 'exportedBy', 'exportedAt'])}`
  for await (const page of pages) {
    const lines = page
      .map(shown)
      .map((entry) => csvLine([...columns.map((name) => entry[name] ?? ''), by, at]))
    if (lines.length > 0) yield lines.join('')
  }
}
