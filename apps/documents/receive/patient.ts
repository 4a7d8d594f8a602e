/** Whose a received document is: by identifiers alone. Who is not found is registered; who is doubtful is held, never guessed. */
import { type ClinicalDocument, dateOf, type Identifier } from '@xinglin/cda'
import { type Identifier as FhirIdentifier, type Patient, parseReference } from '@xinglin/fhir'
import { parseVersion, type Unit } from '@xinglin/records'
import { systemOf } from '../codes/systems.ts'
import { humanNameOf } from './coded.ts'

export type Owner =
  | { readonly kind: 'known'; readonly patient: string }
  | { readonly kind: 'new'; readonly patient: Patient }
  /** `ambiguous`: the numbers are those of several; `contradicts`: another birth date; `no-identifier`: none is said. */
  | { readonly kind: 'held'; readonly reason: 'ambiguous' | 'contradicts' | 'no-identifier' }

/** More numbers of one person are no header of a document. */
const mostIdentifiers = 20

export async function ownerOf(unit: Unit, document: ClinicalDocument): Promise<Owner> {
  const { patient } = document
  const said = [...patient.ids, ...patient.personIds].flatMap(identifierOf).slice(0, mostIdentifiers)
  if (said.length === 0) return { kind: 'held', reason: 'no-identifier' }
  const found = await patientsOf(unit, said)
  const [known, another] = found
  if (!known) return { kind: 'new', patient: patientFrom(document, said) }
  if (another) return { kind: 'held', reason: 'ambiguous' }
  const born = dateOf(patient.birthTime)
  const isAnother = born !== undefined && known.birthDate !== undefined && !agree(born, known.birthDate)
  return isAnother ? { kind: 'held', reason: 'contradicts' } : { kind: 'known', patient: known.id }
}

function agree(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one)
}

/** Without an extension the root is the number of one thing, which C-CDA allows for a UUID. */
function identifierOf({ root, extension }: Identifier): readonly FhirIdentifier[] {
  const system = systemOf(root)
  return system && extension ? [{ system, value: extension }] : []
}

type Known = Patient & { readonly id: string }

/** Patients who bear one of the numbers exactly, merged ones as those whom they were merged into. */
async function patientsOf(unit: Unit, said: readonly FhirIdentifier[]): Promise<readonly Known[]> {
  const wanted = said.flatMap(({ system, value }) =>
    value ? [{ type: 'Patient', identifier: { ...(system ? { system } : {}), value } } as const] : [],
  )
  const versions = await unit.find(wanted)
  const bearing = versions
    .map((version): Known => ({ ...parseVersion(version, 'Patient'), id: version.id }))
    .filter(({ identifier = [] }) =>
      identifier.some((each) => said.some((one) => one.system === each.system && one.value === each.value)),
    )
  const standing = await Promise.all(bearing.map((patient) => survivorOf(unit, patient)))
  return [...new Map(standing.map((patient) => [patient.id, patient])).values()]
}

async function survivorOf(unit: Unit, patient: Known): Promise<Known> {
  const link = patient.link?.find(({ type }) => type === 'replaced-by')
  const id = parseReference(link?.other.reference)?.id
  const version = id === undefined ? undefined : await unit.read('Patient', id)
  return version && version.interaction !== 'delete'
    ? { ...parseVersion(version, 'Patient'), id: version.id }
    : patient
}

/** HL7 and GB/T 2261.1. */
const genders: Readonly<Record<string, Patient['gender']>> = {
  M: 'male',
  F: 'female',
  UN: 'other',
  '1': 'male',
  '2': 'female',
  '9': 'other',
}

function patientFrom({ patient }: ClinicalDocument, identifier: readonly FhirIdentifier[]): Patient {
  const gender = genders[patient.gender?.code ?? '']
  const birthDate = dateOf(patient.birthTime)
  const [address] = patient.addresses
  return {
    resourceType: 'Patient',
    identifier: [...identifier],
    active: true,
    ...(patient.names.length > 0 ? { name: patient.names.map(humanNameOf) } : {}),
    ...(gender ? { gender } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(address
      ? {
          address: [
            {
              ...(address.lines ? { line: [...address.lines] } : {}),
              ...(address.city ? { city: address.city } : {}),
              ...(address.state ? { state: address.state } : {}),
              ...(address.postalCode ? { postalCode: address.postalCode } : {}),
              ...(address.country ? { country: address.country } : {}),
              ...(address.text ? { text: address.text } : {}),
            },
          ],
        }
      : {}),
  }
}
