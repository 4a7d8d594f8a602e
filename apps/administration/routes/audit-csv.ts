/** RFC 4180 CSV of audit entries, with the byte order mark by which spreadsheets know UTF-8. */
import type { AuditEntry } from '@xinglin/identity'

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
  'detail',
  'outcome',
] as const satisfies readonly (keyof AuditEntry)[]

/** The file in pieces, one a page. */
export async function* auditCsv(pages: AsyncIterable<readonly AuditEntry[]>): AsyncIterable<string> {
  yield `\uFEFF${columns.join(',')}\r\n`
  for await (const page of pages) {
    if (page.length > 0) yield page.map(row).join('')
  }
}

function row(entry: AuditEntry): string {
  return `${columns.map((column) => cell(entry[column] ?? '')).join(',')}\r\n`
}

/** A spreadsheet would run a cell that begins like a formula; the apostrophe makes it text (OWASP CSV injection). */
function cell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
