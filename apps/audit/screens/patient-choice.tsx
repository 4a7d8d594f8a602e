/** Whose record: found by a whole number; the number stands in no address, only the record's id does. */
import { Answered, Empty, useAsk, useWords } from '@xinglin/kit'
import { Input } from 'antd'
import { useEffect, useState } from 'react'
import type { PatientLine, PatientsAnswer } from '../contract.ts'
import { explorerWords } from './explorer-words.ts'

export function PatientChoice({ onChoose }: { readonly onChoose: (patient: PatientLine) => void }) {
  const say = useWords(explorerWords)
  const [asked, setAsked] = useState('')
  const answer = useAsk<PatientsAnswer>(asked ? '/api/audit/patients/find' : undefined, {
    body: { text: asked },
  })
  const found = answer.state === 'ready' ? answer.data.patients : []
  const [only] = found.length === 1 ? found : []
  useEffect(() => {
    if (only) onChoose(only)
  }, [only, onChoose])
  return (
    <div className="audit-choice">
      <Input.Search
        allowClear
        enterButton={say('find')}
        style={{ maxWidth: 420 }}
        placeholder={say('patientNumber')}
        aria-label={say('patientNumber')}
        onSearch={(text) => setAsked(text.trim())}
      />
      {asked === '' || only ? null : (
        <Answered answer={answer}>
          {({ patients }) =>
            patients.length === 0 ? (
              <Empty title={say('noPatients')}>{say('noPatientsHelp')}</Empty>
            ) : (
              <ul className="audit-found">
                {patients.map((patient) => (
                  <li key={patient.id}>
                    <button type="button" onClick={() => onChoose(patient)}>
                      {patientText(patient)}
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

/** Name, record number and date of birth in one line. */
export function patientText({ name, mrn, birthDate }: PatientLine): string {
  return [name, mrn, birthDate].filter(Boolean).join(' · ')
}
