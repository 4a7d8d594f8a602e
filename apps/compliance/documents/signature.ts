/**
 * The platform's seal on a final clinical document: FHIR R4 Provenance (§6.3) with a Signature over the stored JSON of one
 * version. It proves that the platform held these bytes at that time; it is no signature of a person.
 */
import { createHash } from 'node:crypto'
import {
  type Composition,
  type DocumentReference,
  invalid,
  type Provenance,
  type Resource,
} from '@xinglin/fhir'
import type { Signature } from '@xinglin/keys'
import type { Version } from '@xinglin/records'

export const signingPurpose = 'documents.final'
export const signedTypes = ['Composition', 'DocumentReference'] as const
export type SignedType = (typeof signedTypes)[number]

/** What `Signature.data` holds, as JSON. */
export type Seal = Signature & {
  /** RFC 3161 token over the bytes of the signature, in base64. */
  readonly timeStamp?: string
}

const finalStates: ReadonlySet<string> = new Set(['final', 'amended'])

export function isSignedType(type: unknown): type is SignedType {
  return signedTypes.some((each) => each === type)
}

/** Whether a document is one that is not worked on any more. */
export function isFinal({ json }: Version): boolean {
  if (json === '') return false
  const resource = JSON.parse(json) as Composition | DocumentReference
  const state = resource.resourceType === 'Composition' ? resource.status : resource.docStatus
  return state !== undefined && finalStates.has(state)
}

/** The same for the same version, so that a second try finds the first. */
export function provenanceId({ type, id, version }: Pick<Version, 'type' | 'id' | 'version'>): string {
  return `signature-${createHash('sha256').update(`${type}/${id}/${version}`).digest('hex').slice(0, 32)}`
}

/** E1762 names it a verification signature: the integrity of the document, not its authorship. */
const verification = {
  system: 'urn:iso-astm:E1762-95:2013',
  code: '1.2.840.10065.1.12.1.5',
  display: 'Verification Signature',
}
const platform = { display: 'Xinglin' }

export function sealProvenance(version: Version, seal: Seal, at: string): Provenance {
  return {
    resourceType: 'Provenance',
    target: [{ reference: `${version.type}/${version.id}/_history/${version.version}` }],
    recorded: at,
    agent: [{ who: platform }],
    signature: [
      {
        type: [verification],
        when: at,
        who: platform,
        targetFormat: 'application/fhir+json',
        sigFormat: 'application/json',
        data: Buffer.from(JSON.stringify(seal)).toString('base64'),
      },
    ],
  }
}

/** The seal of a Provenance; throws `invalid` (`compliance.no-seal`) where it has another form. */
export function sealOf(resource: Resource): Seal {
  const data = resource.resourceType === 'Provenance' ? resource.signature?.[0]?.data : undefined
  const seal: unknown = JSON.parse(data ? Buffer.from(data, 'base64').toString('utf8') : 'null')
  if (isSeal(seal)) return seal
  throw invalid('the Provenance holds no seal of this platform', { code: 'compliance.no-seal' })
}

function isSeal(value: unknown): value is Seal {
  return (
    typeof value === 'object' && value !== null && 'key' in value && 'algorithm' in value && 'value' in value
  )
}
