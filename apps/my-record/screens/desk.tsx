/** Whose account is this? Accounts whose papers matched several records, or one that has an account already. */
import { Answered, Empty, FailureText, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Radio } from 'antd'
import { useState } from 'react'
import { type DeskAnswer, type DeskLine, myRecordPermissions } from '../contract.ts'
import { words } from './words.ts'
import './my-record.css'

const path = '/api/my-record/desk'

export function DeskScreen() {
  const say = useWords(words)
  const answer = useAsk<DeskAnswer>(path, { everyMs: 60_000 })
  return (
    <div className="my-record-desk">
      <p className="x-quiet">{say('deskHelp')}</p>
      <Answered answer={answer}>
        {({ lines }) =>
          lines.length === 0 ? (
            <Empty title={say('deskNobody')} />
          ) : (
            lines.map((line) => <Line key={line.id} line={line} />)
          )
        }
      </Answered>
    </div>
  )
}

function Line({ line }: { readonly line: DeskLine }) {
  const say = useWords(words)
  const times = useTimes()
  const may = useMay(myRecordPermissions.writeDesk)
  const [chosen, setChosen] = useState<string>()
  const act = useAct(
    (patient: string | undefined) => ({
      path: `${path}/${line.id}`,
      method: 'POST',
      body: patient === undefined ? {} : { patient },
    }),
    { refreshes: [path] },
  )
  return (
    <section className="my-record-desk-line">
      <h2>
        {say('deskPhone', { end: line.phoneEnd })} ·{' '}
        {say(line.reason === 'several' ? 'deskSeveral' : 'deskBound')}
      </h2>
      <p className="x-quiet">{times.full(line.at)}</p>
      <Radio.Group value={chosen} onChange={({ target }) => setChosen(String(target.value))}>
        {line.patients.map(({ id, name, gender, birthDate, mrn }) => (
          <Radio key={id} value={id}>
            {[name, gender, birthDate, mrn].filter(Boolean).join(' · ')}
          </Radio>
        ))}
      </Radio.Group>
      {may ? (
        <div className="my-record-acts">
          <Button
            type="primary"
            disabled={chosen === undefined}
            loading={act.isRunning}
            onClick={() => void act.run(chosen)}
          >
            {say('deskBind')}
          </Button>
          <Button loading={act.isRunning} onClick={() => void act.run(undefined)}>
            {say('deskRefuse')}
          </Button>
        </div>
      ) : null}
      {act.error ? <FailureText error={act.error} /> : null}
    </section>
  )
}
