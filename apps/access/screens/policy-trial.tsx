/** What would a policy do that is not saved yet: to yesterday's looks, and to one person and resource? */
import { FailureText, useAct, useMay, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { explainDecisions, type Policy, policiesPath, type TrialAnswer, type WhyAnswer } from '../contract.ts'
import { words } from './words.ts'

/** `policy`: as it stands in the form; a trial is forgotten when it is edited on. */
export function PolicyTrial({ policy }: { readonly policy: Policy }) {
  const mayTry = useMay(explainDecisions)
  return mayTry ? <Trial key={JSON.stringify(policy)} policy={policy} /> : null
}

function Trial({ policy }: { readonly policy: Policy }) {
  const say = useWords(words)
  const [answer, setAnswer] = useState<TrialAnswer>()
  const act = useAct<undefined, TrialAnswer>(() => ({
    path: `${policiesPath}/${encodeURIComponent(policy.id || 'unnamed')}/trial`,
    body: policy,
  }))
  const run = async () => {
    const ran = await act.run(undefined)
    setAnswer(ran.isDone ? ran.output : undefined)
  }
  return (
    <section aria-label={say('trial')} className="access-trial">
      <div>
        <Button loading={act.isRunning} onClick={() => void run()}>
          {say('tryDay')}
        </Button>
      </div>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      {answer ? <Day answer={answer} /> : null}
      <One policy={policy} />
    </section>
  )
}

function Day({ answer: { looked, isCut, refused, allowed, changed } }: { readonly answer: TrialAnswer }) {
  const say = useWords(words)
  return (
    <div role="status">
      <p>
        {say('trialLine', { looked, refused, allowed })}
        {isCut ? ` ${say('trialCut')}` : ''}
      </p>
      <ul className="access-changed">
        {changed.map(({ actor, display, interaction, type, id, becomes }) => (
          <li key={`${actor} ${interaction} ${type}/${id} ${becomes}`} data-becomes={becomes}>
            <strong>{display}</strong> {say(interaction)} <code>{`${type}/${id}`}</code>:{' '}
            <span className={becomes === 'refused' ? 'x-red' : ''}>
              {say(becomes === 'refused' ? 'becomesRefused' : 'becomesAllowed')}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

type Verdicts = { readonly before: WhyAnswer['verdict']; readonly after: WhyAnswer['verdict'] }

function One({ policy }: { readonly policy: Policy }) {
  const say = useWords(words)
  const [actor, setActor] = useState('')
  const [resource, setResource] = useState('')
  const [verdicts, setVerdicts] = useState<Verdicts>()
  const act = useAct<Policy | undefined, WhyAnswer>((draft) => {
    const [type = '', id = ''] = resource.trim().split('/')
    return { path: '/api/access/why', body: { actor: actor.trim(), type, id, interaction: 'read', draft } }
  })
  const ask = async () => {
    const before = await act.run(undefined)
    const after = before.isDone ? await act.run({ ...policy, id: policy.id || 'unnamed' }) : before
    setVerdicts(
      before.isDone && after.isDone
        ? { before: before.output.verdict, after: after.output.verdict }
        : undefined,
    )
  }
  return (
    <>
      <div className="access-ask">
        <Input
          aria-label={say('actor')}
          placeholder={say('actorHelp')}
          value={actor}
          onChange={({ target }) => setActor(target.value)}
        />
        <Input
          aria-label={say('resource')}
          placeholder={say('resourceHelp')}
          value={resource}
          onChange={({ target }) => setResource(target.value)}
        />
        <Button
          disabled={actor.trim() === '' || !resource.includes('/')}
          loading={act.isRunning}
          onClick={() => void ask()}
        >
          {say('tryOne')}
        </Button>
      </div>
      {verdicts ? (
        <p role="status">{say('tryOneLine', { before: say(verdicts.before), after: say(verdicts.after) })}</p>
      ) : null}
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </>
  )
}
