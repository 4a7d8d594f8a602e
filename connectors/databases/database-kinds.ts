/** The kinds `database`: rows behind a cursor, and statements with bound parameters. */
import {
  type DestinationKind,
  type EndpointSettings,
  type SourceKind,
  wholeSettings,
} from '@xinglin/interfaces'
import type { Runtime } from '@xinglin/runtime'
import { openDatabaseDestination } from './destination.ts'
import type { Connection, DatabaseLimits } from './engines/engine.ts'
import { sourceSettings, statementIn, type Whereabouts, whereaboutsIn } from './settings.ts'
import { openDatabaseSource } from './source.ts'

export type DatabaseOptions = {
  readonly runtime: Runtime
  /** A secret of the installation by its name; throws where there is none. */
  readonly secretOf: (name: string) => Promise<string>
  readonly limits?: DatabaseLimits
}

/** A page of rows from a view that joins much; a look of twenty. */
const usualLimits: DatabaseLimits = { connectMs: 10_000, statementMs: 60_000 }
const pagesInALook = 20

/** `{ kind: 'database', engine, host, port?, database, user, password, tls?, authorities?, table, cursor, … }`. */
export function databaseSource({ runtime, secretOf, limits = usualLimits }: DatabaseOptions): SourceKind {
  const read = (settings: EndpointSettings) =>
    wholeSettings(settings, (reader) => ({
      place: whereaboutsIn(reader),
      settings: sourceSettings(settings, reader),
    }))
  return {
    kind: 'database',
    check: (settings) => void read(settings),
    async open(given, take, seat) {
      const { place, settings } = read(given)
      return openDatabaseSource({
        ...{ settings, take, seat, runtime, longestLookMs: limits.statementMs * pagesInALook },
        address: `${place.engine.name}://${place.host}:${place.port}/${place.database}/${settings.table.join('.')}`,
        connect: () => connect(place, secretOf, limits),
      })
    },
  }
}

/** `{ kind: 'database', engine, host, …, statement, once? }`. */
export function databaseDestination({ secretOf, limits = usualLimits }: DatabaseOptions): DestinationKind {
  const read = (settings: EndpointSettings) =>
    wholeSettings(settings, (reader) => ({ place: whereaboutsIn(reader), ...statementIn(reader) }))
  return {
    kind: 'database',
    check: (settings) => void read(settings),
    open(settings) {
      const { place, ...rest } = read(settings)
      return openDatabaseDestination({ ...rest, connect: () => connect(place, secretOf, limits) })
    },
  }
}

async function connect(
  { engine, password, tls, authorities, ...address }: Whereabouts,
  secretOf: DatabaseOptions['secretOf'],
  limits: DatabaseLimits,
): Promise<Connection> {
  const pem = authorities === undefined ? {} : { authorities: await secretOf(authorities) }
  return engine.connect(
    {
      ...{ ...address, password: await secretOf(password) },
      tls: tls === 'off' ? { mode: 'off' } : { mode: 'verify', ...pem },
    },
    limits,
  )
}
