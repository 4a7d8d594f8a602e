/** Finding a patient by what he says he is called, or by a number. */
import { Answered, Empty, useAsk, useWords } from '@xinglin/kit'
import { Input } from 'antd'
import { useState } from 'react'
import type { PatientLine, PatientsAnswer } from '../contract.ts'
import { PatientFacts } from './patient-facts.tsx'
import { words } from './words.ts'

type Props = { readonly onChoose: (patient: PatientLine) => void; readonly autoFocus?: boolean }

export function PatientChoice({ onChoose, autoFocus }: Props) {
  const say = useWords(words)
  // Kept by the tab, not by its address: a name in an address would stay in histories.
  const [asked, setAsked] = useState('')
  const answer = useAsk<PatientsAnswer>(asked ? '/api/privacy/patients/find' : undefined, {
    body: { text: asked },
  })
  return (
    <div>
      <Input.Search
        autoFocus={autoFocus ?? false}
        allowClear
        enterButton={say('find')}
        style={{ maxWidth: 480 }}
        placeholder={say('findPlaceholder')}
        aria-label={say('findPlaceholder')}
        onSearch={(text) => setAsked(text.trim())}
      />
      {asked === '' ? null : (
        <Answered answer={answer}>
          {({ patients }) =>
            patients.length === 0 ? (
              <Empty title={say('noPatients')}>{say('noPatientsHelp')}</Empty>
            ) : (
              <ul className="privacy-found">
                {patients.map((patient) => (
                  <li key={patient.id}>
                    <button type="button" onClick={() => onChoose(patient)}>
                      <PatientFacts patient={patient} />
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </Answered>
      )}
    </div>
  )
}
