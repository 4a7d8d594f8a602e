/** A statement with named parameters: `insert into result (id, text) values (:id, :text)`. */
import type { Statement } from './engines/engine.ts'

/** Quoted texts and names, comments and casts, where a colon is no parameter; then a parameter. */
const tokens =
  /'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([\p{L}_][\p{L}\p{N}_]*)/gu

export type NamedStatement = {
  /** Names in the order of their places. */
  readonly names: readonly string[]
  readonly bind: (values: ReadonlyMap<string, unknown>) => Statement
}

/** Values never become text of the statement. */
export function namedStatement(text: string): NamedStatement {
  const names: string[] = []
  const pieces: string[] = []
  let from = 0
  for (const match of text.matchAll(tokens)) {
    const [whole, name] = match
    if (name === undefined) continue
    pieces.push(text.slice(from, match.index))
    names.push(name)
    from = match.index + whole.length
  }
  pieces.push(text.slice(from))
  return {
    names,
    bind: (values) => ({
      textOf: (place) =>
        pieces.map((piece, index) => (index === 0 ? piece : place(index - 1) + piece)).join(''),
      values: names.map((name) => values.get(name) ?? null),
    }),
  }
}
