/**
 * The journal of every door: what came in, byte for byte, what it became or why it was refused.
 *
 * A message is the same as an earlier one when tenant, door, sender, control id and content digest are equal
 * (docs/decisions/0007). It does not parse what it keeps, and it deletes nothing but the
 * raw bytes of a person whose data is erased.
 */

import type { Transaction } from '@xinglin/database'
import type { Statement, TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { Eraser } from '@xinglin/records'

export { createTraffic, trafficMigrations } from './journal.ts'
export {
  createKeeping,
  type Keeping,
  type StoredBytes,
  sealedMessagesAt,
  type TrafficSealing,
} from './sealing.ts'

export type Door = 'fhir' | 'hl7v2' | 'dicom' | 'interface'
export type MessageId = string & { readonly message: true }

export type Arrival = {
  readonly tenant: TenantId
  readonly door: Door
  /** Who sent it: `HIS|QILU` (MSH-3|MSH-4), a calling AE title, a machine client. */
  readonly sender: string
  /** What it is: `ADT^A01`, `C-STORE CT`, `POST Observation`. */
  readonly subject: string
  /** MSH-10, SOP Instance UID, request id. With `sender` and `digest` it makes a resent message known. */
  readonly controlId: string
  /** The raw bytes; for a DICOM instance the object hash as text, its bytes live in objects. */
  readonly raw: Uint8Array
  readonly charset?: string
  /** SHA-256 of what a sender repeats when it resends (HL7: all but MSH-7); of `raw` where absent. */
  readonly digest?: Uint8Array
}

export type Settlement =
  | { readonly outcome: 'accepted'; readonly made: readonly string[]; readonly provenance?: string }
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string; readonly at?: string }

export type Message = Omit<Arrival, 'raw' | 'digest'> & {
  readonly id: MessageId
  readonly receivedAt: Instant
  readonly settledAt?: Instant
  readonly latencyMs?: number
  readonly outcome: 'received' | 'accepted' | 'refused'
  /** Literal references of all versions made: `Observation/1/_history/1`. */
  readonly made: readonly string[]
  /** `Provenance/<id>` of an accepted one. */
  readonly provenance?: string
  readonly code?: string
  readonly reason?: string
  readonly at?: string
  /** Size of the raw bytes. */
  readonly sizeBytes: number
  /** How often the sender gave it. */
  readonly times: number
}

export type Receipt = { readonly id: MessageId; readonly known?: Message }

/** An open transaction, or a records unit: then the log entry is stated through the unit, in the statement it appends anyway. */
export type Within =
  | Transaction
  | { readonly transaction: Transaction; state(...statements: readonly Statement[]): void }

