/** RFC 4180 rows from texts in order: commas or tabs, quotes doubled inside quotes, CR LF or LF, byte order mark skipped. */
import { refusedImport } from '../../failures.ts'

/** The longest definitions of published systems have 4,000 characters. */
const mostCharacters = 64_000

export interface CsvReader {
  write(text: string): readonly (readonly string[])[]
  end(): readonly (readonly string[])[]
}

/** The separator is a tab where the first line has one. */
export function createCsvRows(): CsvReader {
  let separator: string | undefined
  let head = ''
  let field = ''
  let fields: string[] = []
  let state: 'plain' | 'quoted' | 'quote' = 'plain'

  const endRow = (rows: string[][]) => {
    fields.push(field)
    if (fields.length > 1 || field !== '') rows.push(fields)
    field = ''
    fields = []
  }

  const read = (text: string): readonly (readonly string[])[] => {
    const rows: string[][] = []
    for (const letter of text) {
      if (state === 'quoted') {
        if (letter === '"') state = 'quote'
        else field += letter
      } else if (letter === '"' && (state === 'quote' || field === '')) {
        // A quote after a closing quote stands for itself.
        if (state === 'quote') field += letter
        state = 'quoted'
      } else {
        state = 'plain'
        if (letter === separator) {
          fields.push(field)
          field = ''
        } else if (letter === '\n') endRow(rows)
        else if (letter !== '\r') field += letter
      }
      if (field.length > mostCharacters)
        throw refusedImport(`a field is longer than ${mostCharacters} characters; a quote may not be closed`)
    }
    return rows
  }

  return {
    write(text) {
      if (separator !== undefined) return read(text)
      head += text
      const line = head.indexOf('\n')
      if (line < 0 && head.length <= mostCharacters) return []
      separator = head.slice(0, line < 0 ? undefined : line).includes('\t') ? '\t' : ','
      return read(head.replace(/^\uFEFF/, ''))
    },
    end() {
      const rows = separator === undefined ? this.write(`${head === '' ? '' : '\n'}`) : []
      if (state === 'quoted') throw refusedImport('the file ends within quotes')
      const last: string[][] = []
      if (field !== '' || fields.length > 0) endRow(last)
      return [...rows, ...last]
    },
  }
}
