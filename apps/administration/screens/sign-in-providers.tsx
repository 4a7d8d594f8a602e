/** By which systems of others do people sign in? */
import { PlusOutlined } from '@ant-design/icons'
import { DataGrid, Empty, useAsk, useLook, useMay, useScreen, useTimes, useWords } from '@xinglin/kit'
import { useState } from 'react'
import type { SignInProviderRow, SignInProvidersAnswer } from '../sign-in-contract.ts'
import { ListScreen } from './list-screen.tsx'
import { providersPath } from './sign-in-path.ts'
import { ProviderDrawer } from './sign-in-provider-drawer.tsx'
import { ProviderForm } from './sign-in-provider-form.tsx'
import { signInWords } from './sign-in-words.ts'

export function SignInProvidersScreen() {
  const say = useWords(signInWords)
  const { search, setSearch } = useScreen()
  const mayWrite = useMay('administration.upstream.write')
  const [isMaking, setMaking] = useState(false)
  const answer = useAsk<SignInProvidersAnswer>(providersPath)
  const providers = answer.state === 'ready' ? answer.data.providers : []
  const chosen = providers.find(({ id }) => id === search.get('provider'))
  const start = () => setMaking(true)
  return (
    <ListScreen
      answer={answer}
      making={mayWrite ? { title: say('newProvider'), icon: <PlusOutlined />, start } : undefined}
      side={
        chosen ? (
          <ProviderDrawer
            key={chosen.id}
            provider={chosen}
            onClose={() => setSearch({ provider: undefined })}
          />
        ) : null
      }
      form={isMaking ? <ProviderForm onClose={() => setMaking(false)} /> : null}
    >
      {(data) => (
        <ProvidersGrid
          providers={data.providers}
          chosen={chosen}
          onChoose={({ id }) => setSearch({ provider: id })}
        />
      )}
    </ListScreen>
  )
}

type GridProps = {
  readonly providers: readonly SignInProviderRow[]
  readonly chosen: SignInProviderRow | undefined
  readonly onChoose: (provider: SignInProviderRow) => void
}

function ProvidersGrid({ providers, chosen, onChoose }: GridProps) {
  const say = useWords(signInWords)
  const times = useTimes()
  const { language } = useLook()
  const stateOf = ({ isEnabled }: SignInProviderRow) => (
    <span className={isEnabled ? 'x-green' : 'x-quiet'}>{say(isEnabled ? 'on' : 'off')}</span>
  )
  return (
    <DataGrid
      name="administration.sign-in"
      label={say('provider')}
      rows={providers}
      columns={[
        { key: 'title', title: say('provider'), widthPx: 220, draw: ({ title }) => title[language] },
        { key: 'kind', title: say('kind'), widthPx: 140, draw: ({ kind }) => say(kind) },
        { key: 'state', title: say('state'), widthPx: 110, draw: stateOf },
        {
          key: 'joining',
          title: say('joining'),
          widthPx: 180,
          draw: ({ joining }) => say(`joining_${joining}`),
        },
        { key: 'people', title: say('people'), widthPx: 80, draw: ({ people }) => people },
        { key: 'changed', title: say('changed'), widthPx: 150, draw: ({ changed }) => times.moment(changed) },
      ]}
      keyOf={({ id }) => id}
      selectedKey={chosen?.id}
      onSelect={onChoose}
      onOpen={onChoose}
      drawNarrow={(provider) => (
        <div className="a-narrow">
          <div>
            <strong className="x-cut">{provider.title[language]}</strong>
            {stateOf(provider)}
          </div>
          <div className="x-quiet">{say(provider.kind)}</div>
        </div>
      )}
      empty={<Empty title={say('noProviders')}>{say('noProvidersHelp')}</Empty>}
    />
  )
}
