/** Makes a machine client; its secret is shown once. */
import { useAct, useWords } from '@xinglin/kit'
import { Button, Drawer, Input } from 'antd'
import { useState } from 'react'
import type { MadeClient } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { clientsPath } from './clients-path.ts'
import { Field, FormFailure } from './field.tsx'
import { ScopeChoice } from './scope-choice.tsx'
import { ShownOnce } from './shown-once.tsx'

type Client = { readonly id: string; readonly display: string; readonly scopes: readonly string[] }

export function NewClient({ onClose }: { readonly onClose: () => void }) {
  const say = useWords(administrationWords)
  const [client, setClient] = useState<Client>({ id: '', display: '', scopes: [] })
  const [made, setMade] = useState<MadeClient>()
  const act = useAct<Client, MadeClient>((body) => ({ path: clientsPath, body }), {
    refreshes: [clientsPath],
  })
  const create = async () => {
    const ran = await act.run(client)
    if (ran.isDone) setMade(ran.output)
  }
  if (made) {
    const name = `${client.display} (${made.id})`
    return (
      <ShownOnce
        title={say('secretTitle')}
        help={say('secretHelp', { name })}
        secret={made.secret}
        onClose={onClose}
      />
    )
  }
  return (
    <Drawer
      open
      title={say('newClient')}
      onClose={onClose}
      footer={
        <Button type="primary" loading={act.isRunning} onClick={create}>
          {say('create')}
        </Button>
      }
    >
      <Field name="display" label={say('clientName')} help={say('clientNameHelp')} error={act.error}>
        <Input
          autoFocus
          autoComplete="off"
          value={client.display}
          onChange={(event) => setClient({ ...client, display: event.target.value })}
        />
      </Field>
      <Field name="id" label={say('clientId')} help={say('clientIdHelp')} error={act.error}>
        <Input
          autoComplete="off"
          value={client.id}
          onChange={(event) => setClient({ ...client, id: event.target.value })}
        />
      </Field>
      <Field name="scopes" label={say('scopes')} help={say('scopesHelp')} error={act.error}>
        <ScopeChoice value={client.scopes} onChange={(scopes) => setClient({ ...client, scopes })} />
      </Field>
      <FormFailure error={act.error} fields={['display', 'id', 'scopes']} />
    </Drawer>
  )
}
