/** A consent as it is signed at the desk: the general wish, and one exception to it. */
import { FailureText, useAct, useLook, useWords } from '@xinglin/kit'
import { Button, Checkbox, Input, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import type { ConsentTerms, PatientLine, RecordConsent, RoleTitle } from '../contract.ts'
import { Field } from './field.tsx'
import { PatientFacts } from './patient-facts.tsx'
import { labels, purposes, types, useCodeWord } from './rule-sentence.ts'
import { words } from './words.ts'

type Draft = {
  readonly base: 'permit' | 'deny'
  readonly hasException: boolean
  readonly roles: readonly string[]
  readonly whom: string
  readonly types: readonly string[]
  readonly labels: readonly string[]
  readonly codes: string
  readonly purposes: readonly string[]
  readonly from: string
  readonly until: string
  readonly signer: string
}

const empty: Draft = {
  ...{ base: 'permit', hasException: true, roles: [], whom: '', types: [], labels: [], codes: '' },
  ...{ purposes: [], from: '', until: '', signer: '' },
}

type Props = {
  readonly patient: PatientLine
  readonly roles: readonly RoleTitle[]
  readonly onClose: () => void
}

export function ConsentForm({ patient, roles, onClose }: Props) {
  const say = useWords(words)
  const [draft, setDraft] = useState(empty)
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const act = useAct(
    () => ({ path: '/api/privacy/commands/record-consent', body: inputOf(patient.id, draft) }),
    { refreshes: ['/api/privacy'] },
  )
  const save = async () => {
    const ran = await act.run(undefined)
    if (ran.isDone) onClose()
  }
  return (
    <Modal
      open
      width={640}
      title={say('record')}
      onCancel={onClose}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {say('cancel')}
        </Button>,
        <Button key="save" type="primary" loading={act.isRunning} onClick={() => void save()}>
          {say('save')}
        </Button>,
      ]}
    >
      <p>
        <PatientFacts patient={patient} />
      </p>
      <Field label={say('base')}>
        <Radio.Group
          value={draft.base}
          onChange={(event) => change({ base: event.target.value })}
          options={[
            { value: 'permit', label: say('permitBase') },
            { value: 'deny', label: say('denyBase') },
          ]}
        />
      </Field>
      <p>
        <Checkbox
          checked={draft.hasException}
          onChange={(event) => change({ hasException: event.target.checked })}
        >
          {say('exception')} · {say(draft.base === 'permit' ? 'deny' : 'permit')}
        </Checkbox>
      </p>
      {draft.hasException ? <Exception draft={draft} roles={roles} change={change} /> : null}
      <Field label={say('signer')}>
        <Input
          value={draft.signer}
          placeholder={`${say('signerPatient')} / ${say('signerOther')}`}
          onChange={(event) => change({ signer: event.target.value })}
        />
      </Field>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </Modal>
  )
}

type PartProps = {
  readonly draft: Draft
  readonly roles: readonly RoleTitle[]
  readonly change: (part: Partial<Draft>) => void
}

function Exception({ draft, roles, change }: PartProps) {
  const say = useWords(words)
  const { language } = useLook()
  const word = useCodeWord()
  const choices = (values: readonly string[], prefix: string) =>
    values.map((value) => ({ value, label: word(prefix, value) }))
  const select = (
    name: 'roles' | 'types' | 'labels' | 'purposes',
    options: readonly { value: string; label: string }[],
  ) => (
    <Select
      mode="multiple"
      style={{ width: '100%' }}
      value={[...draft[name]]}
      options={[...options]}
      onChange={(next: string[]) => change({ [name]: next })}
    />
  )
  const text = (name: 'whom' | 'codes' | 'from' | 'until', type = 'text') => (
    <Input type={type} value={draft[name]} onChange={(event) => change({ [name]: event.target.value })} />
  )
  const roleChoices = roles.map(({ id, title }) => ({ value: id, label: title[language] }))
  return (
    <div>
      <div className="privacy-pair">
        <Field label={say('whoField')}>{select('roles', roleChoices)}</Field>
        <Field label={say('whereField')} help={say('whereHelp')}>
          {text('whom')}
        </Field>
        <Field label={say('what')}>{select('types', choices(types, 'Type'))}</Field>
        <Field label={say('sensitive')}>{select('labels', choices(labels, ''))}</Field>
        <Field label={say('codesField')} help={say('codesHelp')}>
          {text('codes')}
        </Field>
        <Field label={say('purposeField')}>{select('purposes', choices(purposes, ''))}</Field>
        <Field label={say('fromField')}>{text('from', 'date')}</Field>
        <Field label={say('untilField')}>{text('until', 'date')}</Field>
      </div>
    </div>
  )
}

/** What the draft says, as the server takes it; empty lists mean whoever and whatever. */
export function inputOf(patient: string, draft: Draft): RecordConsent {
  const name = draft.signer.trim()
  return {
    patient,
    base: draft.base,
    exceptions: draft.hasException ? [exceptionOf(draft)] : [],
    signedBy: name === '' ? { kind: 'patient' } : { kind: 'other', name },
  }
}

function exceptionOf(draft: Draft): ConsentTerms {
  const words = (text: string) => text.split(/[,，\s]+/).filter((word) => word !== '')
  const codes = words(draft.codes).map((word) => {
    const at = word.lastIndexOf('|')
    return at < 0 ? { code: word } : { system: word.slice(0, at), code: word.slice(at + 1) }
  })
  return {
    decision: draft.base === 'permit' ? 'deny' : 'permit',
    ...{ roles: draft.roles, whom: words(draft.whom), types: draft.types, labels: draft.labels },
    ...{ codes, purposes: draft.purposes },
    ...(draft.from ? { from: draft.from } : {}),
    ...(draft.until ? { until: draft.until } : {}),
  }
}
