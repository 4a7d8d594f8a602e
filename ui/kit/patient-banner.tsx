/** Whose record this is, always on top and never scrolling away. */
import { EnvironmentOutlined, LockOutlined, WarningFilled } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { kitWords } from './kit-words.ts'
import { useLook } from './look.tsx'
import { useTimes } from './use-times.ts'
import { useWords } from './words.ts'

export type BannerPatient = {
  readonly id: string
  readonly name: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly birthDate?: string
  /** Date or moment of death, where dead. */
  readonly deceased?: string | true
  readonly mrn?: string
  /** Ward and bed, or the present visit. */
  readonly place?: string
  readonly allergies: readonly { readonly name: string; readonly isSevere?: boolean }[]
  /** Somebody asked and the patient denies any allergy. */
  readonly hasNoKnownAllergies?: boolean
  readonly isConfidential?: boolean
}

type Props = {
  readonly patient: BannerPatient
  readonly actions?: ReactNode
  /** The instant that the record is shown as of, for the age; absent for the present. */
  readonly asOf?: string | undefined
}

export function PatientBanner({ patient, actions, asOf }: Props) {
  const say = useWords(kitWords)
  const times = useTimes()
  const died = typeof patient.deceased === 'string' ? patient.deceased : undefined
  return (
    <section className="x-banner" data-patient={patient.id} aria-label={patient.name}>
      <strong className="x-banner-name">{patient.name}</strong>
      <span>{say(patient.gender ?? 'unknown')}</span>
      <span className="x-number">{times.age(patient.birthDate, died ?? asOf)}</span>
      {patient.deceased ? (
        <span className="x-banner-mark">
          {say('deceased')} {times.day(died)}
        </span>
      ) : null}
      <Fact label={say('mrn')} text={patient.mrn} />
      <Fact label={say('born')} text={patient.birthDate} />
      {patient.place ? (
        <span title={say('place')}>
          <EnvironmentOutlined aria-label={say('place')} className="x-quiet" /> {patient.place}
        </span>
      ) : null}
      {patient.isConfidential ? (
        <span className="x-banner-mark">
          <LockOutlined aria-hidden /> {say('confidential')}
        </span>
      ) : null}
      <BannerAllergies patient={patient} />
      {actions ? <span className="x-banner-actions">{actions}</span> : null}
    </section>
  )
}

function Fact({ label, text }: { label: string; text: string | undefined }) {
  if (!text) return null
  return (
    <span>
      <span className="x-quiet">{label}</span> <span className="x-number">{text}</span>
    </span>
  )
}

function BannerAllergies({ patient }: { patient: BannerPatient }) {
  const say = useWords(kitWords)
  const { language } = useLook()
  const between = language === 'zh' ? '、' : ', '
  if (patient.allergies.length === 0) {
    return (
      <span className="x-quiet">{say(patient.hasNoKnownAllergies ? 'noKnownAllergies' : 'noAllergies')}</span>
    )
  }
  return (
    <span className="x-banner-allergies" title={patient.allergies.map(({ name }) => name).join(between)}>
      <WarningFilled aria-hidden /> <span>{say('allergies')}</span>{' '}
      <strong>
        {patient.allergies.map(({ name, isSevere }) => (isSevere ? `${name}‼` : name)).join(between)}
      </strong>
    </span>
  )
}
