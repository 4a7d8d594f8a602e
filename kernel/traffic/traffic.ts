/** The journal of every door: what came in, byte for byte, what it became or why it was refused. */

import type { Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'

export type Door = 'fhir' | 'hl7v2' | 'dicom'
export type MessageId = string & { readonly message: true }

export type Arrival = {
  readonly tenant: TenantId
  readonly door: Door
  /** Who sent it: `HIS|QILU` (MSH-3|MSH-4), a calling AE title, a machine client. */
  readonly sender: string
  /** What it is: `ADT^A01`, `C-STORE CT`, `POST Observation`. */
  readonly subject: string
  /** MSH-10, SOP Instance UID, request id. With `sender` it makes a resent message known. */
  readonly controlId: string
  /** The raw bytes; for a DICOM instance the object hash as text, its bytes live in objects. */
  readonly raw: Uint8Array
  readonly charset?: string
}

export type Settlement =
  | { readonly outcome: 'accepted'; readonly made: readonly string[]; readonly provenance?: string }
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string; readonly at?: string }

export type Message = Omit<Arrival, 'raw'> & {
  readonly id: MessageId
  readonly receivedAt: Instant
  readonly settledAt?: Instant
  readonly latencyMs?: number
  readonly outcome: 'received' | 'accepted' | 'refused'
  /** Literal references of all versions made: `Observation/1/_history/1`. */
  readonly made: readonly string[]
  readonly code?: string
  readonly reason?: string
  readonly at?: string
  /** How often the sender gave it. */
  readonly times: number
}

export interface Traffic {
  /**
   * Stores the raw message durably before anything else. A message known by tenant, door, sender and control id is not
   * stored again: `known` then gives what became of it.
   */
  receive(arrival: Arrival): Promise<{ readonly id: MessageId; readonly known?: Message }>
  /** What became of it, in the transaction that made it (or alone for a refusal). */
  settle(id: MessageId, settlement: Settlement, transaction?: Transaction): Promise<void>
  /** Newest first, by filters; `before` is the id of the last row of the page before. */
  list(options: {
    tenant: TenantId
    door?: Door
    outcome?: Message['outcome']
    sender?: string
    text?: string
    before?: MessageId
    limit: number
  }): Promise<readonly Message[]>
  read(
    tenant: TenantId,
    id: MessageId,
  ): Promise<{ readonly message: Message; readonly raw: Uint8Array } | undefined>
  /** Received, accepted, refused and latency by door over the last `minutes`. */
  rates(tenant: TenantId, minutes: number): Promise<readonly DoorRate[]>
  /** Doors register how to process one of their stored messages again; used by the resend button. */
  onResend(door: Door, again: (message: Message, raw: Uint8Array) => Promise<void>): void
  resend(tenant: TenantId, id: MessageId): Promise<Message>
}
export type DoorRate = {
  readonly door: Door
  readonly received: number
  readonly accepted: number
  readonly refused: number
  readonly latencyP50Ms?: number
  readonly latencyP95Ms?: number
  readonly lastAt?: Instant
}
