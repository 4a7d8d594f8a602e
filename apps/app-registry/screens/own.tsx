/** Which apps may act for me, and how do I take that back? */
import { Answered, Empty, useAct, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { appRegistryPaths, type OwnAgreement, type OwnAnswer } from '../contract.ts'
import { registryWords } from './words.ts'
import './registry.css'

export function OwnScreen() {
  const say = useWords(registryWords)
  const answer = useAsk<OwnAnswer>(appRegistryPaths.own)
  return (
    <Answered answer={answer}>
      {({ agreements }) =>
        agreements.length === 0 ? (
          <Empty title={say('noneAgreed')}>{say('noneAgreedHelp')}</Empty>
        ) : (
          <ul className="ar-own">
            {agreements.map((agreement) => (
              <Own key={agreement.app} agreement={agreement} />
            ))}
          </ul>
        )
      }
    </Answered>
  )
}

function Own({ agreement }: { readonly agreement: OwnAgreement }) {
  const say = useWords(registryWords)
  const times = useTimes()
  const act = useAct<string>((app) => ({ path: `${appRegistryPaths.own}/${app}`, method: 'DELETE' }), {
    refreshes: [appRegistryPaths.own],
  })
  return (
    <li>
      <div>
        <strong>{agreement.name}</strong>
        <div className="x-quiet">
          {say('agreed')} {times.full(agreement.agreed)}
        </div>
        <code className="ar-line">{agreement.scopes.join(' ')}</code>
      </div>
      <Button danger loading={act.isRunning} onClick={() => void act.run(agreement.app)}>
        {say('takeBack')}
      </Button>
    </li>
  )
}
