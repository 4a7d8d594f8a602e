/** The three forms of graded protection: a system, its filing, the assessment of a round. */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Input, Modal, Radio } from 'antd'
import { type ReactNode, useState } from 'react'
import { type Conclusion, gradingPath, type Made } from '../grading/contract.ts'
import { gradingWords } from './grading-words.ts'

/** `onClose` gets the id of the system that was made. */
export function RegisterForm({ onClose }: { readonly onClose: (made?: string) => void }) {
  const say = useWords(gradingWords)
  const [name, setName] = useState('')
  const [level, setLevel] = useState('3')
  return (
    <Form
      title={say('register')}
      command="register-system"
      body={{ name, level }}
      isWhole={name.trim() !== ''}
      onClose={onClose}
    >
      <Field label={say('name')}>
        <Input autoFocus value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <div className="compliance-field">
        <span>{say('level')}</span>
        <Radio.Group
          value={level}
          onChange={(event) => setLevel(event.target.value)}
          options={['2', '3', '4'].map((value) => ({ value, label: say('ofLevel', { level: value }) }))}
        />
      </div>
    </Form>
  )
}

type FilingProps = { readonly system: string; readonly onClose: () => void }

export function FilingForm({ system, onClose }: FilingProps) {
  const say = useWords(gradingWords)
  const [filingNumber, setNumber] = useState('')
  const [filed, setFiled] = useState('')
  return (
    <Form
      title={say('filing')}
      command="file-system"
      body={{ system, filingNumber, filed }}
      isWhole={filingNumber.trim() !== '' && filed !== ''}
      onClose={onClose}
    >
      <Field label={say('filingNumber')}>
        <Input autoFocus value={filingNumber} onChange={(event) => setNumber(event.target.value)} />
      </Field>
      <Field label={say('filed')}>
        <Input type="date" value={filed} onChange={(event) => setFiled(event.target.value)} />
      </Field>
    </Form>
  )
}

type AssessmentProps = { readonly round: string; readonly onClose: () => void }
const conclusions: readonly Conclusion[] = ['conforms', 'mostly', 'fails']

export function AssessmentForm({ round, onClose }: AssessmentProps) {
  const say = useWords(gradingWords)
  const [assessor, setAssessor] = useState('')
  const [reportNumber, setNumber] = useState('')
  const [conclusion, setConclusion] = useState<Conclusion>()
  return (
    <Form
      title={say('assess')}
      command="record-assessment"
      body={{ round, assessor, reportNumber, conclusion }}
      isWhole={assessor.trim() !== '' && reportNumber.trim() !== '' && conclusion !== undefined}
      onClose={onClose}
    >
      <Field label={say('assessor')}>
        <Input autoFocus value={assessor} onChange={(event) => setAssessor(event.target.value)} />
      </Field>
      <Field label={say('reportNumber')}>
        <Input value={reportNumber} onChange={(event) => setNumber(event.target.value)} />
      </Field>
      <div className="compliance-field">
        <span>{say('conclusion')}</span>
        <Radio.Group
          value={conclusion}
          onChange={(event) => setConclusion(event.target.value)}
          options={conclusions.map((value) => ({ value, label: say(value) }))}
        />
      </div>
    </Form>
  )
}

type FormProps = {
  readonly title: string
  readonly command: string
  readonly body: object
  readonly isWhole: boolean
  readonly onClose: (made?: string) => void
  readonly children: ReactNode
}

function Form({ title, command, body, isWhole, onClose, children }: FormProps) {
  const say = useWords(gradingWords)
  const act = useAct<undefined, Made | undefined>(
    () => ({ path: `/api/compliance/commands/${command}`, body }),
    { refreshes: [gradingPath] },
  )
  const save = async () => {
    const ran = await act.run(undefined)
    if (ran.isDone) onClose(ran.output?.id)
  }
  return (
    <Modal
      open
      title={title}
      onCancel={() => onClose()}
      footer={[
        <Button key="cancel" onClick={() => onClose()}>
          {say('cancel')}
        </Button>,
        <Button
          key="save"
          type="primary"
          disabled={!isWhole}
          loading={act.isRunning}
          onClick={() => void save()}
        >
          {say('save')}
        </Button>,
      ]}
    >
      {children}
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </Modal>
  )
}

/** A labelled control. */
export function Field({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label className="compliance-field">
      <span>{label}</span>
      {children}
    </label>
  )
}
