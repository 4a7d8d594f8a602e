/** One provider: facts and acts, its test, its groups, its people, its failures. */
import { Facts, Side, useAct, useLook, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import type { SignInProviderRow } from '../sign-in-contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { ProviderFailures } from './sign-in-failures.tsx'
import { ProviderMapping } from './sign-in-mapping.tsx'
import { providersPath } from './sign-in-path.ts'
import { ProviderPeople } from './sign-in-people.tsx'
import { ProviderForm } from './sign-in-provider-form.tsx'
import { ProviderTest } from './sign-in-test.tsx'
import { signInWords } from './sign-in-words.ts'

const parts = ['test', 'mapping', 'linkedPeople', 'failures'] as const

type Props = { readonly provider: SignInProviderRow; readonly onClose: () => void }

export function ProviderDrawer({ provider, onClose }: Props) {
  const say = useWords(signInWords)
  const { language } = useLook()
  const [part, setPart] = useState<(typeof parts)[number]>('test')
  return (
    <Side title={provider.title[language]} isWide onClose={onClose}>
      <ProviderFacts provider={provider} />
      <ProviderActs provider={provider} onClose={onClose} />
      <div className="a-part">
        <Segmented
          value={part}
          options={parts.map((value) => ({ value, label: say(value) }))}
          onChange={setPart}
        />
      </div>
      {part === 'test' ? <ProviderTest id={provider.id} /> : null}
      {part === 'mapping' ? <ProviderMapping id={provider.id} /> : null}
      {part === 'linkedPeople' ? <ProviderPeople id={provider.id} /> : null}
      {part === 'failures' ? <ProviderFailures id={provider.id} /> : null}
    </Side>
  )
}

function ProviderFacts({ provider }: Pick<Props, 'provider'>) {
  const say = useWords(signInWords)
  const times = useTimes()
  const { sweep } = provider
  const leavers = () => {
    if (!sweep) return say('leaversNever')
    const at = times.full(sweep.at)
    if (sweep.failure !== undefined) return say('leaversFailed', { at, failure: sweep.failure })
    return say('leaversSeen', { at, lookedAt: sweep.lookedAt, disabled: sweep.disabled })
  }
  return (
    <Facts
      facts={[
        [say('id'), <code key="id">{provider.id}</code>],
        [say('kind'), say(provider.kind)],
        [say('state'), say(provider.isEnabled ? 'on' : 'off')],
        [say('joining'), say(`joining_${provider.joining}`)],
        [say('localPasswords'), say(`local_${provider.localPasswords}`)],
        [say('leavers'), leavers()],
      ]}
    />
  )
}

function ProviderActs({ provider, onClose }: Props) {
  const say = useWords(signInWords)
  const mayWrite = useMay('administration.upstream.write')
  const [act, setAct] = useState<'edit' | 'remove'>()
  const remove = useAct<string>(
    (reason) => ({ path: `${providersPath}/${provider.id}/remove`, body: { reason } }),
    { refreshes: [providersPath] },
  )
  if (!mayWrite) return null
  return (
    <div className="a-part a-acts">
      <Button onClick={() => setAct('edit')}>{say('editProvider')}</Button>
      <Button danger onClick={() => setAct('remove')}>
        {say('remove')}
      </Button>
      {act === 'edit' ? <ProviderForm provider={provider} onClose={() => setAct(undefined)} /> : null}
      {act === 'remove' ? (
        <ActDialog
          title={say('remove')}
          text={say('removeText')}
          act={remove}
          onDone={onClose}
          onCancel={() => setAct(undefined)}
        />
      ) : null}
    </div>
  )
}
