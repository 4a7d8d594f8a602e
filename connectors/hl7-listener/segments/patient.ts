/** PID and NK1 → Patient: matched by its identifiers, followed to the survivor of a merge, updated but never doubled. */
import { conflict, type Identifier, type Patient } from '@xinglin/fhir'
import type { Segment } from '@xinglin/hl7v2'
import type { Draft, Known } from '../knowledge.ts'
import { tokenOf } from '../knowledge.ts'
import { relationship } from '../maps/codes.ts'
import { applyTable } from '../maps/table.ts'
import { contactTable, patientTable } from '../maps/tables.ts'
import { missing, type Reading, repetitions, text } from '../reading.ts'
import { codeableConcept } from '../values/values.ts'

/** A merge of merges of merges; longer chains are a loop. */
const longestMergeChain = 10

export type PatientSource = {
  readonly pid: Segment
  readonly contacts: readonly Segment[]
  /** Laboratories repeat what they were told; only admitting systems change a patient that is known. */
  readonly isAuthoritative: boolean
}

/** The patient of a PID: known, updated or new. */
export async function patientOf(
  source: PatientSource,
  reading: Reading,
  draft: Draft,
): Promise<Known<'Patient'>> {
  const identifiers = patientIdentifiers(source.pid, reading)
  if (identifiers.length === 0) throw missing({ segment: source.pid, field: 3 })
  const present = await matchedPatient(identifiers, 'PID-3', draft)
  if (present && !source.isAuthoritative) return present
  const before: Patient = present ?? { resourceType: 'Patient', active: true }
  const updated = applyTable<Patient>(patientTable, before, source.pid, reading)
  return draft.put<'Patient'>({
    ...onlyOneChoice(updated),
    id: present?.id ?? draft.newId(),
    identifier: union(before.identifier ?? [], identifiers),
    ...contactsOf(source.contacts, reading),
  })
}

/** Every number of a PID; empty where it has none. */
export function patientIdentifiers(pid: Segment, reading: Reading): readonly Identifier[] {
  const rows = patientTable.filter((row) => row.to === 'identifier')
  return applyTable<Patient>(rows, { resourceType: 'Patient' }, pid, reading).identifier ?? []
}

/** The one patient with these identifiers, or the survivor that it was merged into; refused where several answer. */
export async function matchedPatient(
  identifiers: readonly Identifier[],
  at: string,
  draft: Draft,
): Promise<Known<'Patient'> | undefined> {
  const found = await draft.find('Patient', identifiers)
  const survivors = new Map<string, Known<'Patient'>>()
  for (const each of found) {
    const survivor = await survivorOf(each, draft)
    survivors.set(survivor.id, survivor)
  }
  if (survivors.size > 1) {
    throw conflict(
      `the identifiers in ${at} belong to ${survivors.size} patients; merge them or correct the numbers`,
      {
        code: 'hl7.patient-ambiguous',
        at,
      },
    )
  }
  return survivors.values().next().value
}

/** Identifiers of both, those of `added` winning where system and value are the same. */
export function union(present: readonly Identifier[], added: readonly Identifier[]): Identifier[] {
  const byToken = new Map(present.map((each) => [tokenOf(each), each]))
  for (const each of added) {
    const token = tokenOf(each)
    byToken.set(token, { ...byToken.get(token), ...each })
  }
  return [...byToken.values()]
}

async function survivorOf(patient: Known<'Patient'>, draft: Draft): Promise<Known<'Patient'>> {
  let current = patient
  for (let step = 0; step < longestMergeChain; step++) {
    const next = current.link
      ?.find((link) => link.type === 'replaced-by')
      ?.other.reference?.replace('Patient/', '')
    const [survivor] = next === undefined ? [] : await draft.read('Patient', [next])
    if (!survivor) return current
    current = survivor
  }
  return current
}

/** FHIR has one of deceased[x] and of multipleBirth[x]; the exact one wins (map of PID-24 and PID-30). */
function onlyOneChoice(patient: Patient): Patient {
  const { deceasedBoolean, multipleBirthBoolean, ...rest } = patient
  return {
    ...rest,
    ...(patient.deceasedDateTime === undefined && deceasedBoolean !== undefined ? { deceasedBoolean } : {}),
    ...(patient.multipleBirthInteger === undefined && multipleBirthBoolean !== undefined
      ? { multipleBirthBoolean }
      : {}),
  }
}

/** NK1 are sent whole: they replace the contacts; a message without them leaves those. */
function contactsOf(segments: readonly Segment[], reading: Reading): Pick<Patient, 'contact'> {
  const contact = segments.flatMap((nk1) => {
    const told = applyTable<NonNullable<Patient['contact']>[number]>(contactTable, {}, nk1, reading)
    const relations = [...repetitions(nk1, 3), ...repetitions(nk1, 7)].flatMap((repetition) => {
      const concept = codeableConcept(repetition, reading)
      const code = relationship[text(nk1, 3).toUpperCase()]
      if (!concept) return []
      const role = code && { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code }
      return [role ? { ...concept, coding: [...(concept.coding ?? []), role] } : concept]
    })
    const isEmpty = Object.keys(told).length === 0 && relations.length === 0
    return isEmpty ? [] : [{ ...(relations.length > 0 ? { relationship: relations } : {}), ...told }]
  })
  return contact.length > 0 ? { contact } : {}
}
