/** One gap: what was found, who mends it until when, what was done, what the newest self test says. */
import { Facts, FailureText, Side, useAct, useAsk, useLook, useMay, useWords } from '@xinglin/kit'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import {
  type Gap,
  gradingPath,
  gradingPermissions,
  type OwnersAnswer,
  type Round,
} from '../grading/contract.ts'
import { Field } from './grading-forms.tsx'
import { gradingWords } from './grading-words.ts'
import { GapMark } from './round.tsx'

type Props = { readonly gap: Gap; readonly round: Round; readonly onClose: () => void }

export function GapDetail({ gap, round, onClose }: Props) {
  const say = useWords(gradingWords)
  const { language } = useLook()
  const mayWrite = useMay(gradingPermissions.write) && !round.assessed
  const { task, found, latest } = gap
  const isToPlan = gap.state === 'open' || gap.state === 'failing' || gap.state === 'stated'
  return (
    <Side title={`${gap.control} ${gap.title[language]}`} onClose={onClose}>
      <Facts
        facts={[
          [say('state'), <GapMark key="state" gap={gap} />],
          [say('control'), `${gap.clause} ${gap.title[language]}`],
          [say('found', { number: found.number }), found.evidence[language]],
          [say('todo'), gap.todo[language]],
          task ? [say('owner'), task.owner] : undefined,
          task ? [say('due'), task.due] : undefined,
          task ? [say('plan'), task.plan] : undefined,
          task?.done ? [say('done'), task.done] : undefined,
          latest.number > found.number
            ? [say('latest', { number: latest.number }), latest.evidence[language]]
            : undefined,
        ]}
      />
      {mayWrite && isToPlan ? <Plan gap={gap} round={round.id} /> : null}
      {mayWrite && gap.state === 'planned' ? <Report gap={gap} round={round.id} /> : null}
    </Side>
  )
}

function Plan({ gap, round }: { readonly gap: Gap; readonly round: string }) {
  const say = useWords(gradingWords)
  const { language } = useLook()
  const owners = useAsk<OwnersAnswer>(`${gradingPath}/owners`)
  const [owner, setOwner] = useState<string>()
  const [due, setDue] = useState('')
  const [plan, setPlan] = useState(gap.todo[language])
  const act = useAct(
    () => ({
      path: '/api/compliance/commands/plan-fix',
      body: { round, control: gap.control, owner, due, plan },
    }),
    { refreshes: [gradingPath] },
  )
  const error =
    act.error ?? (owners.state === 'failed' || owners.state === 'refused' ? owners.error : undefined)
  const people = owners.state === 'ready' ? owners.data.owners : []
  return (
    <section className="compliance-part">
      <h2>{say('planFix')}</h2>
      <div className="compliance-field">
        <span>{say('owner')}</span>
        <Select
          style={{ width: '100%' }}
          aria-label={say('owner')}
          loading={owners.state === 'loading'}
          value={owner ?? null}
          options={people.map(({ login, display }) => ({ value: login, label: `${display} (${login})` }))}
          onChange={setOwner}
        />
      </div>
      <Field label={say('due')}>
        <Input type="date" value={due} onChange={(event) => setDue(event.target.value)} />
      </Field>
      <Field label={say('plan')}>
        <Input.TextArea rows={3} value={plan} onChange={(event) => setPlan(event.target.value)} />
      </Field>
      {error ? (
        <div className="x-red" role="alert">
          <FailureText error={error} />
        </div>
      ) : null}
      <Button
        type="primary"
        disabled={!owner || due === '' || plan.trim() === ''}
        loading={act.isRunning}
        onClick={() => void act.run(undefined)}
      >
        {say('planFix')}
      </Button>
    </section>
  )
}

function Report({ gap, round }: { readonly gap: Gap; readonly round: string }) {
  const say = useWords(gradingWords)
  const [done, setDone] = useState('')
  const act = useAct(
    () => ({ path: '/api/compliance/commands/report-fix', body: { round, control: gap.control, done } }),
    { refreshes: [gradingPath] },
  )
  return (
    <section className="compliance-part">
      <h2>{say('reportFix')}</h2>
      <Field label={say('done')}>
        <Input.TextArea rows={3} value={done} onChange={(event) => setDone(event.target.value)} />
      </Field>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      <Button
        type="primary"
        disabled={done.trim() === ''}
        loading={act.isRunning}
        onClick={() => void act.run(undefined)}
      >
        {say('reportFix')}
      </Button>
    </section>
  )
}
