/** What an engine of databases must do for a source and a destination; one connection, opened by name of its kind. */

export type DatabaseAddress = {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** `off` only inside one machine or a closed line; `authorities` in PEM, those of Node where absent. */
  readonly tls: { readonly mode: 'off' } | { readonly mode: 'verify'; readonly authorities?: string }
}

/** Rows in the order of a number that grows, or of a time of change and then a number or text that tells equal times apart. */
export type Cursor = { readonly id: string; readonly time?: string }
/** Where a row stands; texts as the database writes them, so that no digit is lost. */
export type Place = { readonly id: string; readonly time?: string }
/** Behind a row, or from a while before its time on. */
export type From =
  | { readonly kind: 'behind'; readonly place: Place }
  | { readonly kind: 'since'; readonly time: string; readonly lessMs: number }

export type Asked = {
  /** `schema.table`, each part a name. */
  readonly table: readonly string[]
  readonly cursor: Cursor
  /** From the first row where absent. */
  readonly from?: From
  readonly limit: number
}
export type Row = { readonly place: Place; readonly json: string }

export type Statement = {
  /** Named parameters are `null` in the text and numbered in order by `textOf`. */
  readonly textOf: (place: (index: number) => string) => string
  readonly values: readonly unknown[]
}

export interface Connection {
  rows(asked: Asked): Promise<readonly Row[]>
  /** The last row of the order; undefined in an empty table. */
  last(asked: Pick<Asked, 'table' | 'cursor'>): Promise<Place | undefined>
  /** Runs the statement in one transaction; with `once` not again for an id that stands in its table already. */
  write(
    statement: Statement,
    once?: { readonly table: readonly string[]; readonly id: string },
  ): Promise<void>
  /** Ends the connection at once. */
  close(): void
}

export type Engine = {
  readonly name: string
  readonly usualPort: number
  /** Rejects after `connectMs`; each statement takes at most `statementMs`. */
  readonly connect: (address: DatabaseAddress, limits: DatabaseLimits) => Promise<Connection>
}
export type DatabaseLimits = { readonly connectMs: number; readonly statementMs: number }