export interface Traffic {
  /**
   * Stores the raw message before anything else; waiting arrivals share one insert. It is on the disk at the latest with
   * the next commit, such as that of its settlement: nobody is told of it before. A resent message is not stored again:
   * `known` then gives what became of it (`received` where that is not settled yet).
   */
  receive(arrival: Arrival): Promise<Receipt>
  /**
   * What became of it, in the transaction that made it (or alone for a refusal). Settling again replaces it (resend).
   * States `traffic.accepted` or `traffic.refused` in the log, with `data: { message, door, sender, subject }`.
   */
  settle(id: MessageId, settlement: Settlement, within?: Within): Promise<void>
  /** `settle` for several messages of which the door knows everything, written with the commit. */
  settleAll(
    within: Within,
    settlements: readonly {
      readonly id: MessageId
      readonly arrival: Arrival
      readonly settlement: Settlement
    }[],
  ): void
  /**
   * `receive` and `settle` in one statement of a transaction that the door holds already, for doors whose sender keeps
   * its copy until answered (fhir). Never takes a message for a resent one.
   */
  record(
    within: Within,
    arrival: Arrival & { readonly receivedAt?: Instant },
    settlement: Settlement,
  ): Promise<MessageId>
  /** `record` for several messages in one statement; answers their ids in order. */
  recordAll(
    within: Within,
    recorded: readonly {
      readonly arrival: Arrival & { readonly receivedAt?: Instant }
      readonly settlement: Settlement
    }[],
  ): Promise<readonly MessageId[]>
  /** Newest first, by filters; `before` is the id of the last row of the page before. */
  list(options: {
    tenant: TenantId
    door?: Door
    outcome?: Message['outcome']
    sender?: string
    /** Part of sender, subject, control id, code or reason, in any case. */
    text?: string
    before?: MessageId
    limit: number
  }): Promise<readonly Message[]>
  read(
    tenant: TenantId,
    id: MessageId,
  ): Promise<{ readonly message: Message; readonly raw: Uint8Array } | undefined>
  /**
   * The messages that made these versions, in no order, looked for among those received in the minute before each: one that
   * was processed again later is not found so, its Provenance names it.
   */
  makers(tenant: TenantId, versions: readonly MadeVersion[]): Promise<readonly Message[]>
  /** Empties raw messages of a person whose data is erased. */
  readonly eraser: Eraser
  /** Received, accepted, refused and latency by door over the last `minutes`; every door is listed. */
  rates(tenant: TenantId, minutes: number): Promise<readonly DoorRate[]>
  /** Doors register how to process one of their stored messages again; used by the resend button. */
  onResend(door: Door, again: (message: Message, raw: Uint8Array) => Promise<void>): void
  /** Doors register how to tell which field of one of their stored messages made which element. */
  onExplain(door: Door, explain: (message: Message, raw: Uint8Array) => Promise<readonly MadeElement[]>): void
  /** What made each element of what an accepted message made; undefined where its door cannot tell, or its bytes are erased. */
  explain(tenant: TenantId, id: MessageId): Promise<ExplainedMessage | undefined>
  /** Seals (or opens) the next older messages as the institution chose; true where all of them follow. */
  followSealing(choice: SealedChoice): Promise<boolean>
  /** Processes a message that is not accepted yet again and answers what became of it. Throws `conflict` for an accepted one. */
  resend(tenant: TenantId, id: MessageId): Promise<Message>
}
/** A value in the raw message, as its standard names places (`OBX[3]-5.1`). */
export type ElementSource = {
  readonly field: string
  /** In the raw bytes. */
  readonly byteOffset: number
  readonly byteLength: number
  /** In the decoded text, in UTF-16 units as a browser counts. */
  readonly textOffset: number
  readonly textLength: number
  readonly text: string
  /** `value`: it is what the element says; `condition`: it decides whether the element is there. */
  readonly role: 'value' | 'condition'
  readonly rule: MappingRule
}
/** What turns a field into an element. */
export type MappingRule = {
  /** The published map, or our own name of it: `OBX[Observation]`. */
  readonly map: string
  /** Clause of the standard that defines the segment. */
  readonly clause: string
  /** Where our rule is written. */
  readonly file: string
}
/** One leaf of one version: `Observation/1/_history/1`, `valueQuantity.value`. */
export type MadeElement = {
  readonly reference: string
  readonly path: string
  /** What the element says first, then what it depends on. */
  readonly sources: readonly ElementSource[]
}
export type ExplainedMessage = { readonly message: Message; readonly elements: readonly MadeElement[] }
/** An institution's newest choice of sealed fields; versions grow. */
export type SealedChoice = { readonly tenant: TenantId; readonly version: number; readonly isOn: boolean }
/** A literal reference (`Observation/1/_history/1`) and when that version was written. */
export type MadeVersion = { readonly reference: string; readonly at: Instant }
export type DoorRate = {
  readonly door: Door
  readonly received: number
  readonly accepted: number
  readonly refused: number
  readonly latencyP50Ms?: number
  readonly latencyP95Ms?: number
  readonly lastAt?: Instant
}
