/** One machine client: facts, how it connects, acts. */
import { explorerAddress } from '@xinglin/audit/contract'
import { Facts, Go, Side, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import type { ClientRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { type ClientAct, ClientActDialog } from './client-acts.tsx'
import { ClientState } from './client-state.tsx'

export function ClientDrawer({
  client,
  onClose,
}: {
  readonly client: ClientRow
  readonly onClose: () => void
}) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const maySeeAudit = useMay('administration.audit.read')
  return (
    <Side title={client.display} onClose={onClose}>
      <Facts
        facts={[
          [say('state'), <ClientState key="state" client={client} />],
          [say('clientId'), <code key="id">{client.id}</code>],
          [say('scopes'), <Scopes key="scopes" client={client} />],
          [
            say('rate'),
            client.requestsPerSecond
              ? say('requestsPerSecond', { rate: client.requestsPerSecond })
              : say('rateOfAll'),
          ],
          [say('lastToken'), client.lastToken ? times.full(client.lastToken) : say('never')],
          [say('secretSet'), times.full(client.secretSet)],
          [say('created'), times.full(client.created)],
        ]}
      />
      <ClientActs client={client} />
      <section className="a-part">
        <h2>{say('howToConnect')}</h2>
        <pre className="a-code">
          {`curl -u '${client.id}:…' -d grant_type=client_credentials \\\n  ${location.origin}/oauth2/token`}
        </pre>
      </section>
      {maySeeAudit ? (
        <p className="a-part">
          <Go to={explorerAddress({ actor: `client/${client.id}` })}>{say('auditOfClient')}</Go>
        </p>
      ) : null}
    </Side>
  )
}

function Scopes({ client }: { readonly client: ClientRow }) {
  return (
    <div className="a-tags">
      {client.scopes.map((scope) => (
        <code key={scope} className="a-tag">
          {scope}
        </code>
      ))}
    </div>
  )
}

function ClientActs({ client }: { readonly client: ClientRow }) {
  const say = useWords(administrationWords)
  const mayWrite = useMay('administration.clients.write')
  const [act, setAct] = useState<ClientAct>()
  if (!mayWrite) return null
  return (
    <div className="a-part a-acts">
      <Button onClick={() => setAct('changeScopes')}>{say('changeScopes')}</Button>
      <Button onClick={() => setAct('changeRate')}>{say('changeRate')}</Button>
      <Button onClick={() => setAct('renewSecret')}>{say('renewSecret')}</Button>
      {client.disabled ? (
        <Button onClick={() => setAct('enable')}>{say('enable')}</Button>
      ) : (
        <Button danger onClick={() => setAct('disable')}>
          {say('disable')}
        </Button>
      )}
      {act ? <ClientActDialog key={act} act={act} client={client} onClose={() => setAct(undefined)} /> : null}
    </div>
  )
}
