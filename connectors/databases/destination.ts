/** A statement as a destination: its parameters are the members of a JSON object, bound, never written into its text. */
import type { Answer, OpenDestination, Outgoing } from '@xinglin/interfaces'
import type { Connection } from './engines/engine.ts'
import type { NamedStatement } from './parameters.ts'

export type DatabaseDestinationOptions = {
  readonly connect: () => Promise<Connection>
  readonly statement: NamedStatement
  /** Remembers the ids of deliveries, so that a statement runs once; without it the statement itself must bear repetition. */
  readonly once?: readonly string[]
}

/** One delivery after the other on each connection. */
export function openDatabaseDestination(options: DatabaseDestinationOptions): OpenDestination {
  const { statement, once } = options
  const idle: Connection[] = []
  const all = new Set<Connection>()
  return {
    async send(outgoing): Promise<Answer> {
      const values = valuesOf(outgoing)
      const missing = statement.names.find((name) => !values?.has(name))
      if (!values) return refused({ code: 'databases.body', reason: 'the message is no JSON object' })
      if (missing !== undefined)
        return refused({ code: 'databases.parameter', reason: `the message has no ${missing}` })
      const connection = idle.pop() ?? (await options.connect())
      all.add(connection)
      try {
        await connection.write(statement.bind(values), once && { table: once, id: outgoing.id })
        idle.push(connection)
        return { kind: 'taken' }
      } catch (cause) {
        const answer = answerOf(cause)
        if (answer) idle.push(connection)
        else {
          connection.close()
          all.delete(connection)
        }
        if (!answer) throw cause
        return answer
      }
    },
    async close() {
      for (const connection of all) connection.close()
    },
  }
}

function refused(why: { readonly code: string; readonly reason: string }): Answer {
  return { kind: 'refused', ...why }
}

/** The members of the object, and `delivery` and `controlId` of the message; undefined where it is no object. */
function valuesOf({ content, id, controlId }: Outgoing): ReadonlyMap<string, unknown> | undefined {
  let body: unknown
  try {
    body = JSON.parse(Buffer.from(content).toString('utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    return undefined
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  const members = Object.entries(body).map(([name, value]): [string, unknown] => {
    return [name, typeof value === 'object' && value !== null ? JSON.stringify(value) : value]
  })
  return new Map([...members, ['delivery', id], ['controlId', controlId]])
}

/**
 * By class of SQLSTATE (ISO 9075-2 §24.1): data, constraint, syntax and access are refused by code alone, since words quote
 * values; deadlocks and lack of room are asked again; anything else is a connection in an unknown state.
 */
function answerOf(cause: unknown): Answer | undefined {
  const state = sqlStateOf(cause)
  if (state === undefined) return undefined
  const reason = `SQLSTATE ${state}`
  if (['22', '23', '42', '21', '44'].includes(state.slice(0, 2)))
    return refused({ code: 'databases.refused', reason })
  if (['40', '53', '55'].includes(state.slice(0, 2))) return { kind: 'busy', code: 'databases.busy', reason }
  return undefined
}

function sqlStateOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  const state = 'sqlState' in cause ? cause.sqlState : 'code' in cause ? cause.code : undefined
  return typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) ? state : undefined
}
