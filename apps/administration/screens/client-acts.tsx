/** What an administrator does to a machine client, each with its reason. */
import { useAct, useWords } from '@xinglin/kit'
import { InputNumber } from 'antd'
import { useState } from 'react'
import type { ClientRow } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { administrationWords } from './administration-words.ts'
import { clientsPath } from './clients-path.ts'
import { Field } from './field.tsx'
import { ScopeChoice } from './scope-choice.tsx'
import { ShownOnce } from './shown-once.tsx'

export type ClientAct = keyof typeof acts

const acts = {
  changeScopes: { path: 'scopes', text: 'changeScopesText' },
  changeRate: { path: 'rate', text: 'changeRateText' },
  renewSecret: { path: 'renew-secret', text: 'renewSecretText' },
  enable: { path: 'enable', text: 'enableClientText' },
  disable: { path: 'disable', text: 'disableClientText' },
} as const

type Props = { readonly act: ClientAct; readonly client: ClientRow; readonly onClose: () => void }
type Given = { readonly secret?: string } | undefined

export function ClientActDialog({ act: name, client, onClose }: Props) {
  const say = useWords(administrationWords)
  const [scopes, setScopes] = useState(client.scopes)
  const [rate, setRate] = useState(client.requestsPerSecond ?? null)
  const [secret, setSecret] = useState<string>()
  const { path, text } = acts[name]
  const act = useAct<string, Given>(
    (reason) => ({
      path: `${clientsPath}/${client.id}/${path}`,
      body: {
        reason,
        ...(name === 'changeScopes' ? { scopes } : {}),
        ...(name === 'changeRate' ? { requestsPerSecond: rate } : {}),
      },
    }),
    { refreshes: [clientsPath] },
  )
  if (secret !== undefined)
    return (
      <ShownOnce
        title={say('secretTitle')}
        help={say('secretHelp', { name: `${client.display} (${client.id})` })}
        secret={secret}
        onClose={onClose}
      />
    )
  const whom = { name: client.display, id: client.id }
  const done = (given: Given) => (given?.secret ? setSecret(given.secret) : onClose())
  return (
    <ActDialog
      title={say(name)}
      text={say(text, whom)}
      act={act}
      fields={['scopes', 'requestsPerSecond']}
      onDone={done}
      onCancel={onClose}
    >
      {name === 'changeScopes' ? (
        <Field name="scopes" label={say('scopes')} help={say('scopesHelp')} error={act.error}>
          <ScopeChoice value={scopes} onChange={setScopes} />
        </Field>
      ) : null}
      {name === 'changeRate' ? (
        <Field name="requestsPerSecond" label={say('rate')} help={say('rateHelp')} error={act.error}>
          <InputNumber min={1} max={100_000} precision={0} value={rate} onChange={setRate} />
        </Field>
      ) : null}
    </ActDialog>
  )
}
