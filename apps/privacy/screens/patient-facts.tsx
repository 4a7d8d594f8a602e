/** Whose it is, on one line. */
import { useTimes, useWords } from '@xinglin/kit'
import type { PatientLine } from '../contract.ts'
import { words } from './words.ts'

const genders = { male: 'male', female: 'female', other: 'other', unknown: 'unknown' } as const

export function PatientFacts({ patient }: { readonly patient: PatientLine }) {
  const say = useWords(words)
  const times = useTimes()
  const facts = [
    say(genders[patient.gender ?? 'unknown']),
    times.age(patient.birthDate),
    patient.mrn && `${say('mrn')} ${patient.mrn}`,
  ]
  return (
    <span>
      <strong>{patient.name}</strong>{' '}
      <span className="x-quiet x-number">{facts.filter(Boolean).join(' · ')}</span>
    </span>
  )
}

/** Always on top of anything about one patient. */
export function PatientHead({ patient }: { readonly patient: PatientLine }) {
  const say = useWords(words)
  return (
    <section className="x-banner" data-patient={patient.id} aria-label={patient.name}>
      <PatientFacts patient={patient} />
      {patient.birthDate ? (
        <span>
          <span className="x-quiet">{say('born')}</span> <span className="x-number">{patient.birthDate}</span>
        </span>
      ) : null}
    </section>
  )
}
