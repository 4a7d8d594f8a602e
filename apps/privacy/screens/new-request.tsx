/** Taking a request by right: for whom, by whom, what. */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import type { PatientLine, RequestedRight, RequestRight, RightsKind } from '../contract.ts'
import { Field } from './field.tsx'
import { PatientChoice } from './patient-choice.tsx'
import { PatientFacts } from './patient-facts.tsx'
import { words } from './words.ts'

const kinds = ['copy', 'correction', 'deletion'] as const
const relations = [
  ['patient', 'relationPatient'],
  ['guardian', 'relationGuardian'],
  ['agent', 'relationAgent'],
  ['heir', 'relationHeir'],
] as const

/** `onClose` gets the id of what was taken. */
export function NewRequest({ onClose }: { readonly onClose: (taken?: string) => void }) {
  const say = useWords(words)
  const [patient, setPatient] = useState<PatientLine>()
  const [kind, setKind] = useState<RightsKind>('copy')
  const [relation, setRelation] = useState<RequestRight['asker']['relation']>('patient')
  const [name, setName] = useState('')
  const [wish, setWish] = useState('')
  const act = useAct<undefined, RequestedRight>(
    () => ({
      path: '/api/privacy/commands/request-right',
      body: { patient: patient?.id, kind, asker: { name: name.trim() || patient?.name, relation }, wish },
    }),
    { refreshes: ['/api/privacy/requests'] },
  )
  const save = async () => {
    const ran = await act.run(undefined)
    if (ran.isDone) onClose(ran.output.request)
  }
  return (
    <Modal
      open
      title={say('newRequest')}
      onCancel={() => onClose()}
      footer={[
        <Button key="cancel" onClick={() => onClose()}>
          {say('cancel')}
        </Button>,
        <Button
          key="save"
          type="primary"
          disabled={!patient || wish.trim() === ''}
          loading={act.isRunning}
          onClick={() => void save()}
        >
          {say('save')}
        </Button>,
      ]}
    >
      {patient ? (
        <p>
          <PatientFacts patient={patient} />
        </p>
      ) : (
        <PatientChoice autoFocus onChoose={setPatient} />
      )}
      <div className="privacy-field">
        <span>{say('kind')}</span>
        <Radio.Group
          value={kind}
          onChange={(event) => setKind(event.target.value)}
          options={kinds.map((value) => ({ value, label: say(value) }))}
        />
      </div>
      <div className="privacy-field">
        <span>{say('relation')}</span>
        <Radio.Group
          value={relation}
          onChange={(event) => setRelation(event.target.value)}
          options={relations.map(([value, word]) => ({ value, label: say(word) }))}
        />
      </div>
      {relation === 'patient' ? null : (
        <Field label={say('asker')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <Field label={say('wish')}>
        <Input.TextArea rows={3} value={wish} onChange={(event) => setWish(event.target.value)} />
      </Field>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </Modal>
  )
}
