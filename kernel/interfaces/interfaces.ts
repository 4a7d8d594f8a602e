/**
 * Interfaces between systems: what comes from a source is stored, read, filtered, mapped and queued for its destinations in
 * one transaction, and acknowledged after that commit. Each destination has a queue of its own: in order among messages with
 * equal keys, beside each other otherwise, at least once, with an id by which the receiver knows a repeated one
 * (docs/decisions/0090). Sources and destinations are kinds that doors offer.
 */
import type { Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { MessageId } from '@xinglin/traffic'
import type { SourceSeat } from './seat.ts'

export { createInterfaces, type InterfacesOptions, interfacesMigrations } from './create-interfaces.ts'
export { defineInterface } from './define-interface.ts'
export { deliveryEraser } from './erase.ts'
export { bytesFormat, hl7v2Format, jsonFormat, textFormat } from './formats.ts'
export { type PollingOptions, startPolling } from './polling.ts'
export type { SourceFailure, SourceMemory, SourceSeat } from './seat.ts'
export { readSettings, type SettingsReader, wholeSettings, wrongSetting } from './settings.ts'

export type Text = { readonly zh: string; readonly en: string }

/** How a message is read and written; `read` throws `invalid` where it cannot. */
export type Format<Parsed> = {
  readonly contentType: string
  readonly read: (content: Uint8Array) => Parsed
  readonly write: (parsed: Parsed) => Uint8Array
}

/** Names a kind that a door offers; the rest is that door's to check. */
export type EndpointSettings = { readonly kind: string } & Readonly<Record<string, unknown>>

export type DestinationDefinition<Parsed> = {
  /** Unique in its interface; part of the queue's name, so it stays when the definition changes. */
  readonly id: string
  readonly to: EndpointSettings
  /** Whether this destination gets it; all where absent. */
  readonly filter?: (parsed: Parsed) => boolean
  /** What this destination gets, after the interface's own map. */
  readonly map?: (parsed: Parsed) => Parsed
  /** Deliveries at the same time, of different keys. Default 1. */
  readonly parallel?: number
  /** An answer takes at most so long; default 30,000 ms. */
  readonly answerMs?: number
  /** How often a receiver that says it is busy is asked before the delivery is laid aside; default 20. */
  readonly mostTries?: number
}

/** An interface as code: a file of this shape. */
export type InterfaceDefinition<Parsed> = {
  /** Lower case words with hyphens. */
  readonly id: string
  readonly version: string
  readonly title: Text
  readonly source: EndpointSettings
  readonly format: Format<Parsed>
  /** Order is kept among messages with equal keys: a patient's number, a device. All are one sequence where absent. */
  readonly key?: (parsed: Parsed) => string
  /** What is not let through is accepted and goes nowhere. */
  readonly filter?: (parsed: Parsed) => boolean
  readonly map?: (parsed: Parsed) => Parsed
  readonly destinations: readonly DestinationDefinition<Parsed>[]
}

// biome-ignore lint/suspicious/noExplicitAny: a list of interfaces mixes formats; each is checked where it is defined.
export type AnyInterface = InterfaceDefinition<any>

/** A message as a source hands it over. */
export type Incoming = {
  /** Who sent it: `HIS|QILU`, an address, a file's folder. */
  readonly sender: string
  /** What it is: `ADT^A01`, a file's name. */
  readonly subject: string
  /** By which the sender knows it; with `sender` and `digest` it makes a resent message known. */
  readonly controlId: string
  readonly raw: Uint8Array
  readonly charset?: string
  /** SHA-256 of what a sender repeats when it resends; of `raw` where absent. */
  readonly digest?: Uint8Array
}

/** `failed`: nothing is kept for sure; the sender keeps it and sends it again. */
export type Taken =
  | { readonly kind: 'accepted'; readonly message: MessageId }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string; readonly at?: string }
  | { readonly kind: 'failed' }

export type Take = (incoming: Incoming) => Promise<Taken>

export interface OpenSource {
  /** Where it listens, for people: `127.0.0.1:2600`. */
  readonly address?: string
  /** Takes nothing more and waits for what is on its way. */
  stop(): Promise<void>
}

export type SourceKind = {
  readonly kind: string
  /** Throws `invalid` naming the setting. */
  readonly check: (settings: EndpointSettings) => void
  readonly open: (settings: EndpointSettings, take: Take, seat: SourceSeat) => Promise<OpenSource>
}

/** What is sent. */
export type Outgoing = {
  /** The same whenever this delivery is sent again: the receiver's idempotency key. */
  readonly id: string
  readonly controlId: string
  readonly content: Uint8Array
  readonly contentType: string
  /** Tries before this one. */
  readonly tries: number
}

