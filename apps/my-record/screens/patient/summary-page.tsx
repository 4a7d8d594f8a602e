/** What stands in my record: allergies, problems, medicines, visits. */
import { ownChartPath, type RecordAnswer } from '@xinglin/chart/contract'
import { Answered, useAsk, useTimes, useWords } from '@xinglin/kit'
import type { ReactNode } from 'react'
import { words } from '../words.ts'

/** More of a kind stand in the copy that may be asked for. */
const mostShown = 50

export function SummaryPage({ patient }: { readonly patient: string }) {
  const answer = useAsk<RecordAnswer>(ownChartPath(patient, 'record'))
  return <Answered answer={answer}>{(record) => <Summary record={record} />}</Answered>
}

function Summary({ record }: { readonly record: RecordAnswer }) {
  const say = useWords(words)
  const times = useTimes()
  const { patient, allergies, problems, medications, visits } = record
  return (
    <>
      <section className="my-record-card">
        <h1>{patient.name}</h1>
        <p>
          {[
            patient.gender ? say(`gender-${patient.gender}`) : undefined,
            times.age(patient.birthDate),
            patient.birthDate,
            patient.mrn,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </section>
      <Part
        title={say('allergies')}
        none={say(patient.hasNoKnownAllergies ? 'noKnownAllergies' : 'noAllergies')}
      >
        {allergies
          .filter(({ isDenial }) => !isDenial)
          .map(({ key, name, isSevere, isActive, reaction, since }) => (
            <Entry
              key={key}
              title={name}
              mark={isSevere ? say('severe') : undefined}
              isOver={!isActive}
              details={[reaction, times.day(since)]}
            />
          ))}
      </Part>
      <Part title={say('problems')} none={say('noProblems')}>
        {problems.map(({ key, name, isActive, since, until }) => (
          <Entry
            key={key}
            title={name}
            isOver={!isActive}
            details={[[times.day(since), times.day(until)].filter(Boolean).join(' – ')]}
          />
        ))}
      </Part>
      <Part title={say('medicines')} none={say('noMedicines')}>
        {medications.slice(0, mostShown).map(({ key, name, dosage, isActive, time, by }) => (
          <Entry key={key} title={name} isOver={!isActive} details={[dosage, times.moment(time), by]} />
        ))}
      </Part>
      <Part title={say('visits')} none={say('noVisits')}>
        {visits.slice(0, mostShown).map((visit) => (
          <Entry
            key={visit.key}
            title={visit.place ?? say('visit')}
            mark={visit.isPresent ? say('present') : undefined}
            details={[
              [times.moment(visit.start), times.moment(visit.end)].filter(Boolean).join(' – '),
              visit.reason,
              visit.doctor,
            ]}
          />
        ))}
      </Part>
      <p className="x-quiet">{say('withheldHelp')}</p>
    </>
  )
}

/** A heading with its entries, or the sentence that there is none. */
export function Part({
  title,
  none,
  children,
}: {
  title: string
  none: string
  children: readonly ReactNode[]
}) {
  return (
    <section className="my-record-card">
      <h2>{title}</h2>
      {children.length === 0 ? <p className="x-quiet">{none}</p> : <ul>{children}</ul>}
    </section>
  )
}

export function Entry(props: {
  readonly title: ReactNode
  readonly mark?: string | undefined
  readonly isOver?: boolean
  readonly details: readonly (string | undefined)[]
  readonly children?: ReactNode
}) {
  const said = props.details.filter(Boolean).join(' · ')
  return (
    <li className={props.isOver ? 'x-quiet' : undefined}>
      <div className="my-record-entry">
        <strong>{props.title}</strong>
        {props.mark ? <em>{props.mark}</em> : null}
      </div>
      {said ? <div className="x-quiet">{said}</div> : null}
      {props.children}
    </li>
  )
}
