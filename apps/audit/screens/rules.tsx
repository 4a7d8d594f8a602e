/** From when does an access stand out? Thresholds as versions: each change has its reason and stays. */
import {
  Answered,
  Empty,
  Facts,
  ReasonDialog,
  useAct,
  useAsk,
  useMay,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, InputNumber, Switch } from 'antd'
import { useState } from 'react'
import { auditPermissions, type RuleRow, type RulesAnswer } from '../contract.ts'
import { words } from './words.ts'
import './audit.css'

const rulesPath = '/api/audit/rules'

export function RulesScreen() {
  const say = useWords(words)
  const answer = useAsk<RulesAnswer>(rulesPath)
  return (
    <div className="audit-screen">
      <div className="audit-page">
        <p className="x-quiet">{say('rulesHelp')}</p>
        <Answered answer={answer}>
          {({ rules, versions }) => (
            <>
              <div className="audit-rules">
                {rules.map((rule) => (
                  <Rule key={`${rule.id} ${rule.version}`} rule={rule} />
                ))}
              </div>
              <Versions versions={versions} />
            </>
          )}
        </Answered>
      </div>
    </div>
  )
}

type Rule = RulesAnswer['rules'][number]
type Change = Pick<RuleRow, 'isOn' | 'thresholds'>

function Rule({ rule }: { readonly rule: Rule }) {
  const say = useWords(words)
  const mayWrite = useMay(auditPermissions.writeRules)
  const [draft, setDraft] = useState<Change>({ isOn: rule.isOn, thresholds: rule.thresholds })
  const [isAsking, setAsking] = useState(false)
  const isChanged = JSON.stringify(draft) !== JSON.stringify({ isOn: rule.isOn, thresholds: rule.thresholds })
  return (
    <section className="audit-rule" aria-label={say(rule.id)} data-rule={rule.id}>
      <h2>
        {say(rule.id)}
        <Switch
          size="small"
          checked={draft.isOn}
          disabled={!mayWrite}
          aria-label={say('isOn', { rule: say(rule.id) })}
          onChange={(isOn) => setDraft({ ...draft, isOn })}
        />
        <span className="x-quiet">{say(draft.isOn ? 'on' : 'off')}</span>
      </h2>
      <p className="x-quiet">{say(`rule-${rule.id}`)}</p>
      <Facts
        facts={Object.entries(rule.ranges).map(([name, [lowest, highest, usual]]) => [
          say(`threshold-${name}` as ThresholdWord),
          <span key={name}>
            <InputNumber
              size="small"
              min={lowest}
              max={highest}
              precision={0}
              disabled={!mayWrite}
              value={draft.thresholds[name] ?? usual}
              aria-label={`${say(rule.id)}: ${say(`threshold-${name}` as ThresholdWord)}`}
              onChange={(value) =>
                setDraft({ ...draft, thresholds: { ...draft.thresholds, [name]: value ?? usual } })
              }
            />{' '}
            <span className="x-quiet">{say('range', { lowest, highest, usual })}</span>
          </span>,
        ])}
      />
      {mayWrite ? (
        <div className="audit-acts">
          <Button type="primary" size="small" disabled={!isChanged} onClick={() => setAsking(true)}>
            {say('save')}
          </Button>
        </div>
      ) : null}
      {isAsking ? <SaveDialog rule={rule} draft={draft} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

type ThresholdWord =
  | 'threshold-fromHour'
  | 'threshold-untilHour'
  | 'threshold-patients'
  | 'threshold-accesses'

type SaveProps = { readonly rule: Rule; readonly draft: Change; readonly onClose: () => void }

function SaveDialog({ rule, draft, onClose }: SaveProps) {
  const say = useWords(words)
  const act = useAct(
    (reason: string) => ({
      path: `${rulesPath}/${rule.id}`,
      method: 'PUT' as const,
      body: { ...draft, version: rule.version, reason },
    }),
    { refreshes: ['/api/audit'] },
  )
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) onClose()
  }
  return (
    <ReasonDialog
      isOpen
      title={say('saveRule', { rule: say(rule.id) })}
      act={say('save')}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void run(reason)}
      onCancel={onClose}
    >
      {say('saveRuleText')}
    </ReasonDialog>
  )
}

function Versions({ versions }: Pick<RulesAnswer, 'versions'>) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <section>
      <h2>{say('versions')}</h2>
      {versions.length === 0 ? (
        <Empty title={say('noVersions')} />
      ) : (
        <div className="audit-wide">
          <table className="audit-table">
            <thead>
              <tr>
                {(['time', 'rule', 'version', 'thresholds', 'who', 'reason'] as const).map((word) => (
                  <th key={word}>{say(word)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {versions.map((row) => (
                <tr key={`${row.id} ${row.version}`}>
                  <td className="x-number">{times.full(row.at)}</td>
                  <td>{say(row.id)}</td>
                  <td className="x-number">{row.version}</td>
                  <td>
                    {row.isOn ? '' : `${say('off')} · `}
                    {Object.entries(row.thresholds)
                      .map(([name, value]) => `${say(`threshold-${name}` as ThresholdWord)} ${value}`)
                      .join(' · ')}
                  </td>
                  <td>{row.authorDisplay}</td>
                  <td>{row.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
