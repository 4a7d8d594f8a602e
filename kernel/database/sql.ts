/** The `sql` tag: every value is bound, every identifier quoted, constant texts become named prepared statements. */
import { invalid } from '@xinglin/fhir'
import type { Sql } from './database.ts'
import { nameOf } from './names.ts'

/** NAMEDATALEN - 1: PostgreSQL silently cuts longer identifiers, so that two could become one. */
const maxIdentifierBytes = 63

const parts = Symbol('parts of a statement')
type Parts =
  | { readonly identifier: string }
  | { readonly strings: readonly string[]; readonly bindings: readonly unknown[] }
type Fragment<Row> = Sql<Row> & { readonly [parts]: Parts }

/** A template literal is one frozen array for the life of the process: its text is put together and named once. */
const constants = new WeakMap<readonly string[], { readonly text: string; readonly name: string }>()

/**
 * A statement. `${value}` is bound (`undefined` as null, arrays as PostgreSQL arrays, objects as JSON); a nested
 * statement or `sql.id(…)` becomes part of the text. Texts without nested parts are prepared once a connection.
 */
export function sql<Row = unknown>(strings: TemplateStringsArray, ...bindings: readonly unknown[]): Sql<Row> {
  const own = { strings, bindings }
  if (bindings.some(isFragment)) return fragment(own)
  let constant = constants.get(strings)
  if (!constant) {
    const { text } = written(own)
    constant = { text, name: nameOf(text) }
    constants.set(strings, constant)
  }
  return { text: constant.text, name: constant.name, values: bindings, [parts]: own } as Fragment<Row>
}

/** A quoted identifier, qualified by the names before it: `sql.id('records', 'version')`. */
sql.id = (...names: readonly string[]): Sql => {
  for (const name of names) {
    if (name === '' || name.includes('\0') || Buffer.byteLength(name) > maxIdentifierBytes) {
      throw invalid(`an SQL identifier has 1 to ${maxIdentifierBytes} bytes without NUL`, {
        code: 'database.identifier',
      })
    }
  }
  const identifier = names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.')
  return { text: identifier, values: [], [parts]: { identifier } } as Fragment<unknown>
}

/** A value for a json or jsonb column or parameter; needed for arrays, which would else become PostgreSQL arrays. */
sql.json = (value: unknown): string => JSON.stringify(value)

/** Statements joined by `separator`; an empty list gives an empty fragment. */
sql.join = (statements: readonly Sql[], separator: Sql = sql`, `): Sql => {
  const bindings = statements.flatMap((statement, index) =>
    index === 0 ? [statement] : [separator, statement],
  )
  return fragment({ strings: Array.from({ length: bindings.length + 1 }, () => ''), bindings })
}

/** Texts of statements that were put together before, by the names of their parts. */
const combined = new Map<string, { readonly text: string; readonly name: string }>()

/** One statement that does what several inserts of constant text do, none of which sees what another does. */
export function inOne(inserts: readonly Sql[]): Sql {
  const [first, ...others] = inserts
  if (!first || others.length === 0) return first ?? sql``
  const key = inserts.map(({ name }) => name).join()
  let known = combined.get(key)
  if (!known) {
    const clauses = others.map((each, index) => sql`${sql.id(`insert_${index}`)} as (${each})`)
    const { text } = sql`with ${sql.join(clauses)} ${first}`
    known = { text, name: nameOf(text) }
    combined.set(key, known)
  }
  return { ...known, values: [...others, first].flatMap(({ values }) => values) }
}

/** Put together when it is asked for: one that becomes part of another never is. */
function fragment<Row>(own: Parts): Fragment<Row> {
  let whole: ReturnType<typeof written> | undefined
  const once = () => {
    whole ??= written(own)
    return whole
  }
  return {
    get text() {
      return once().text
    },
    get values() {
      return once().values
    },
    [parts]: own,
  }
}

function isFragment(value: unknown): value is Fragment<unknown> {
  return typeof value === 'object' && value !== null && parts in value
}

/** Text with `$1 …` numbered in reading order, and the values bound to them. */
function written(from: Parts): { text: string; values: readonly unknown[] } {
  const values: unknown[] = []
  const write = (part: Parts): string => {
    if ('identifier' in part) return part.identifier
    return part.strings.reduce((text, string, index) => {
      const binding = part.bindings[index - 1]
      return text + (isFragment(binding) ? write(binding[parts]) : `$${values.push(binding)}`) + string
    })
  }
  return { text: write(from), values }
}
