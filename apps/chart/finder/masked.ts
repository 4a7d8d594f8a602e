/** Found patients as they are shown to who sees fields masked, and what he may not find by. */
import { forbidden } from '@xinglin/fhir'
import { type MaskedField, maskName, maskPhone } from '@xinglin/identity'
import type { FoundPatient } from './find-patients.ts'

type Fields = ReadonlySet<MaskedField>

/** Typing a name letter by letter would tell it: who sees names masked finds by numbers alone, and those by their whole. */
export function refuseFinding(typed: string, fields: Fields): void {
  if (fields.has('name') && !/^[\d\s-]+$|^[A-Za-z]{0,4}[\d-]{3,}$/.test(typed.trim()))
    throw forbidden('your roles see names masked, so patients are found by their record number', {
      code: 'chart.masked-search',
      at: 'text',
    })
}

/** Of what was found by a beginning: by a masked number only the record number counts, and only whole. */
export function maskFound(
  found: readonly FoundPatient[],
  { typed, fields }: { readonly typed?: string; readonly fields: Fields },
): readonly FoundPatient[] {
  if (fields.size === 0) return found
  const hidesNumbers = fields.has('phone') || fields.has('identity-number')
  const shown =
    typed !== undefined && hidesNumbers
      ? found.filter(({ mrn }) => mrn?.toLowerCase() === typed.trim().toLowerCase())
      : found
  return shown.map((patient) => ({
    ...patient,
    name: fields.has('name') ? maskName(patient.name) : patient.name,
    phone: fields.has('phone') && patient.phone ? maskPhone(patient.phone) : patient.phone,
  }))
}
