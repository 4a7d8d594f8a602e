/** The interfaces of this process: what is deployed, what is open, which queues it sends. */
import { type Database, type Migrations, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, invalid, notFound } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { createKeeping, sealedMessagesAt, type Traffic } from '@xinglin/traffic'
import { checkDefinition } from './define-interface.ts'
import type {
  AnyInterface,
  DestinationKind,
  EndpointSettings,
  Interfaces,
  Part,
  SourceKind,
} from './interfaces.ts'
import { acts } from './queue/acts.ts'
import { createTurns } from './queue/turns.ts'
import { openRunning, type Running } from './running.ts'
import { readStates } from './states.ts'

/** Tables of the schema `interfaces`. */
export const interfacesMigrations: Migrations = {
  name: 'interfaces',
  folder: new URL('./migrations/', import.meta.url),
}

/** Channel of NOTIFY: `tenant/interface`, something waits; `tenant/interface/…`, a part was changed by somebody. */
const channel = 'interfaces'

export type InterfacesOptions = {
  readonly database: Database
  readonly traffic: Traffic
  readonly runtime: Runtime
  readonly keys: Keys
  /** Whether what an institution's interfaces send is sealed where it is stored. */
  readonly isSealing: (tenant: TenantId) => Promise<boolean>
}

/** Nothing is open before `start`. */
export function createInterfaces(options: InterfacesOptions): Interfaces {
  const { database, runtime, keys, isSealing } = options
  const keeping = createKeeping({ keys, isOn: isSealing })
  keys.rotations.declare(
    sealedMessagesAt(['interfaces', 'content', 'bytes'], {
      door: 'interface',
      reads: sql`
        tenant,
        (select sender from traffic.message where id = content.message) as sender,
        (select control_id from traffic.message where id = content.message) as "controlId"`,
    }),
  )
  const sources = new Map<string, SourceKind>()
  const destinations = new Map<string, DestinationKind>()
  const all = new Map<string, Running>()
  const turns = createTurns(database, runtime)
  let which = { sources: false, destinations: false }
  let stopListening: (() => Promise<void>) | undefined

  const kinds = {
    source: (settings: EndpointSettings) => kindOf(sources, settings, 'source'),
    destination: (settings: EndpointSettings) => kindOf(destinations, settings, 'destination'),
  }
  const running = (tenant: TenantId, id: string): Running => {
    const found = all.get(nameOf(tenant, id))
    if (!found) throw notFound('the institution has no such interface', { code: 'interfaces.unknown' })
    return found
  }
  const ofTenant = (tenant: TenantId) => [...all.values()].filter((each) => each.tenant === tenant)

  function heard(payload: string): void {
    const [tenant, id, ...rest] = payload.split('/')
    // After a lost connection the payload is empty: anything may have happened.
    const concerned = id === undefined ? [...all.values()] : [all.get(`${tenant}/${id}`)]
    for (const each of concerned) rest.length > 0 || id === undefined ? void each?.changed() : each?.wake()
  }

  const part = (tenant: TenantId, { interface: id, destination }: Part) => {
    const { definition } = running(tenant, id)
    if (destination !== undefined && !definition.destinations.some((each) => each.id === destination))
      throw notFound('the interface has no such destination', { code: 'interfaces.unknown' })
  }

  return {
    offerSource: (kind) => offer(sources, kind),
    offerDestination: (kind) => offer(destinations, kind),
    async deploy(tenant, definition) {
      checkDefinition(definition)
      checkEndpoints(definition, kinds)
      const name = nameOf(tenant, definition.id)
      await all.get(name)?.stop()
      const opened = openRunning({ ...options, keeping, tenant, definition, kinds, turns, channel })
      all.set(name, opened)
      await opened.start(which)
    },
    async retire(tenant, id) {
      const name = nameOf(tenant, id)
      await all.get(name)?.stop()
      all.delete(name)
    },
    async start(given) {
      which = given
      stopListening ??= await database.listen(channel, heard)
      if (given.destinations || given.sources) turns.start()
      for (const each of all.values()) await each.start(which)
    },
    async stop() {
      await stopListening?.()
      await Promise.all([...all.values()].map((each) => each.stop()))
      await turns.stop()
    },
    take: (tenant, id, incoming) => running(tenant, id).take(incoming),
    states: (tenant) => readStates(database, runtime, { tenant, running: ofTenant(tenant) }),
    ...acts({ database, runtime, keeping, channel, part }),
  }
}

function nameOf(tenant: TenantId, id: string): string {
  return `${tenant}/${id}`
}

function offer<Kind extends { readonly kind: string }>(kinds: Map<string, Kind>, kind: Kind): void {
  if (kinds.has(kind.kind))
    throw conflict(`two doors offer the kind ${kind.kind}`, { code: 'interfaces.kind-twice' })
  kinds.set(kind.kind, kind)
}

function kindOf<Kind>(kinds: ReadonlyMap<string, Kind>, { kind }: EndpointSettings, at: string): Kind {
  const found = kinds.get(kind)
  if (found) return found
  const known = [...kinds.keys()].sort().join(', ')
  throw invalid(`no door offers the ${at} kind ${kind}; there are: ${known}`, { code: 'interfaces.kind', at })
}

export type Kinds = {
  readonly source: (settings: EndpointSettings) => SourceKind
  readonly destination: (settings: EndpointSettings) => DestinationKind
}

function checkEndpoints({ source, destinations }: AnyInterface, kinds: Kinds): void {
  kinds.source(source).check(source)
  for (const { to } of destinations) kinds.destination(to).check(to)
}
