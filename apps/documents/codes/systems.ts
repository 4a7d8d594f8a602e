/** FHIR names code systems and identifiers by URL, CDA by OID (R4 §4.3.0.1 and terminologies-systems): one table, both ways. */

const known: readonly (readonly [url: string, oid: string])[] = [
  ['http://loinc.org', '2.16.840.1.113883.6.1'],
  ['http://snomed.info/sct', '2.16.840.1.113883.6.96'],
  ['http://www.nlm.nih.gov/research/umls/rxnorm', '2.16.840.1.113883.6.88'],
  ['http://hl7.org/fhir/sid/icd-10', '2.16.840.1.113883.6.3'],
  ['http://hl7.org/fhir/sid/icd-10-cm', '2.16.840.1.113883.6.90'],
  ['http://hl7.org/fhir/sid/icd-9-cm', '2.16.840.1.113883.6.103'],
  ['http://hl7.org/fhir/sid/ndc', '2.16.840.1.113883.6.69'],
  ['http://hl7.org/fhir/sid/cvx', '2.16.840.1.113883.12.292'],
  ['http://www.ama-assn.org/go/cpt', '2.16.840.1.113883.6.12'],
  ['http://fdasis.nlm.nih.gov', '2.16.840.1.113883.4.9'],
  ['http://ncimeta.nci.nih.gov', '2.16.840.1.113883.3.26.1.1'],
  ['http://hl7.org/fhir/ndfrt', '2.16.840.1.113883.3.26.1.5'],
  ['http://hl7.org/fhir/sid/us-ssn', '2.16.840.1.113883.4.1'],
  ['http://unitsofmeasure.org', '2.16.840.1.113883.6.8'],
  ['http://terminology.hl7.org/CodeSystem/v3-ActCode', '2.16.840.1.113883.5.4'],
  ['http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', '2.16.840.1.113883.5.83'],
  ['http://terminology.hl7.org/CodeSystem/v3-Confidentiality', '2.16.840.1.113883.5.25'],
  ['http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration', '2.16.840.1.113883.5.112'],
  ['http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', '2.16.840.1.113883.5.2'],
]
const oidByUrl = new Map(known)
const urlByOid = new Map(known.map(([url, oid]) => [oid, url]))
const oidForm = /^urn:oid:([0-2](?:\.(?:0|[1-9]\d*))+)$/
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Undefined for a system that has no OID. */
export function oidOf(system: string | undefined): string | undefined {
  return system === undefined ? undefined : (oidByUrl.get(system) ?? oidForm.exec(system)?.[1])
}

/** The URL that FHIR knows, else the OID or UUID as a URN. */
export function systemOf(root: string | undefined): string | undefined {
  if (!root) return undefined
  return urlByOid.get(root) ?? (uuidForm.test(root) ? `urn:uuid:${root.toLowerCase()}` : `urn:oid:${root}`)
}
