/** Lines of RFC 4180 CSV that no spreadsheet takes for formulas. */

/** One line with its end. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

/** A spreadsheet would run a cell that begins like a formula; the apostrophe makes it text (OWASP CSV injection). */
function cell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
