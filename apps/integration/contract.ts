/** What others may rely on: the address of the Connections screen, the resend command and the shapes of the answers, as plain JSON. */

/** Addresses of the screens. */
export const integrationScreens = {
  connections: '/integration/connections',
  interfaces: '/integration/interfaces',
} as const

/** Address of one message on the Connections screen, with one of its fields (`OBX[3]-5.1`) marked. */
export function messageAddress(id: string, field?: string): string {
  const marked = field === undefined ? '' : `&field=${encodeURIComponent(field)}`
  return `${integrationScreens.connections}?message=${encodeURIComponent(id)}${marked}`
}

export const resendPermission = 'integration.message.resend'
export const readPermission = 'integration.message.read'
export const interfacePermissions = {
  read: 'integration.interface.read',
  operate: 'integration.interface.operate',
} as const

export type DoorId = 'fhir' | 'hl7v2' | 'dicom' | 'interface'
export type MessageOutcome = 'received' | 'accepted' | 'refused'

export type DoorsAnswer = { readonly minutes: number; readonly doors: readonly DoorRow[] }
export type DoorRow = {
  readonly door: DoorId
  readonly received: number
  readonly accepted: number
  readonly refused: number
  readonly latencyP50Ms?: number
  readonly latencyP95Ms?: number
  readonly lastAt?: string
}

export type MessagesAnswer = { readonly messages: readonly MessageRow[]; readonly next?: string }
export type MessageRow = {
  readonly id: string
  readonly door: DoorId
  readonly sender: string
  readonly subject: string
  readonly controlId: string
  readonly receivedAt: string
  readonly outcome: MessageOutcome
  readonly latencyMs?: number
  readonly sizeBytes: number
  readonly times: number
  /** How many versions it made. */
  readonly made: number
  readonly code?: string
  readonly at?: string
}

export type MessageAnswer = MessageRow & {
  readonly settledAt?: string
  readonly reason?: string
  readonly charset?: string
  readonly provenance?: string
  readonly versions: readonly MadeVersion[]
  /**
   * Text in its character set, or hexadecimal where it is no text; `isCut` where only the beginning is given. Nothing of it
   * (`masked`) to who sees names or numbers of people masked: a raw text has them anywhere.
   */
  readonly raw: {
    readonly kind: 'text' | 'hexadecimal' | 'masked'
    readonly content: string
    readonly isCut: boolean
  }
  /** Where the refused field stands in `raw.content`; absent where the refusal names none. */
  readonly marked?: { readonly startOffset: number; readonly endOffset: number }
  readonly canResend: boolean
}
export type MadeVersion = {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly reference: string
}

/** What the fields of a message made. Empty where its door cannot tell, or the raw text may not be seen. */
export type LineageAnswer = { readonly fields: readonly FieldLineage[] }
export type FieldLineage = {
  readonly field: string
  readonly byteOffset: number
  readonly byteLength: number
  /** Into `raw.content` of the message. */
  readonly startOffset: number
  readonly endOffset: number
  readonly made: readonly MadeElement[]
}
export type MadeElement = {
  /** `Observation/1/_history/1` */
  readonly reference: string
  readonly path: string
  /** `condition`: the field decides whether the element is there, it does not say what it says. */
  readonly role: 'value' | 'condition'
  readonly map: string
  readonly clause: string
  readonly file: string
}

export type InterfacesAnswer = { readonly interfaces: readonly InterfaceRow[] }
export type InterfaceRow = {
  readonly id: string
  readonly version: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly source: {
    readonly kind: string
    readonly isPaused: boolean
    readonly address?: string
    readonly tally: TallyRow
  }
  readonly hasKey: boolean
  readonly hasFilter: boolean
  readonly hasMap: boolean
  readonly destinations: readonly DestinationRow[]
}
export type DestinationRow = {
  readonly id: string
  readonly kind: string
  readonly isPaused: boolean
  readonly downSince?: string
  readonly reason?: string
  readonly lastSentAt?: string
  readonly waiting: number
  readonly refused: number
  readonly oldestAt?: string
  readonly hasFilter: boolean
  readonly hasMap: boolean
  readonly parallel: number
  readonly tally: TallyRow
}
/** Of the last hour. */
export type TallyRow = {
  readonly done: number
  readonly refused: number
  readonly doneLately: number
  readonly lagMeanMs?: number
  readonly lagMostMs?: number
}

export type DeliveryState = 'waiting' | 'sent' | 'refused' | 'dropped'
/** Asked by POST: a key often is a patient's number, which stands in no address. */
export type DeliveriesQuestion = {
  readonly interface?: string
  readonly destination?: string
  readonly state?: DeliveryState
  readonly key?: string
  readonly text?: string
  readonly before?: string
}
export type DeliveriesAnswer = { readonly deliveries: readonly DeliveryRow[]; readonly next?: string }
export type DeliveryRow = {
  readonly id: string
  readonly interface: string
  readonly version: string
  readonly destination: string
  readonly message: string
  readonly state: DeliveryState
  readonly askedAt: string
  readonly settledAt?: string
  readonly tries: number
  readonly nextAt?: string
  readonly code?: string
  /** Absent for who sees names or numbers of people masked: a receiver may quote the message. */
  readonly reason?: string
  readonly sizeBytes: number
}
/** One message from its arrival to each of its destinations. */
export type LifeAnswer = {
  readonly message: MessageRow & { readonly settledAt?: string; readonly reason?: string }
  readonly deliveries: readonly DeliveryRow[]
}
export type ContentAnswer = { readonly raw: MessageAnswer['raw'] }
export type ChangedAnswer = { readonly changed: number }
