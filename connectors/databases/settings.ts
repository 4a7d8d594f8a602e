/** What a source or destination of databases is told. */
import { type EndpointSettings, type SettingsReader, wrongSetting } from '@xinglin/interfaces'
import type { Cursor, DatabaseAddress, Engine } from './engines/engine.ts'
import { mysqlEngine } from './engines/mysql.ts'
import { postgresql } from './engines/postgresql.ts'
import { type NamedStatement, namedStatement } from './parameters.ts'

const engines: ReadonlyMap<string, Engine> = new Map(
  [postgresql, mysqlEngine].map((engine) => [engine.name, engine]),
)

export type SourceSettings = {
  readonly table: readonly string[]
  readonly cursor: Cursor
  readonly batch: number
  readonly everyMs: number
  /** How late rows become visible: milliseconds with a time, numbers with an id alone. */
  readonly late: number
  readonly begin: 'all' | 'new'
}

/** Where a database is, with names of secrets in the place of secrets. */
export type Whereabouts = Omit<DatabaseAddress, 'password' | 'tls'> & {
  readonly engine: Engine
  readonly password: string
  readonly tls: 'off' | 'verify'
  readonly authorities?: string
}

const secretName = { allowed: 'the name of a secret', pattern: /^[\w-]{1,64}$/ }
const name = { allowed: 'a name', pattern: /^[\p{L}\p{N}_$ -]{1,64}$/u }
const dottedName = {
  allowed: 'a name, with its schema and a dot before it',
  pattern: /^[\p{L}\p{N}_$.-]{1,130}$/u,
}
const usualBatch = 200
const usualEveryMs = 2_000
/** A transaction of the other system that lasts longer than this may be overtaken by the cursor. */
const usualLateMs = 10_000
/** As many numbers as were given out to transactions that are still open. */
const usualLateNumbers = 1_000
const dayMs = 86_400_000
const longestStatement = 10_000

/** Throws `invalid` (`interfaces.setting`) naming the setting. */
export function whereaboutsIn(reader: SettingsReader): Whereabouts {
  const engine = engines.get(reader.oneOf('engine', ['postgresql', 'mysql'])) ?? postgresql
  const authorities = reader.optionalText('authorities', secretName)
  return {
    engine,
    host: reader.text('host', {
      allowed: 'the name or address of a host, or the folder of a PostgreSQL socket',
      pattern: /^(?:[\w.:-]{1,253}|\/[\w./-]{1,200})$/,
    }),
    port: reader.number('port', { from: 1, to: 65_535, fallback: engine.usualPort }),
    database: reader.text('database', name),
    user: reader.text('user', { allowed: 'a name', pattern: /^[^\s\0]{1,100}$/ }),
    password: reader.text('password', secretName),
    tls: reader.oneOf('tls', ['verify', 'off'], 'verify'),
    ...(authorities === undefined ? {} : { authorities }),
  }
}

/** Throws `invalid` (`interfaces.setting`) naming the setting. */
export function sourceSettings(settings: EndpointSettings, reader: SettingsReader): SourceSettings {
  const cursor = cursorIn(settings, reader.raw('cursor'))
  const usualLate = cursor.time === undefined ? usualLateNumbers : usualLateMs
  return {
    cursor,
    table: reader.text('table', dottedName).split('.'),
    batch: reader.number('batch', { from: 1, to: 1_000, fallback: usualBatch }),
    everyMs: reader.number('everyMs', { from: 10, to: dayMs, fallback: usualEveryMs }),
    late: reader.number('late', { from: 0, to: dayMs, fallback: usualLate }),
    begin: reader.oneOf('begin', ['all', 'new'], 'all'),
  }
}

function cursorIn(settings: EndpointSettings, given: unknown): Cursor {
  const { id, time, ...rest } =
    typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {}
  const isName = (value: unknown) => typeof value === 'string' && name.pattern.test(value)
  if (!isName(id) || (time !== undefined && !isName(time)) || Object.keys(rest).length > 0)
    throw wrongSetting(settings, 'cursor', '{ id } or { time, id }, each the name of a column')
  return { id: String(id), ...(time === undefined ? {} : { time: String(time) }) }
}

/** Throws `invalid` (`interfaces.setting`) naming the setting. */
export function statementIn(reader: SettingsReader): { statement: NamedStatement; once?: readonly string[] } {
  const text = reader.text('statement', {
    allowed: `a statement of at most ${longestStatement} signs`,
    pattern: new RegExp(`^[\\s\\S]{1,${longestStatement}}$`),
  })
  const once = reader.optionalText('once', dottedName)
  return { statement: namedStatement(text), ...(once === undefined ? {} : { once: once.split('.') }) }
}
