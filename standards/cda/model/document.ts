/** CDA R2 (POCD_MT000040) as types: the header of a document, its sections and the statements in them. */
import type { XmlNode } from '../xml/node.ts'
import type { Address, Coded, Identifier, PersonName, Quantity, Telecom, Times } from './values.ts'

export type Organization = {
  readonly ids: readonly Identifier[]
  readonly name?: string
  readonly telecoms?: readonly Telecom[]
  readonly addresses?: readonly Address[]
}
/** Who acts: an assigned author, entity or performer. */
export type Participant = {
  readonly ids: readonly Identifier[]
  readonly time?: Times
  readonly code?: Coded
  readonly name?: PersonName
  /** Of an author that is no person. */
  readonly device?: string
  readonly organization?: Organization
}
export type PatientRole = {
  readonly ids: readonly Identifier[]
  /** In China the identity number stands beside the person. */
  readonly personIds: readonly Identifier[]
  readonly names: readonly PersonName[]
  readonly gender?: Coded
  /** As HL7 writes times. */
  readonly birthTime?: string
  readonly maritalStatus?: Coded
  readonly ethnicGroup?: Coded
  readonly addresses: readonly Address[]
  readonly telecoms: readonly Telecom[]
  readonly provider?: Organization
}
export type EncompassingEncounter = {
  readonly ids: readonly Identifier[]
  readonly code?: Coded
  readonly time: Times
  readonly location?: string
}
export type RelatedDocument = {
  readonly kind: 'RPLC' | 'APND' | 'XFRM'
  readonly id: Identifier
  readonly setId?: Identifier
  readonly versionNumber?: number
}

export type Header = {
  readonly realm?: string
  readonly templateIds: readonly Identifier[]
  readonly id: Identifier
  readonly code: Coded
  readonly title?: string
  /** As HL7 writes times. */
  readonly effectiveTime: string
  readonly confidentiality: Coded
  readonly language?: string
  readonly setId?: Identifier
  readonly versionNumber?: number
  readonly patient: PatientRole
  readonly authors: readonly Participant[]
  readonly custodian: Organization
  readonly legalAuthenticator?: Participant
  readonly authenticators: readonly Participant[]
  readonly related: readonly RelatedDocument[]
  readonly encounter?: EncompassingEncounter
}

export type ClinicalDocument = Header & { readonly body: Body }
export type Body =
  | { readonly kind: 'structured'; readonly sections: readonly Section[] }
  /** `content` is base64 where `isBase64`; `reference` an address elsewhere. */
  | {
      readonly kind: 'other'
      readonly mediaType: string
      readonly isBase64: boolean
      readonly content: string
      readonly reference?: string
    }

export type Section = {
  readonly templateIds: readonly Identifier[]
  readonly code?: Coded
  readonly title?: string
  readonly nullFlavor?: string
  /** The narrative block as it stands. */
  readonly text?: XmlNode
  readonly entries: readonly Statement[]
  readonly sections: readonly Section[]
}

export const statementKinds = [
  'act',
  'encounter',
  'observation',
  'observationMedia',
  'organizer',
  'procedure',
  'regionOfInterest',
  'substanceAdministration',
  'supply',
] as const
export type StatementKind = (typeof statementKinds)[number]

export type Value =
  | { readonly kind: 'coded'; readonly type: string; readonly coded: Coded }
  | { readonly kind: 'quantity'; readonly type: string; readonly quantity: Quantity }
  | { readonly kind: 'range'; readonly low?: Quantity; readonly high?: Quantity }
  | { readonly kind: 'times'; readonly times: Times }
  | { readonly kind: 'text'; readonly type: string; readonly text: string }

export type Statement = {
  readonly kind: StatementKind
  readonly classCode?: string
  readonly moodCode?: string
  readonly isNegated?: boolean
  readonly nullFlavor?: string
  readonly templateIds: readonly Identifier[]
  readonly ids: readonly Identifier[]
  readonly code?: Coded
  /** Words of the statement itself, from the narrative where it points there. */
  readonly text?: string
  readonly status?: string
  readonly times: readonly Times[]
  /** PIVL_TS: how often a medication is taken. */
  readonly period?: Quantity
  readonly values: readonly Value[]
  readonly interpretations: readonly Coded[]
  readonly referenceRanges: readonly {
    readonly low?: Quantity
    readonly high?: Quantity
    readonly text?: string
  }[]
  readonly route?: Coded
  readonly dose?: Quantity
  readonly repeatNumber?: string
  /** Of a substanceAdministration or supply. */
  readonly product?: {
    readonly code?: Coded
    readonly name?: string
    readonly lot?: string
    readonly manufacturer?: string
  }
  readonly targetSites: readonly Coded[]
  readonly performers: readonly Participant[]
  readonly authors: readonly Participant[]
  /** What takes part: the allergen of an allergy. */
  readonly participants: readonly { readonly kind?: string; readonly code?: Coded; readonly name?: string }[]
  readonly related: readonly {
    readonly kind?: string
    readonly isInverted?: boolean
    readonly statement: Statement
  }[]
  /** From 1 in the text that was read; 0 in a statement that was made. */
  readonly line: number
}
