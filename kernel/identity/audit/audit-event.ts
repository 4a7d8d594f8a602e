/** An entry of the audit trail as AuditEvent (R4 §auditevent, patterns of IHE BALP 1.1: Read, Query, Create, Update, Delete, and any act). */
import type { AuditEvent, AuditEventEntity } from '@xinglin/fhir'
import type { AuditEntry } from '../identity.ts'
import { eventCodes, outcomeCode } from './event-codes.ts'

/** How actors of the platform are named by identifier: `user/<id>`, `client/<id>`, `system/<name>`. */
export const actorSystem = 'urn:xinglin:actor'

const objectRoles = 'http://terminology.hl7.org/CodeSystem/object-role'
const entityTypes = 'http://terminology.hl7.org/CodeSystem/audit-entity-type'

/** The view of one entry; it has no versions, because entries do not change. */
export function auditEvent(entry: AuditEntry): AuditEvent {
  const { event, subtype, action, isRest } = eventCodes(entry.action)
  const { id, at, purpose } = entry
  return {
    resourceType: 'AuditEvent',
    id,
    meta: { lastUpdated: at },
    type: isRest
      ? {
          system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
          code: 'rest',
          display: 'RESTful Operation',
        }
      : event,
    subtype: [subtype],
    action,
    recorded: at,
    outcome: outcomeCode(entry.outcome),
    ...(purpose
      ? {
          purposeOfEvent: [
            { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: purpose }] },
          ],
        }
      : {}),
    agent: agentsOf(entry),
    source: {
      observer: { display: 'Xinglin' },
      type: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
          code: '4',
          display: 'Application Server',
        },
      ],
    },
    ...entitiesPart(entry),
  }
}

function agentsOf({ actor, actorDisplay, address, client }: AuditEntry): AuditEvent['agent'] {
  const person = {
    type: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
    },
    who: { identifier: { system: actorSystem, value: actor }, display: actorDisplay },
    requestor: true,
    ...(address ? { network: { address, type: '2' as const } } : {}),
  }
  if (!client) return [person]
  return [
    person,
    {
      type: { coding: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110150' }] },
      who: { identifier: { system: actorSystem, value: `client/${client}` } },
      requestor: false,
    },
  ]
}

/** FHIR JSON has no empty lists. */
function entitiesPart(entry: AuditEntry): Pick<AuditEvent, 'entity'> {
  const entities = [...patientsOf(entry).map(patientEntity), ...dataEntity(entry), ...sessionEntity(entry)]
  return entities.length === 0 ? {} : { entity: entities }
}

function patientsOf({ patient, patients }: AuditEntry): readonly string[] {
  return patient === undefined ? (patients ?? []) : [patient]
}

function patientEntity(id: string): AuditEventEntity {
  return {
    what: { reference: `Patient/${id}` },
    type: { system: entityTypes, code: '1', display: 'Person' },
    role: { system: objectRoles, code: '1', display: 'Patient' },
  }
}

function dataEntity({ action, resourceType, resourceId, detail }: AuditEntry): readonly AuditEventEntity[] {
  if (resourceType === undefined && detail === undefined) return []
  const isQuery = action === 'search'
  return [
    {
      ...(resourceType && resourceId ? { what: { reference: `${resourceType}/${resourceId}` } } : {}),
      type: { system: entityTypes, code: '2', display: 'System Object' },
      role: isQuery
        ? { system: objectRoles, code: '24', display: 'Query' }
        : { system: objectRoles, code: '4', display: 'Domain Resource' },
      ...(resourceType && !resourceId ? { name: resourceType } : {}),
      ...(detail ? { description: detail } : {}),
    },
  ]
}

function sessionEntity({ session }: AuditEntry): readonly AuditEventEntity[] {
  if (session === undefined) return []
  return [
    {
      what: { identifier: { system: 'urn:xinglin:session', value: session } },
      type: { system: entityTypes, code: '4', display: 'Other' },
      role: { system: objectRoles, code: '21', display: 'Job Stream' },
    },
  ]
}
