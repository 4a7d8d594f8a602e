/** One's own badge for the shared terminals of wards: adding it asks for the password. */
import { Answered, FailureText, Loading, useAct, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { terminalWords } from './terminal-words.ts'

type Own = { readonly badge?: { readonly enrolled: string; readonly lastUsed?: string } }
const path = '/api/session/badge'

export function MyBadge() {
  const say = useWords(terminalWords)
  const times = useTimes()
  const answer = useAsk<Own>(path)
  const [state, setState] = useState<'standing' | 'adding' | 'added'>('standing')
  const remove = useAct<undefined>(() => ({ path, method: 'DELETE' }), { refreshes: [path] })
  return (
    <section>
      <h3>{say('myBadge')}</h3>
      <p className="x-quiet">{say('myBadgeHelp')}</p>
      <Answered answer={answer} loading={<Loading rows={1} />}>
        {({ badge }) => (
          <>
            <p>
              {badge ? say('enrolled', { at: times.moment(badge.enrolled) }) : say('noBadge')}
              {badge?.lastUsed ? ` · ${say('lastUsed', { at: times.moment(badge.lastUsed) })}` : null}
            </p>
            {state === 'added' ? <p role="status">✓ {say('bound')}</p> : null}
            {state === 'adding' ? (
              <BadgeForm onDone={() => setState('added')} />
            ) : (
              <Button size="small" onClick={() => setState('adding')}>
                {say(badge ? 'bindOther' : 'bind')}
              </Button>
            )}{' '}
            {badge && state !== 'adding' ? (
              <Button size="small" loading={remove.isRunning} onClick={() => void remove.run(undefined)}>
                {say('unbind')}
              </Button>
            ) : null}
          </>
        )}
      </Answered>
    </section>
  )
}

function BadgeForm({ onDone }: { readonly onDone: () => void }) {
  const say = useWords(terminalWords)
  const id = useId()
  const [given, setGiven] = useState({ number: '', pin: '', password: '' })
  const act = useAct<typeof given>((body) => ({ path, body }), { refreshes: [path] })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ran = await act.run(given)
    setGiven({ ...given, pin: '', password: '' })
    if (ran.isDone) onDone()
  }
  const field = (name: keyof typeof given, label: string) => (
    <>
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <Input
        id={`${id}-${name}`}
        type="password"
        autoFocus={name === 'number'}
        autoComplete={name === 'password' ? 'current-password' : 'off'}
        value={given[name]}
        onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
        onKeyDown={(event) => {
          // A reader ends the number with Enter.
          if (name === 'number' && event.key === 'Enter') event.preventDefault()
        }}
      />
    </>
  )
  return (
    <form className="s-form" onSubmit={(event) => void submit(event)}>
      {field('number', say('badge'))}
      {field('pin', say('pin'))}
      <p className="x-quiet">{say('pinHelp')}</p>
      {field('password', say('password'))}
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      <Button
        type="primary"
        htmlType="submit"
        loading={act.isRunning}
        disabled={Object.values(given).includes('')}
      >
        {say('save')}
      </Button>
    </form>
  )
}
