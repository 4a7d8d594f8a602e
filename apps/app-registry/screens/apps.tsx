/** Which apps of others may work here, and which wait for a second person? */
import { PlusOutlined } from '@ant-design/icons'
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Times,
  useAsk,
  useMay,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { type AppRow, type AppsAnswer, appRegistryPaths } from '../contract.ts'
import { AppDetail } from './app-detail.tsx'
import { AppStateMark } from './app-state.tsx'
import { NewApp } from './new-app.tsx'
import { registryWords, type SayRegistry } from './words.ts'
import './registry.css'

export function AppsScreen() {
  const say = useWords(registryWords)
  const { search, setSearch } = useScreen()
  const mayRegister = useMay('app-registry.apps.register')
  const [isMaking, setMaking] = useState(false)
  const answer = useAsk<AppsAnswer>(appRegistryPaths.apps)
  const apps = answer.state === 'ready' ? answer.data.apps : []
  const chosen = apps.find(({ id }) => id === search.get('app'))
  return (
    <div className="ar-screen">
      {mayRegister ? (
        <div className="ar-tools">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
            {say('newApp')}
          </Button>
        </div>
      ) : null}
      <div className="ar-body">
        <div className="ar-list">
          <Answered answer={answer}>
            {(data) => (
              <AppsGrid apps={data.apps} chosen={chosen} onChoose={({ id }) => setSearch({ app: id })} />
            )}
          </Answered>
        </div>
        {chosen ? <AppDetail app={chosen} onClose={() => setSearch({ app: undefined })} /> : null}
      </div>
      {isMaking ? <NewApp onClose={() => setMaking(false)} /> : null}
    </div>
  )
}

type GridProps = {
  readonly apps: readonly AppRow[]
  readonly chosen: AppRow | undefined
  readonly onChoose: (app: AppRow) => void
}

function AppsGrid({ apps, chosen, onChoose }: GridProps) {
  const say = useWords(registryWords)
  const times = useTimes()
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  return (
    <DataGrid
      name="app-registry.apps"
      label={say('app')}
      rows={apps}
      columns={columns}
      keyOf={(app) => app.id}
      selectedKey={chosen?.id}
      onSelect={onChoose}
      onOpen={onChoose}
      drawNarrow={(app) => (
        <div className="ar-narrow">
          <div>
            <strong className="x-cut">{app.name}</strong> <AppStateMark state={app.state} />
            {app.hasChange ? <span className="x-amber"> {say('changeWaits')}</span> : null}
          </div>
          <div className="x-quiet x-cut">{app.publisher}</div>
        </div>
      )}
      empty={<Empty title={say('noApps')}>{say('noAppsHelp')}</Empty>}
    />
  )
}

function columnsOf(say: SayRegistry, times: Times): readonly Column<AppRow>[] {
  return [
    { key: 'name', title: say('name'), widthPx: 200, draw: ({ name }) => name, sortBy: ({ name }) => name },
    {
      key: 'state',
      title: say('state'),
      widthPx: 190,
      draw: ({ state, hasChange }) => (
        <>
          <AppStateMark state={state} />
          {hasChange ? <span className="x-amber"> {say('changeWaits')}</span> : null}
        </>
      ),
      sortBy: ({ state }) => state,
    },
    {
      key: 'publisher',
      title: say('publisher'),
      widthPx: 180,
      draw: ({ publisher }) => publisher,
      sortBy: ({ publisher }) => publisher,
    },
    {
      key: 'scopes',
      title: say('scopes'),
      widthPx: 320,
      draw: ({ scopes }) => <code>{scopes.join(' ')}</code>,
    },
    {
      key: 'registered',
      title: say('registered'),
      widthPx: 150,
      draw: ({ registered }) => times.moment(registered),
      sortBy: ({ registered }) => registered,
    },
  ]
}
