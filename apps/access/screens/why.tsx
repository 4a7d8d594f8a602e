/** Why does somebody see a resource, or why not? */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import type { WhyAnswer, WhyQuestion } from '../contract.ts'
import { words } from './words.ts'
import './access.css'

const sources = {
  right: 'rightSource',
  policy: 'policySource',
  label: 'labelSource',
  scope: 'scopeSource',
  consent: 'consentSource',
  'break-glass': 'glassSource',
} as const
const verdicts = { passes: 'passes', refuses: 'refuses' } as const

export function WhyScreen() {
  const say = useWords(words)
  const [actor, setActor] = useState('')
  const [resource, setResource] = useState('')
  const [interaction, setInteraction] = useState<WhyQuestion['interaction']>('read')
  const [purpose, setPurpose] = useState('')
  const [answer, setAnswer] = useState<WhyAnswer>()
  const act = useAct<WhyQuestion, WhyAnswer>((body) => ({ path: '/api/access/why', body }), { refreshes: [] })
  const ask = async () => {
    const [type = '', id = ''] = resource.trim().split('/')
    const ran = await act.run({ actor: actor.trim(), type, id, interaction, purpose: purpose.trim() })
    setAnswer(ran.isDone ? ran.output : undefined)
  }
  return (
    <div className="access-page">
      <p className="x-quiet">{say('whyHelp')}</p>
      <div className="access-ask">
        <Input
          aria-label={say('actor')}
          placeholder={say('actorHelp')}
          value={actor}
          onChange={(event) => setActor(event.target.value)}
        />
        <Input
          aria-label={say('resource')}
          placeholder={say('resourceHelp')}
          value={resource}
          onChange={(event) => setResource(event.target.value)}
        />
        <Select<WhyQuestion['interaction']>
          aria-label={say('interactions')}
          value={interaction}
          options={(['read', 'update', 'delete'] as const).map((value) => ({ value, label: say(value) }))}
          onChange={setInteraction}
        />
        <Input
          aria-label={say('purpose')}
          placeholder="TREAT"
          value={purpose}
          onChange={(event) => setPurpose(event.target.value)}
        />
        <Button type="primary" loading={act.isRunning} onClick={() => void ask()}>
          {say('ask')}
        </Button>
      </div>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      {answer ? <Answer answer={answer} /> : null}
    </div>
  )
}

function Answer({ answer }: { readonly answer: WhyAnswer }) {
  const say = useWords(words)
  return (
    <section aria-label={say('why')}>
      <h2>
        {say('verdict')}: {say(verdicts[answer.verdict])}
      </h2>
      {answer.isThere ? null : <p className="x-quiet">{say('noResource')}</p>}
      <ol className="access-steps">
        {answer.steps.map((step) => (
          <li key={step.source} data-verdict={step.verdict}>
            <strong>
              {step.source in sources ? say(sources[step.source as keyof typeof sources]) : step.source}
            </strong>
            : {say(verdicts[step.verdict])}
            {step.isLifted ? ` (${say('lifted')})` : ''}
            {step.sentence ? <p>{step.sentence}</p> : null}
            <ul>
              {step.parts.map(({ reason, holds }) => (
                <li key={reason.join(' ')}>
                  <code>{reason.slice(1).join(' · ')}</code> {say(holds ? 'holds' : 'fails')}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      <h3>{say('relations')}</h3>
      {answer.relations.length === 0 ? <p className="x-quiet">{say('noRelations')}</p> : null}
      <ul>
        {answer.relations.map(({ holder, source }) => (
          <li key={`${holder} ${source}`}>
            <code>{holder}</code> · <code>{source}</code>
          </li>
        ))}
      </ul>
      {answer.hidden.length > 0 ? (
        <p>
          {say('hiddenElements')}: <code>{answer.hidden.join(' ')}</code>
        </p>
      ) : null}
    </section>
  )
}
