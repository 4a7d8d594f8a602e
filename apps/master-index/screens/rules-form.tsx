/** Thresholds, rules and weights as a proposal: tried on the known pairs, then saved with its reason. */
import { ReasonDialog, useAct, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Checkbox, InputNumber, Select } from 'antd'
import { useState } from 'react'
import {
  type EvidenceRule,
  type PreviewAnswer,
  masterIndexPermissions as permissions,
  type SaveSettings,
  type SettingsAnswer,
} from '../contract.ts'
import { Field } from './field.tsx'
import { ruleWords, sayKey } from './meanings.ts'
import { Failure } from './parts.tsx'
import { Weights } from './weights.tsx'
import { words } from './words.ts'

const rules = Object.keys(ruleWords) as readonly EvidenceRule[]
type Proposal = Omit<SaveSettings, 'note'>

export function RulesForm({ settings }: { readonly settings: SettingsAnswer }) {
  const say = useWords(words)
  const mayWrite = useMay(permissions.writeSettings)
  const [proposal, setProposal] = useState<Proposal>(() => proposalOf(settings))
  const [isSaving, setSaving] = useState(false)
  const preview = useAct<undefined, PreviewAnswer>(() => ({
    path: '/api/master-index/settings/preview',
    body: proposal,
  }))
  const save = useAct(
    (note: string) => ({
      path: '/api/master-index/commands/save-settings',
      body: { ...proposal, note },
    }),
    { refreshes: ['/api/master-index'] },
  )
  const [tried, setTried] = useState<PreviewAnswer>()
  const change = (part: Partial<Proposal>) => {
    setProposal({ ...proposal, ...part })
    setTried(undefined)
  }
  const attempt = async () => {
    const ran = await preview.run(undefined)
    if (ran.isDone) setTried(ran.output)
  }
  return (
    <section className="mi-part">
      <fieldset disabled={!mayWrite} className="mi-form">
        <Threshold label={say('upper')} value={proposal.upper} onChange={(upper) => change({ upper })} />
        <Threshold label={say('lower')} value={proposal.lower} onChange={(lower) => change({ lower })} />
        <div className="mi-field">
          <span>{say('rules')}</span>
          <Checkbox.Group
            className="mi-rules"
            disabled={!mayWrite}
            value={[...proposal.evidence]}
            options={rules.map((value) => ({ value, label: sayKey(say, ruleWords[value]) }))}
            onChange={(evidence) => change({ evidence })}
          />
        </div>
        <TrainingChoice
          settings={settings}
          chosen={proposal.training}
          onChoose={(training) => change({ training })}
        />
        <Checkbox
          disabled={!mayWrite}
          checked={proposal.isAutomatic}
          onChange={(event) => change({ isAutomatic: event.target.checked })}
        >
          {say('automatic')}
        </Checkbox>
      </fieldset>
      <Failure error={preview.error} />
      {tried ? <Tried tried={tried} /> : null}
      <div className="mi-acts">
        <Button loading={preview.isRunning} onClick={() => void attempt()}>
          {say('preview')}
        </Button>
        {mayWrite ? (
          <Button type="primary" onClick={() => setSaving(true)}>
            {say('save')}
          </Button>
        ) : null}
      </div>
      <ReasonDialog
        isOpen={isSaving}
        title={say('saveTitle')}
        act={say('save')}
        isRunning={save.isRunning}
        {...(save.error ? { error: save.error } : {})}
        onCancel={() => setSaving(false)}
        onAct={(note) => void save.run(note).then(({ isDone }) => setSaving(!isDone))}
      >
        {say('saveText')}
      </ReasonDialog>
    </section>
  )
}

function proposalOf({ upper, lower, evidence, isAutomatic, training }: SettingsAnswer): Proposal {
  return { upper, lower, evidence, isAutomatic, ...(training ? { training } : {}) }
}

type ThresholdProps = {
  readonly label: string
  readonly value: number
  readonly onChange: (value: number) => void
}

function Threshold({ label, value, onChange }: ThresholdProps) {
  const say = useWords(words)
  return (
    <Field label={label}>
      <InputNumber
        min={0.1}
        max={99.999}
        step={0.1}
        value={Math.round(value * 100_000) / 1_000}
        suffix={say('percent')}
        style={{ width: 140 }}
        onChange={(percent) => {
          if (percent !== null) onChange(percent / 100)
        }}
      />
    </Field>
  )
}

type TrainingProps = {
  readonly settings: SettingsAnswer
  readonly chosen: string | undefined
  readonly onChoose: (training: string | undefined) => void
}

function TrainingChoice({ settings: { trainings }, chosen, onChoose }: TrainingProps) {
  const say = useWords(words)
  const times = useTimes()
  const mayWrite = useMay(permissions.writeSettings)
  const training = trainings.find(({ id }) => id === chosen)
  return (
    <div className="mi-field">
      <span>{say('weights')}</span>
      <Select
        disabled={!mayWrite}
        aria-label={say('weights')}
        className="mi-training"
        value={chosen ?? ''}
        options={[
          { value: '', label: say('shippedWeights') },
          ...trainings.map(({ id, at, people, rounds }) => ({
            value: id,
            label: say('weightsOf', { time: times.moment(at), people, rounds }),
          })),
        ]}
        onChange={(id) => onChoose(id === '' ? undefined : id)}
      />
      {training ? <Weights training={training} /> : null}
    </div>
  )
}

function Tried({ tried }: { readonly tried: PreviewAnswer }) {
  const say = useWords(words)
  const { judged, now, proposed, linked, certainOfLinked, different, certainOfDifferent } = tried
  return (
    <div className="mi-scroll">
      <h3>{say('previewTitle', { count: judged })}</h3>
      <table className="mi-table">
        <thead>
          <tr>
            <th />
            <th>{say('certain')}</th>
            <th>{say('doubtful')}</th>
            <th>{say('apart')}</th>
          </tr>
        </thead>
        <tbody>
          {(
            [
              ['previewNow', now],
              ['previewThen', proposed],
            ] as const
          ).map(([word, counts]) => (
            <tr key={word}>
              <th scope="row">{say(word)}</th>
              <td className="x-number">{counts.certain}</td>
              <td className="x-number">{counts.doubtful}</td>
              <td className="x-number">{counts.apart}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {linked > 0 ? <p>{say('previewLinked', { all: linked, count: certainOfLinked })}</p> : null}
      {different > 0 ? (
        <p className={certainOfDifferent > 0 ? 'x-amber' : ''}>
          {certainOfDifferent > 0 ? '▲ ' : ''}
          {say('previewDifferent', { all: different, count: certainOfDifferent })}
        </p>
      ) : null}
    </div>
  )
}
