/** R4 §11: what was ordered, is taken and was given. */
import type {
  Dosage,
  MedicationAdministration,
  MedicationRequest,
  MedicationStatement,
  Quantity,
} from '@xinglin/fhir'
import { nameIn, newestFirst, startOf, wordsOf } from './codes.ts'
import type { Medication } from './shapes.ts'

const running: ReadonlySet<string> = new Set(['active', 'on-hold', 'in-progress', 'intended'])

export type MedicationResource = MedicationRequest | MedicationStatement | MedicationAdministration

/** Running ones first, each part newest first; what was entered in error is left out. */
export function medicationsOf(resources: readonly MedicationResource[]): readonly Medication[] {
  const known = resources.filter(({ status }) => status !== 'entered-in-error').map(medicationOf)
  const ordered = newestFirst(known, ({ time }) => time)
  return [...ordered.filter(({ isActive }) => isActive), ...ordered.filter(({ isActive }) => !isActive)]
}

export function medicationOf(resource: MedicationResource): Medication {
  return {
    key: `${resource.resourceType}/${resource.id}`,
    name: wordsOf(resource.medicationCodeableConcept) ?? nameIn(resource.medicationReference) ?? '?',
    status: resource.status,
    isActive: running.has(resource.status),
    ...partsOf(resource),
  }
}

function partsOf(resource: MedicationResource): Pick<Medication, 'kind' | 'dosage' | 'time' | 'by'> {
  switch (resource.resourceType) {
    case 'MedicationRequest':
      return {
        kind: 'order',
        dosage: dosageText(resource.dosageInstruction?.[0]),
        time: resource.authoredOn,
        by: nameIn(resource.requester),
      }
    case 'MedicationStatement':
      return {
        kind: 'statement',
        dosage: dosageText(resource.dosage?.[0]),
        time: resource.effectiveDateTime ?? startOf(resource.effectivePeriod) ?? resource.dateAsserted,
        by: nameIn(resource.informationSource),
      }
    case 'MedicationAdministration':
      return {
        kind: 'administration',
        dosage: resource.dosage?.text ?? quantityText(resource.dosage?.dose),
        time: resource.effectiveDateTime ?? startOf(resource.effectivePeriod),
        by: nameIn(resource.performer?.[0]?.actor),
      }
  }
}

function dosageText(dosage: Dosage | undefined): string | undefined {
  if (!dosage) return undefined
  if (dosage.text) return dosage.text
  const { repeat } = dosage.timing ?? {}
  const often =
    repeat?.frequency && repeat.period
      ? `${repeat.frequency}×/${repeat.period}${repeat.periodUnit ?? ''}`
      : undefined
  const dose = quantityText(dosage.doseAndRate?.[0]?.doseQuantity)
  return (
    [dose, wordsOf(dosage.route), often, wordsOf(dosage.timing?.code)].filter(Boolean).join(' ') || undefined
  )
}

function quantityText(quantity: Quantity | undefined): string | undefined {
  if (quantity?.value === undefined) return undefined
  return `${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`.trim()
}
