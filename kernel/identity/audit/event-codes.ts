/** What an entry is in the code systems of audit: DICOM PS3.16 CID 400 event ids, FHIR R4 restful interactions, RFC 3881 outcome. */
import type { AuditEntry } from '../identity.ts'

export type Coding = { readonly system: string; readonly code: string; readonly display: string }

/** Create, read, update, delete or execute (DICOM PS3.15 A.5.2.1.3, FHIR audit-event-action). */
export type ActionCode = 'C' | 'R' | 'U' | 'D' | 'E'

const dicom = (code: string, display: string): Coding => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code,
  display,
})
const interaction = (code: string): Coding => ({
  system: 'http://hl7.org/fhir/restful-interaction',
  code,
  display: code,
})

export type EventCodes = {
  /** EventID of DICOM PS3.15 A.5.1. */
  readonly event: Coding
  /** What exactly; `urn:xinglin:audit-action` where no standard has a word for it. */
  readonly subtype: Coding
  readonly action: ActionCode
  /** True where the act was an interaction of the FHIR API or the same act on a screen. */
  readonly isRest: boolean
}

const patientRecord = dicom('110110', 'Patient Record')
const rest: Readonly<Record<string, Omit<EventCodes, 'isRest'>>> = {
  read: { event: patientRecord, subtype: interaction('read'), action: 'R' },
  history: { event: patientRecord, subtype: interaction('history'), action: 'R' },
  search: { event: dicom('110112', 'Query'), subtype: interaction('search'), action: 'E' },
  create: { event: patientRecord, subtype: interaction('create'), action: 'C' },
  update: { event: patientRecord, subtype: interaction('update'), action: 'U' },
  delete: { event: patientRecord, subtype: interaction('delete'), action: 'D' },
}

const authentication = dicom('110114', 'User Authentication')
const others: Readonly<Record<string, Omit<EventCodes, 'isRest'>>> = {
  'sign-in': { event: authentication, subtype: dicom('110122', 'Login'), action: 'E' },
  'sign-out': { event: authentication, subtype: dicom('110123', 'Logout'), action: 'E' },
  token: { event: authentication, subtype: dicom('110142', 'Node Authentication'), action: 'E' },
  'administration.audit.read': {
    event: dicom('110101', 'Audit Log Used'),
    subtype: own('administration.audit.read'),
    action: 'R',
  },
}

/** The codes of an action; one that no standard names is an act of an application. */
export function eventCodes(action: string): EventCodes {
  const known = rest[action]
  if (known) return { ...known, isRest: true }
  const other = others[action]
  if (other) return { ...other, isRest: false }
  const isRead = /\.(read|search|list)$/.test(action)
  return {
    event: dicom('110100', 'Application Activity'),
    subtype: own(action),
    action: isRead ? 'R' : 'E',
    isRest: false,
  }
}

function own(action: string): Coding {
  return { system: 'urn:xinglin:audit-action', code: action, display: action }
}

/** 0 success, 4 refused, 8 failed. */
export function outcomeCode(outcome: AuditEntry['outcome']): '0' | '4' | '8' {
  if (outcome === 'allowed') return '0'
  return outcome === 'refused' ? '4' : '8'
}
