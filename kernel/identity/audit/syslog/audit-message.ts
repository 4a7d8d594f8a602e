/** DICOM PS3.15 A.5 audit message, as IHE ITI-20 (ATNA) sends it: one entry of the trail in XML. */
import { eventCodes, outcomeCode } from '../event-codes.ts'
import type { TrailEntry } from '../sealed-entries.ts'

/** The message of one entry; ids of patients stand in it, names and contents do not. */
export function auditMessage(entry: TrailEntry): string {
  const { event, subtype, action } = eventCodes(entry.action)
  const outcome = outcomeCode(entry.outcome)
  return [
    '<?xml version="1.0" encoding="UTF-8"?><AuditMessage>',
    `<EventIdentification EventActionCode="${action}" EventDateTime="${text(entry.at)}" EventOutcomeIndicator="${outcome}">`,
    `<EventID csd-code="${event.code}" codeSystemName="DCM" originalText="${text(event.display)}"/>`,
    `<EventTypeCode csd-code="${text(subtype.code)}" codeSystemName="${text(subtype.system)}" originalText="${text(subtype.display)}"/>`,
    entry.purpose
      ? `<PurposeOfUse csd-code="${text(entry.purpose)}" codeSystemName="http://terminology.hl7.org/CodeSystem/v3-ActReason" originalText="${text(entry.purpose)}"/>`
      : '',
    '</EventIdentification>',
    participant(entry),
    '<AuditSourceIdentification AuditSourceID="xinglin" AuditEnterpriseSiteID="',
    `${entry.tenant}"><AuditSourceTypeCode csd-code="4"/></AuditSourceIdentification>`,
    ...patientsOf(entry).map(patientObject),
    dataObject(entry),
    '</AuditMessage>',
  ].join('')
}

function participant({ actor, actorDisplay, address, client, session }: TrailEntry): string {
  const network = address ? ` NetworkAccessPointID="${text(address)}" NetworkAccessPointTypeCode="2"` : ''
  const alternative = session ? ` AlternativeUserID="${text(`session/${session}`)}"` : ''
  const person = `<ActiveParticipant UserID="${text(actor)}"${alternative} UserName="${text(actorDisplay)}" UserIsRequestor="true"${network}/>`
  return client
    ? `${person}<ActiveParticipant UserID="${text(`client/${client}`)}" UserIsRequestor="false"/>`
    : person
}

function patientsOf({ patient, patients }: TrailEntry): readonly string[] {
  return patient === undefined ? (patients ?? []) : [patient]
}

/** PS3.15 A.5.2: type 1 person, role 1 patient, id type 2 patient number. */
function patientObject(id: string): string {
  return `<ParticipantObjectIdentification ParticipantObjectID="${text(id)}" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1"><ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881" originalText="Patient Number"/></ParticipantObjectIdentification>`
}

/** Type 2 system object: role 4 resource, 24 query. */
function dataObject({ action, resourceType, resourceId, detail, id }: TrailEntry): string {
  const name = [resourceType, resourceId].filter(Boolean).join('/')
  const role = action === 'search' ? 24 : 4
  const details = [detail && detailOf('detail', detail), detailOf('entry', id)].filter(Boolean).join('')
  return `<ParticipantObjectIdentification ParticipantObjectID="${text(name || action)}" ParticipantObjectTypeCode="2" ParticipantObjectTypeCodeRole="${role}"><ParticipantObjectIDTypeCode csd-code="10" codeSystemName="RFC-3881" originalText="Search Criteria"/>${details}</ParticipantObjectIdentification>`
}

/** Values are base64 there (PS3.15 A.5.1). */
function detailOf(type: string, value: string): string {
  return `<ParticipantObjectDetail type="${type}" value="${Buffer.from(value).toString('base64')}"/>`
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 §2.2 allows no other control characters, so they are taken away. */
function text(value: string): string {
  return value
    .replace(/\p{Cc}/gu, (control) => (/[\t\n\r]/.test(control) ? control : ''))
    .replace(/[&<>"]/g, (mark) => marks[mark] ?? '')
}
