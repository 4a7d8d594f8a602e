/** http.html §3.1.0.2 capabilities: made from the tables that the door itself works by, so that it cannot promise more. */
import type { CapabilityStatement, CapabilityStatementRestResource } from '@xinglin/fhir'
import { allResourceTypes, parametersOf } from '@xinglin/fhir/search'
import type { OwnParameterStatus } from '@xinglin/records'
import { bodyTypes } from '../http/negotiate.ts'
import { describedOperations } from '../operations/operations.ts'
import { jsonPatchType } from '../patch/patch.ts'
import { subscriptionCapabilities, websocketExtension } from '../subscriptions/capabilities.ts'
import { includesOf, modifierText, parametersBeside, reverseIncludesOf } from './search-words.ts'

export type Described = {
  readonly baseUrl: string
  readonly version: string
  readonly at: string
  /** Search parameters of the caller's institution. */
  readonly own?: readonly OwnParameterStatus[]
}

/** The whole statement; `at` is the moment since which it holds (FHIR dateTime). */
export function capabilityStatement({ baseUrl, version, at, own = [] }: Described): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    url: `${baseUrl}/metadata`,
    name: 'Xinglin',
    title: 'Xinglin 杏林',
    status: 'active',
    date: at,
    kind: 'instance',
    software: { name: 'Xinglin', version },
    implementation: { description: 'Xinglin hospital platform', url: baseUrl },
    fhirVersion: '4.0.1',
    format: [...bodyTypes.json, ...bodyTypes.xml, 'json', 'xml'],
    patchFormat: [jsonPatchType, 'application/fhir+json', 'application/fhir+xml'],
    rest: [
      {
        mode: 'server',
        extension: [websocketExtension(baseUrl)],
        security: securityOf(baseUrl),
        resource: allResourceTypes.map((type) => resourceOf(type, own)),
        interaction: [
          { code: 'transaction' },
          { code: 'batch' },
          { code: 'history-system' },
          { code: 'search-system' },
        ],
        ...operationPart(),
      },
    ],
  }
}

function securityOf(baseUrl: string): NonNullable<CapabilityStatement['rest']>[number]['security'] {
  const at = (path: string) => new URL(`/oauth2/${path}`, baseUrl).toString()
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [
          { url: 'authorize', valueUri: at('authorize') },
          { url: 'token', valueUri: at('token') },
          { url: 'introspect', valueUri: at('introspect') },
          { url: 'revoke', valueUri: at('revoke') },
        ],
      },
    ],
    service: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
        ],
        text: 'OAuth 2.1 by SMART App Launch 2.2, and client credentials',
      },
    ],
  }
}

const interactions = [
  'read',
  'vread',
  'create',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'search-type',
] as const

function resourceOf(
  type: (typeof allResourceTypes)[number],
  own: readonly OwnParameterStatus[],
): CapabilityStatementRestResource {
  const parameters = [...parametersOf(type).values()].filter(
    ({ name, kind }) => kind !== 'special' || name === 'near',
  )
  if (type === 'AuditEvent') return auditEventCapabilities
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: interactions.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    referencePolicy: ['literal', 'logical'],
    searchInclude: [...includesOf(type)],
    searchRevInclude: [...reverseIncludesOf(type)],
    searchParam: [
      ...parameters.map(({ name, kind }) => ({
        name,
        type: kind,
        documentation: modifierText({ name, kind }),
      })),
      ...own.flatMap((each) => (each.types.includes(type) ? ownParameter(each) : [])),
      ...parametersBeside.map((each) => ({ ...each, type: 'special' as const })),
    ],
    ...operationPart(type),
    ...(type === 'Subscription' ? subscriptionCapabilities : {}),
  }
}

/** A view of the audit trail: read and searched, never written. */
const auditEventCapabilities: CapabilityStatementRestResource = {
  type: 'AuditEvent',
  profile: 'http://hl7.org/fhir/StructureDefinition/AuditEvent',
  documentation: 'the audit trail as a read-only view for those who may read it; newest first',
  interaction: [{ code: 'read' }, { code: 'search-type' }],
  versioning: 'no-version',
  searchParam: [
    { name: 'patient', type: 'reference' },
    { name: 'agent', type: 'reference', documentation: 'also agent:identifier=urn:xinglin:actor|user/1' },
    { name: 'date', type: 'date', documentation: 'eq, ge, gt, le, lt' },
    { name: 'action', type: 'token' },
    { name: 'subtype', type: 'token' },
    { name: 'outcome', type: 'token' },
    { name: 'entity', type: 'reference' },
    { name: '_id', type: 'token' },
  ],
}

/** A SearchParameter of the institution; listed with its progress while it is indexed. */
function ownParameter({ code, definition, state, share }: OwnParameterStatus) {
  if (!definition) return []
  const type = definition.kind
  const isReady = state === 'ready'
  const documentation = isReady ? modifierText(definition) : `being indexed, ${Math.floor(share * 100)}%`
  return [{ name: code, type, documentation }]
}

/** Operations of the system or of a type; nothing where there are none, since FHIR JSON has no empty lists. */
function operationPart(type?: (typeof allResourceTypes)[number]) {
  const operation = [...describedOperations(type)]
  return operation.length === 0 ? {} : { operation }
}
