/** One policy, to be made or changed; the reason stands in the audit trail. */
import { ReasonDialog, useAct, useLook, useWords } from '@xinglin/kit'
import { Checkbox, Input, InputNumber, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { type PoliciesAnswer, type Policy, policiesPath } from '../contract.ts'
import { PolicyTrial } from './policy-trial.tsx'
import { words } from './words.ts'
import './access.css'

/** v3-PurposeOfUse codes that a hospital uses. */
const purposes = ['TREAT', 'ETREAT', 'BTG', 'HPAYMT', 'HOPERAT', 'HQUALIMP', 'HRESCH', 'PUBHLTH', 'PATRQT']
const letters = ['c', 'r', 'u', 'd', 's'] as const

export const emptyPolicy: Policy = {
  id: '',
  title: { zh: '', en: '' },
  role: 'clinician',
  types: ['*'],
  interactions: 'crus',
  patients: 'own-patients',
  afterDays: 30,
  purposes: [],
  hidden: [],
  isActive: true,
}

type Props = {
  readonly policy: Policy
  readonly isNew: boolean
  readonly roles: PoliciesAnswer['roles']
  readonly onClose: () => void
}

export function PolicyForm({ policy, isNew, roles, onClose }: Props) {
  const say = useWords(words)
  const { language } = useLook()
  const [draft, setDraft] = useState(policy)
  const change = (part: Partial<Policy>) => setDraft((before) => ({ ...before, ...part }))
  const act = useAct(
    (reason: string) => ({
      path: `${policiesPath}/${encodeURIComponent(draft.id)}`,
      method: 'PUT' as const,
      body: { ...draft, reason },
    }),
    { refreshes: [policiesPath] },
  )
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) onClose()
  }
  const tags = (name: 'types' | 'hidden' | 'purposes', options: readonly string[] = []) => (
    <Select
      mode="tags"
      className="access-wide"
      value={[...draft[name]]}
      options={options.map((value) => ({ value, label: value }))}
      onChange={(next: string[]) => change({ [name]: next })}
    />
  )
  return (
    <ReasonDialog
      isOpen
      title={isNew ? say('newPolicy') : draft.title[language]}
      act={say('save')}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void run(reason)}
      onCancel={onClose}
    >
      <div className="access-form">
        <Line label={say('id')}>
          <Input
            value={draft.id}
            disabled={!isNew}
            onChange={(event) => change({ id: event.target.value })}
          />
        </Line>
        <Line label={say('titleZh')}>
          <Input
            value={draft.title.zh}
            onChange={(event) => change({ title: { ...draft.title, zh: event.target.value } })}
          />
        </Line>
        <Line label={say('titleEn')}>
          <Input
            value={draft.title.en}
            onChange={(event) => change({ title: { ...draft.title, en: event.target.value } })}
          />
        </Line>
        <Line label={say('role')}>
          <Select
            className="access-wide"
            value={draft.role}
            options={[
              { value: '*', label: say('everyRole') },
              ...roles.map(({ id, title }) => ({ value: id, label: title[language] })),
            ]}
            onChange={(role: string) => change({ role })}
          />
        </Line>
        <Line label={say('types')}>{tags('types', ['*', 'Patient', 'Observation', 'Encounter'])}</Line>
        <Line label={say('interactions')}>
          <Checkbox.Group
            value={[...draft.interactions]}
            options={letters.map((value) => ({ value, label: say(wordOf[value]) }))}
            onChange={(next) =>
              change({ interactions: letters.filter((letter) => next.includes(letter)).join('') })
            }
          />
        </Line>
        <Line label={say('patients')}>
          <Select<Policy['patients']>
            className="access-wide"
            value={draft.patients}
            options={[
              { value: 'own-patients', label: say('ownPatients') },
              { value: 'own-department', label: say('ownDepartment') },
              { value: 'tenant', label: say('tenant') },
            ]}
            onChange={(patients) => change({ patients })}
          />
        </Line>
        <Line label={say('afterDays')}>
          <InputNumber
            min={0}
            value={draft.afterDays}
            onChange={(days) => change({ afterDays: days ?? 0 })}
          />
        </Line>
        <Line label={say('purposes')}>{tags('purposes', purposes)}</Line>
        <Line label={say('hidden')} help={say('hiddenHelp')}>
          {tags('hidden')}
        </Line>
        <Checkbox checked={draft.isActive} onChange={(event) => change({ isActive: event.target.checked })}>
          {say('active')}
        </Checkbox>
        <PolicyTrial policy={draft} />
      </div>
    </ReasonDialog>
  )
}

const wordOf = { c: 'create', r: 'read', u: 'update', d: 'delete', s: 'search' } as const

function Line({
  label,
  help,
  children,
}: {
  readonly label: string
  readonly help?: string
  readonly children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label className="access-line">
      <span>{label}</span>
      {children}
      {help ? <span className="x-quiet">{help}</span> : null}
    </label>
  )
}
