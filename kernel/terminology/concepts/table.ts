/** The table of an imported code system: how a CodeSystem names it, and what is known of it. */
import { createHash } from 'node:crypto'
import { type Queryable, type Sql, sql } from '@xinglin/database'
import { busy, type Extension } from '@xinglin/fhir'
import type { Header } from './concept.ts'

/** How the file of an import is read: names of columns by what they hold. */
export type Columns = Readonly<Record<string, string>>
export type ImportedFile = {
  /** Name in the object store. */
  readonly object: string
  readonly format: 'csv' | 'fhir'
  readonly columns: Columns
}
export type ConceptTable = ImportedFile & { readonly name: string; readonly concepts: number }

/** On a CodeSystem whose concepts were imported from a file. */
export const importedConcepts = 'urn:xinglin:terminology:imported-concepts'

/** The same for the same file read the same way. */
export function tableName({ object, format, columns }: ImportedFile): string {
  const sorted = Object.entries(columns).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([object, format, sorted]))
    .digest('hex')
    .slice(0, 24)
}

/** What a CodeSystem says of its file. */
export function importExtension(file: ImportedFile): Extension {
  return {
    url: importedConcepts,
    extension: [
      { url: 'object', valueString: file.object },
      { url: 'format', valueCode: file.format },
      { url: 'columns', valueString: JSON.stringify(file.columns) },
    ],
  }
}

/** The file that a CodeSystem names; undefined where its concepts were not imported. */
export function importedFile({ extension = [] }: Header): ImportedFile | undefined {
  const parts = extension.find(({ url }) => url === importedConcepts)?.extension ?? []
  const part = (name: string) => parts.find(({ url }) => url === name)
  const [object, columns] = [part('object')?.valueString, part('columns')?.valueString]
  const format = part('format')?.valueCode
  const read = columnsOf(columns ?? '{}')
  if (object === undefined || !read || (format !== 'csv' && format !== 'fhir')) return undefined
  return { object, format, columns: read }
}

/** Whoever may write a CodeSystem may write anything here: what is no table of columns names no file. */
function columnsOf(text: string): Columns | undefined {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const pairs = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return Object.fromEntries(pairs)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The name of its table; undefined where a CodeSystem's concepts were not imported. */
export function importedKey(header: Header): string | undefined {
  const file = importedFile(header)
  return file && tableName(file)
}

/** The table as it is named in SQL. */
export function tableId(name: string): Sql {
  return sql.id('terminology', `concepts_${name}`)
}

/** Throws `busy` while it is not ready. */
export async function tableOf(database: Queryable, name: string): Promise<ConceptTable> {
  const [table] = await database.query(sql<ConceptTable>`
    select name, object, format, columns, concepts
    from terminology.concept_table
    where name = ${name} and ready is not null`)
  if (table) return table
  throw busy('the concepts of this code system are being loaded; ask again when the import is done', {
    code: 'terminology.loading',
  })
}
