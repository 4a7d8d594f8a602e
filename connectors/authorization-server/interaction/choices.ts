/** The patients and visits among which a person chooses for an app that he did not open from the record. */
import type { Actor, GuardedRecords, Identity } from '@xinglin/identity'
import { genderWord, type Language } from '../pages/words.ts'

/** One page of a list that is read with the eye. */
const mostShown = 20

export type Choice = { readonly id: string; readonly text: string }

/** Patients by a part of their name or an exact identifier; each search is decided and audited as the person's own. */
export async function findPatients(
  records: GuardedRecords,
  text: string,
  language: Language,
): Promise<readonly Choice[]> {
  const wanted = text.trim()
  if (wanted === '') return []
  const isNumber = /\d/.test(wanted)
  const { matches } = await records.search('Patient', [
    [isNumber ? 'identifier' : 'name', wanted],
    ['_count', String(mostShown)],
  ])
  return matches.map(({ id, json }) => ({ id, text: patientText(language, JSON.parse(json)) }))
}

/** One patient in the words of the list; undefined where he is not there for this person. */
export async function patientShown(
  records: GuardedRecords,
  patient: string,
  language: Language,
): Promise<string | undefined> {
  const found = await records.read('Patient', patient)
  return found && patientText(language, JSON.parse(found.json))
}

/** The charts for which a patient may let an app in: his own and his children's, not those that others opened to him. */
export async function chartsOf(
  { patients, recordsFor }: Pick<Identity, 'patients' | 'recordsFor'>,
  person: Actor,
  language: Language,
): Promise<readonly Choice[]> {
  const records = recordsFor(person)
  const own = (await patients.charts(person)).filter(({ relation }) => relation !== 'delegate')
  const found = await Promise.all(
    own.map(async ({ patient }) => ({ id: patient, text: await patientShown(records, patient, language) })),
  )
  return found.flatMap(({ id, text }) => (text === undefined ? [] : [{ id, text }]))
}

/** The newest visits of a patient. */
export async function visitsOf(records: GuardedRecords, patient: string): Promise<readonly Choice[]> {
  const { matches } = await records.search('Encounter', [
    ['patient', patient],
    ['_sort', '-date'],
    ['_count', String(mostShown)],
  ])
  return matches.map(({ id, json }) => ({ id, text: visitText(JSON.parse(json)) }))
}

type Name = { readonly text?: string; readonly family?: string; readonly given?: readonly string[] }
type PatientShown = { readonly name?: readonly Name[]; readonly gender?: string; readonly birthDate?: string }

function patientText(language: Language, { name, gender, birthDate }: PatientShown): string {
  const [first] = name ?? []
  const called = first?.text ?? [first?.family, ...(first?.given ?? [])].filter(Boolean).join(' ')
  return [called, genderWord(language, gender), birthDate].filter(Boolean).join(' · ')
}

type VisitShown = {
  readonly status?: string
  readonly class?: { readonly code?: string; readonly display?: string }
  readonly period?: { readonly start?: string }
}

function visitText(visit: VisitShown): string {
  return [visit.period?.start?.slice(0, 16), visit.class?.display ?? visit.class?.code, visit.status]
    .filter(Boolean)
    .join(' · ')
}
