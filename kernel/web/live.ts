/** `/api/live`: what is appended to the log, sent to the screens that may see it. */

import type { EventLog, LogEntry } from '@xinglin/events'
import { forbidden, invalid } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import type { AccessRequest, Actor, Identity } from '@xinglin/identity'
import type { LiveSocket, SocketHandler } from './web.ts'

/** What a screen asks for: one patient, some kinds (`record.*` as prefix), or everything. */
export type Subscription = { readonly patient?: string; readonly kinds?: readonly string[] }

/** `last` settles when what came before has been sent: entries reach a screen in the order of the log. */
type Subscriber = {
  readonly socket: LiveSocket
  readonly actor: Actor
  readonly wanted: Subscription
  last: Promise<void>
}

// A screen names the handful of kinds that it draws.
const maxKinds = 50

export type LiveOptions = { readonly events: Pick<EventLog, 'follow'>; readonly identity: Identity }

/** The handler of `/api/live` and the way to stop following the log. */
export function liveUpdates({ events, identity }: LiveOptions): { handler: SocketHandler; stop: () => void } {
  const subscribers = new Map<LiveSocket, Subscriber>()
  const stop = events.follow((entries) => {
    for (const subscriber of subscribers.values()) {
      const wanted = entries.filter((entry) => isWanted(entry, subscriber.wanted, subscriber.actor))
      if (wanted.length > 0)
        subscriber.last = subscriber.last
          .then(() => deliver(subscriber, wanted, identity))
          .catch(() => subscriber.socket.close('what happened cannot be told now: subscribe again'))
    }
  })
  const handler: SocketHandler = (socket, actor) => {
    socket.onClose(() => subscribers.delete(socket))
    socket.onMessage(async (message) => {
      const wanted = parseSubscription(message)
      await demandReading(identity, actor, wanted)
      subscribers.set(socket, { socket, actor, wanted, last: Promise.resolve() })
      socket.send({ subscribed: wanted })
    })
  }
  return { handler, stop }
}

/** Access is decided and audited once for what was asked; each entry is then decided again without an audit entry. */
async function demandReading(identity: Identity, actor: Actor, wanted: Subscription): Promise<void> {
  if (actor.kind === 'patient' && !wanted.patient)
    throw forbidden('name the patient whose record you follow', { code: 'web.hidden-patient' })
  identity.demand(actor, readingOf(wanted))
  await refuseHidden(identity, actor, wanted)
  await identity.audit(actor, {
    action: 'live.subscribe',
    outcome: 'allowed',
    ...(wanted.patient ? { patient: wanted.patient } : {}),
  })
}

/** A patient who is hidden and one who never was are refused alike. */
async function refuseHidden(identity: Identity, actor: Actor, { patient }: Subscription): Promise<void> {
  if (!patient) return
  const [reached] = await identity.reach.reached(actor, [{ type: 'Patient', id: patient }])
  if (reached) return
  await identity.audit(actor, { action: 'live.subscribe', outcome: 'refused', patient })
  throw forbidden('this is no patient whom you may see', { code: 'web.hidden-patient' })
}

/** What is stated of broken glass and of anomalies is for who judges it, whether he may read records or not. */
const judged = [
  { kinds: 'identity.glass-', permission: 'privacy.glass.review' },
  { kinds: 'audit.anomaly-', permission: 'audit.anomaly.read' },
] as const

function judgingOf(kind: string): AccessRequest | undefined {
  const found = judged.find(({ kinds }) => kind.startsWith(kinds))
  return found && { kind: 'permission', permission: found.permission }
}

function readingOf({ patient, kinds }: Subscription): AccessRequest {
  const [first, ...others] = judged.filter(({ kinds: theirs }) =>
    kinds?.some((kind) => kind.startsWith(theirs)),
  )
  const isOfOne = first && others.length === 0 && kinds?.every((kind) => kind.startsWith(first.kinds))
  if (!patient && isOfOne) return { kind: 'permission', permission: first.permission }
  return patient
    ? { kind: 'record', interaction: 'read', type: 'Patient', id: patient, patient }
    : { kind: 'record', interaction: 'search', type: 'Patient' }
}

async function deliver(
  { socket, actor }: Subscriber,
  entries: readonly LogEntry[],
  identity: Identity,
): Promise<void> {
  const allowed = entries.filter((entry) => mayRead(identity, actor, entry))
  const named = distinct(allowed.flatMap((entry) => namedBy(entry) ?? []))
  const reached = new Set((await identity.reach.reached(actor, named)).map(nameOf))
  const seen = allowed.filter((entry) => {
    const name = namedBy(entry)
    return name === undefined || reached.has(nameOf(name))
  })
  if (seen.length > 0) socket.send({ entries: seen.map(describe) })
}

type Named = Parameters<Identity['reach']['reached']>[1][number]

/** The resource that an entry is about, else the patient. */
function namedBy({ resourceType, resourceId, patient }: LogEntry): Named | undefined {
  if (resourceType !== undefined && resourceId !== undefined && isResourceType(resourceType))
    return { type: resourceType, id: resourceId }
  return patient === undefined ? undefined : { type: 'Patient', id: patient }
}

function nameOf({ type, id }: Named): string {
  return `${type}/${id}`
}

function distinct(named: readonly Named[]): readonly Named[] {
  return [...new Map(named.map((each) => [nameOf(each), each])).values()]
}

function isWanted(entry: LogEntry, { patient, kinds }: Subscription, actor: Actor): boolean {
  if (entry.tenant !== actor.tenant) return false
  if (patient && entry.patient !== patient) return false
  return !kinds || kinds.some((kind) => isKind(entry.kind, kind))
}

function isKind(kind: string, pattern: string): boolean {
  return pattern.endsWith('*') ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern
}

function mayRead(identity: Identity, actor: Actor, entry: LogEntry): boolean {
  const { kind, resourceType, resourceId, patient } = entry
  const judging = judgingOf(kind)
  if (judging) return identity.decide(actor, judging).isAllowed
  if (!resourceType) return true
  const request = {
    kind: 'record',
    interaction: 'read',
    type: resourceType,
    id: resourceId,
    patient,
  } as AccessRequest
  return identity.decide(actor, request).isAllowed
}

/** What a screen needs to know to ask for more; never the entry's data. */
function describe({ position, id, at, kind, resourceType, resourceId, version, patient }: LogEntry) {
  return { position, id, at, kind, resourceType, resourceId, version, patient }
}

function parseSubscription(message: unknown): Subscription {
  const subscribe = memberOf(message, 'subscribe')
  if (typeof subscribe !== 'object' || subscribe === null)
    throw invalid('send {"subscribe":{"patient":…,"kinds":[…]}}', {
      code: 'web.subscription',
      at: 'subscribe',
    })
  const patient = memberOf(subscribe, 'patient')
  const kinds = memberOf(subscribe, 'kinds')
  if (patient !== undefined && typeof patient !== 'string')
    throw invalid('patient must be an id as text', { code: 'web.subscription', at: 'subscribe.patient' })
  if (kinds !== undefined && !isKinds(kinds))
    throw invalid(`kinds must be at most ${maxKinds} texts`, {
      code: 'web.subscription',
      at: 'subscribe.kinds',
    })
  return { ...(patient ? { patient } : {}), ...(kinds ? { kinds } : {}) }
}

function isKinds(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= maxKinds && value.every((kind) => typeof kind === 'string')
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}
