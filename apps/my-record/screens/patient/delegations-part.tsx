/** Relatives who may look, until when; taken back at any time. */
import { Answered, useAct, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { words } from '../words.ts'
import { Failure } from './failure.tsx'
import { sessionPath } from './session.ts'
import { Entry, Part } from './summary-page.tsx'

const path = `${sessionPath}/delegations`
type Delegation = {
  readonly id: string
  readonly name: string
  readonly phoneEnd: string
  readonly until: string
}

export function DelegationsPart() {
  const say = useWords(words)
  const times = useTimes()
  const answer = useAsk<{ readonly delegations: readonly Delegation[] }>(path)
  const end = useAct<string>((id) => ({ path: `${path}/${id}`, method: 'DELETE' }), { refreshes: [path] })
  return (
    <Answered answer={answer}>
      {({ delegations }) => (
        <>
          <Part title={say('delegations')} none={say('noDelegations')}>
            {delegations.map(({ id, name, phoneEnd, until }) => (
              <Entry
                key={id}
                title={name}
                details={[
                  say('phoneEnd', { end: phoneEnd }),
                  say('untilDay', { at: times.day(until) ?? until }),
                ]}
              >
                <Button size="small" onClick={() => void end.run(id)}>
                  {say('takeBack')}
                </Button>
              </Entry>
            ))}
          </Part>
          <Failure error={end.error} />
          <NewDelegation />
        </>
      )}
    </Answered>
  )
}

function NewDelegation() {
  const say = useWords(words)
  const id = useId()
  const [phone, setPhone] = useState('')
  const [name, setName] = useState('')
  const [day, setDay] = useState('')
  const act = useAct<void>(
    () => ({ path, body: { phone, name, until: new Date(`${day}T23:59:59`).toISOString() } }),
    { refreshes: [path] },
  )
  const allow = async () => {
    const ran = await act.run()
    if (!ran.isDone) return
    setPhone('')
    setName('')
    setDay('')
  }
  return (
    <section className="my-record-card my-record-form">
      <p className="x-quiet">{say('delegationsHelp')}</p>
      <label htmlFor={`${id}-name`}>{say('name')}</label>
      <Input id={`${id}-name`} value={name} onChange={({ target }) => setName(target.value)} />
      <label htmlFor={`${id}-phone`}>{say('phone')}</label>
      <Input id={`${id}-phone`} type="tel" value={phone} onChange={({ target }) => setPhone(target.value)} />
      <label htmlFor={`${id}-day`}>{say('until')}</label>
      <Input id={`${id}-day`} type="date" value={day} onChange={({ target }) => setDay(target.value)} />
      <Failure error={act.error} />
      <Button
        disabled={phone.trim() === '' || name.trim() === '' || day === ''}
        loading={act.isRunning}
        onClick={() => void allow()}
      >
        {say('allow')}
      </Button>
    </section>
  )
}
