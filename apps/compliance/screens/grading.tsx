/** Which systems are graded and filed, what does this year's round still lack, and when is the next assessment due? */
import { Answered, Empty, useAsk, useMay, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button, Select } from 'antd'
import { useState } from 'react'
import {
  type GradedSystem,
  gradingPath,
  gradingPermissions,
  type Round,
  type SystemsAnswer,
} from '../grading/contract.ts'
import { AssessmentForm, FilingForm, RegisterForm } from './grading-forms.tsx'
import { gradingWords } from './grading-words.ts'
import { Acts, RoundScreen } from './round.tsx'
import './compliance.css'

type Open = 'register' | 'file' | 'assess' | undefined

export function GradingScreen() {
  const say = useWords(gradingWords)
  const [open, setOpen] = useState<Open>()
  const mayWrite = useMay(gradingPermissions.write)
  const { setSearch } = useScreen()
  const answer = useAsk<SystemsAnswer>(gradingPath)
  const register = mayWrite ? (
    <Button type="primary" onClick={() => setOpen('register')}>
      {say('register')}
    </Button>
  ) : null
  return (
    <div className="compliance-screen">
      <Answered answer={answer}>
        {({ systems }) =>
          systems.length === 0 ? (
            <Empty title={say('noSystems')} action={register}>
              {say('noSystemsHelp')}
            </Empty>
          ) : (
            <Systems systems={systems} open={open} setOpen={setOpen} />
          )
        }
      </Answered>
      {open === 'register' ? (
        <RegisterForm
          onClose={(made) => {
            setOpen(undefined)
            if (made) setSearch({ system: made, round: undefined, gap: undefined })
          }}
        />
      ) : null}
    </div>
  )
}

type SystemsProps = {
  readonly systems: readonly GradedSystem[]
  readonly open: Open
  readonly setOpen: (open: Open) => void
}

function Systems({ systems, open, setOpen }: SystemsProps) {
  const say = useWords(gradingWords)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const mayWrite = useMay(gradingPermissions.write)
  const system = systems.find(({ id }) => id === search.get('system')) ?? systems[0]
  const chosen = system?.rounds.find(({ id }) => id === search.get('round')) ?? system?.rounds[0]
  const round = useAsk<Round>(chosen ? `${gradingPath}/rounds/${chosen.id}` : undefined)
  if (!system) return null
  return (
    <>
      <div className="compliance-tools">
        <Select
          aria-label={say('system')}
          style={{ minWidth: 200 }}
          value={system.id}
          options={systems.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => setSearch({ system: id, round: undefined, gap: undefined })}
        />
        {chosen ? (
          <Select
            aria-label={say('round')}
            style={{ minWidth: 150 }}
            value={chosen.id}
            options={system.rounds.map(({ id, started }) => ({
              value: id,
              label: say('roundOf', { date: times.day(started) }),
            }))}
            onChange={(id) => setSearch({ round: id, gap: undefined })}
          />
        ) : null}
        <Acts system={system} round={round.state === 'ready' ? round.data : undefined} />
        {mayWrite && round.state === 'ready' && !round.data.assessed && round.data.tests.length > 0 ? (
          <Button onClick={() => setOpen('assess')}>{say('assess')}</Button>
        ) : null}
        {mayWrite ? (
          <>
            <Button onClick={() => setOpen('file')}>{say('filing')}</Button>
            <Button onClick={() => setOpen('register')}>{say('register')}</Button>
          </>
        ) : null}
      </div>
      <SystemLine system={system} />
      {chosen ? (
        <Answered answer={round}>{(data) => <RoundScreen round={data} />}</Answered>
      ) : (
        <Empty title={say('noRound')}>{say('noRoundHelp')}</Empty>
      )}
      {open === 'file' ? <FilingForm system={system.id} onClose={() => setOpen(undefined)} /> : null}
      {open === 'assess' && chosen ? (
        <AssessmentForm round={chosen.id} onClose={() => setOpen(undefined)} />
      ) : null}
    </>
  )
}

function SystemLine({ system }: { readonly system: GradedSystem }) {
  const say = useWords(gradingWords)
  const times = useTimes()
  return (
    <p className="compliance-line">
      <strong>{system.name}</strong>
      <span>{say('ofLevel', { level: system.level })}</span>
      <span>
        {system.filingNumber
          ? `${say('filingNumber')} ${system.filingNumber} (${times.day(system.filed)})`
          : say('notFiled')}
      </span>
      <span className="x-quiet">
        {say('registered')} {times.day(system.registered)}
      </span>
      {system.nextDue ? (
        <span className={system.isOverdue ? 'x-red' : ''}>
          {system.isOverdue ? `${say('overdue')} · ` : ''}
          {say('nextDue')} {system.nextDue}
        </span>
      ) : null}
    </p>
  )
}