/** What a receiver said. A promise that rejects: it could not be reached or did not answer, and all of its queue waits. */
export type Answer =
  | { readonly kind: 'taken' }
  /** Asked again later; what follows of the same key waits. */
  | { readonly kind: 'busy'; readonly code: string; readonly reason: string }
  /** Laid aside for a person; what follows goes on. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }

export interface OpenDestination {
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

export type DestinationKind = {
  readonly kind: string
  /** Throws `invalid` naming the setting. */
  readonly check: (settings: EndpointSettings) => void
  readonly open: (settings: EndpointSettings) => OpenDestination
}

export type DeliveryState = 'waiting' | 'sent' | 'refused' | 'dropped'

export type Delivery = {
  readonly id: string
  readonly interface: string
  readonly version: string
  readonly destination: string
  readonly message: MessageId
  readonly state: DeliveryState
  readonly askedAt: Instant
  readonly settledAt?: Instant
  readonly tries: number
  readonly nextAt?: Instant
  readonly code?: string
  readonly reason?: string
  readonly sizeBytes: number
}

export type DestinationState = {
  readonly id: string
  readonly kind: string
  readonly isPaused: boolean
  /** Since when it cannot be reached. */
  readonly downSince?: Instant
  readonly code?: string
  readonly reason?: string
  readonly lastSentAt?: Instant
  /** Counted up to `mostCounted`. */
  readonly waiting: number
  readonly refused: number
  /** When the oldest that waits was asked for. */
  readonly oldestAt?: Instant
  readonly hasFilter: boolean
  readonly hasMap: boolean
  readonly parallel: number
  readonly tally: Tally
}

/** What a part did in the last hour, by the minute. */
export type Tally = {
  /** Accepted by the interface, or taken by the destination. */
  readonly done: number
  readonly refused: number
  /** Of `done`, in the last five minutes. */
  readonly doneLately: number
  /** From asked for to settled; absent for a source, and where nothing was settled. */
  readonly lagMeanMs?: number
  readonly lagMostMs?: number
}

export type InterfaceState = {
  readonly id: string
  readonly version: string
  readonly title: Text
  readonly source: {
    readonly kind: string
    readonly isPaused: boolean
    readonly address?: string
    /** Since when what it asks cannot be read; only of a source that asks by itself. */
    readonly downSince?: Instant
    readonly reason?: string
    readonly tally: Tally
  }
  readonly hasKey: boolean
  readonly hasFilter: boolean
  readonly hasMap: boolean
  readonly destinations: readonly DestinationState[]
}

/** Counts stop here: more is `100,000 and more`. */
export const mostCounted = 100_000

/** Names a source (`destination` absent) or a destination. */
export type Part = { readonly interface: string; readonly destination?: string }

export interface Interfaces {
  /** Doors say which kinds of sources and destinations there are, before `start`. */
  offerSource(kind: SourceKind): void
  offerDestination(kind: DestinationKind): void
  /** Sets an interface of an institution; a running one of this id is replaced: what waits is sent by the new one. */
  deploy(tenant: TenantId, definition: AnyInterface): Promise<void>
  /** Closes an interface; what waits stays, and goes on when it is deployed again. */
  retire(tenant: TenantId, id: string): Promise<void>
  /** Opens the sources, the destinations or both in this process. */
  start(which: { readonly sources: boolean; readonly destinations: boolean }): Promise<void>
  /** Takes and sends nothing more; settles when what is on its way is on the disk. */
  stop(): Promise<void>
  /** As a source of this interface would hand it over. */
  take(tenant: TenantId, id: string, incoming: Incoming): Promise<Taken>
  states(tenant: TenantId): Promise<readonly InterfaceState[]>
  /** Newest first; `before` is the id of the last row of the page before. */
  deliveries(options: {
    tenant: TenantId
    interface?: string
    destination?: string
    state?: DeliveryState
    message?: MessageId
    /** As the interface's `key` says it: the patient's number, a device. */
    key?: string
    /** Part of the code or the reason, of the sender or of the control id. */
    text?: string
    before?: string
    limit: number
  }): Promise<readonly Delivery[]>
  /** What went or will go out; undefined for an unknown delivery. */
  content(tenant: TenantId, delivery: string): Promise<Uint8Array | undefined>
  /** Sends refused ones again, at the end of the queue. Answers how many. */
  retry(transaction: Transaction, tenant: TenantId, ids: readonly string[]): Promise<number>
  /** Gives up deliveries that wait or were refused. Answers how many. */
  drop(transaction: Transaction, tenant: TenantId, ids: readonly string[]): Promise<number>
  /** A paused source takes nothing; a paused destination sends nothing and goes on collecting. */
  setPaused(transaction: Transaction, tenant: TenantId, part: Part, isPaused: boolean): Promise<void>
  /** Deletes settled deliveries older than this, of one interface or of all; answers how many. */
  purge(tenant: TenantId, settledBefore: Instant, interfaceId?: string): Promise<number>
}
