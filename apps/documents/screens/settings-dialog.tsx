/** Who keeps the documents, and by which OIDs they are numbered. */
import { Answered, FailureText, useAct, useAsk, useMay, useWords } from '@xinglin/kit'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import {
  type DocumentSettings,
  documentPermissions,
  documentsPath,
  type SettingsAnswer,
} from '../contract.ts'
import { words } from './words.ts'

const fields = [
  'custodianName',
  'custodianId',
  'custodianRoot',
  'documentRoot',
  'patientRoot',
  'localRoot',
] as const

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const say = useWords(words)
  const answer = useAsk<SettingsAnswer>(`${documentsPath}/settings`)
  return (
    <Modal open title={say('settings')} footer={null} onCancel={onClose}>
      <Answered answer={answer}>{({ settings }) => <Form settings={settings} onClose={onClose} />}</Answered>
    </Modal>
  )
}

function Form({ settings, onClose }: { readonly settings: DocumentSettings; readonly onClose: () => void }) {
  const say = useWords(words)
  const mayWrite = useMay(documentPermissions.writeSettings)
  const [said, setSaid] = useState(settings)
  const act = useAct<DocumentSettings>(
    (body) => ({ path: `${documentsPath}/settings`, method: 'PUT', body }),
    {
      refreshes: [documentsPath],
    },
  )
  const save = async () => {
    const { isDone } = await act.run(said)
    if (isDone) onClose()
  }
  return (
    <div className="documents-form">
      {fields.map((field) => (
        <label key={field} htmlFor={`documents-${field}`}>
          <span>{say(field)}</span>
          <Input
            id={`documents-${field}`}
            value={said[field]}
            disabled={!mayWrite}
            onChange={(event) => setSaid({ ...said, [field]: event.target.value })}
          />
        </label>
      ))}
      {act.error ? <FailureText error={act.error} /> : null}
      {mayWrite ? (
        <Button type="primary" loading={act.isRunning} onClick={() => void save()}>
          {say('save')}
        </Button>
      ) : null}
    </div>
  )
}
