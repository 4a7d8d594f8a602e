/** Which systems may reach us, and with what scopes? */
import { PlusOutlined } from '@ant-design/icons'
import {
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
import { useMemo, useState } from 'react'
import type { ClientRow, ClientsAnswer } from '../contract.ts'
import { administrationWords, type SayAdministration } from './administration-words.ts'
import { ClientDrawer } from './client-drawer.tsx'
import { ClientState } from './client-state.tsx'
import { clientsPath } from './clients-path.ts'
import { ListScreen } from './list-screen.tsx'
import { NewClient } from './new-client.tsx'

export function ClientsScreen() {
  const say = useWords(administrationWords)
  const { search, setSearch } = useScreen()
  const mayWrite = useMay('administration.clients.write')
  const [isMaking, setMaking] = useState(false)
  const answer = useAsk<ClientsAnswer>(clientsPath)
  const clients = answer.state === 'ready' ? answer.data.clients : []
  const chosen = clients.find(({ id }) => id === search.get('client'))
  return (
    <ListScreen
      answer={answer}
      making={
        mayWrite
          ? { title: say('newClient'), icon: <PlusOutlined />, start: () => setMaking(true) }
          : undefined
      }
      side={chosen ? <ClientDrawer client={chosen} onClose={() => setSearch({ client: undefined })} /> : null}
      form={isMaking ? <NewClient onClose={() => setMaking(false)} /> : null}
    >
      {(data) => (
        <ClientsGrid
          clients={data.clients}
          chosen={chosen}
          onChoose={({ id }) => setSearch({ client: id })}
        />
      )}
    </ListScreen>
  )
}

type GridProps = {
  readonly clients: readonly ClientRow[]
  readonly chosen: ClientRow | undefined
  readonly onChoose: (client: ClientRow) => void
}

function ClientsGrid({ clients, chosen, onChoose }: GridProps) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  return (
    <DataGrid
      name="administration.clients"
      label={say('clientId')}
      rows={clients}
      columns={columns}
      keyOf={(client) => client.id}
      selectedKey={chosen?.id}
      onSelect={onChoose}
      onOpen={onChoose}
      drawNarrow={(client) => (
        <div className="a-narrow">
          <div>
            <strong className="x-cut">{client.display}</strong>
            <ClientState client={client} />
          </div>
          <div className="x-quiet">
            <code className="x-cut">{client.scopes.join(' ')}</code>
          </div>
        </div>
      )}
      empty={<Empty title={say('noClients')}>{say('noClientsHelp')}</Empty>}
    />
  )
}

function columnsOf(say: SayAdministration, times: Times): readonly Column<ClientRow>[] {
  return [
    {
      key: 'display',
      title: say('clientName'),
      widthPx: 200,
      draw: ({ display }) => display,
      sortBy: ({ display }) => display,
    },
    {
      key: 'id',
      title: say('clientId'),
      widthPx: 280,
      draw: ({ id }) => <code>{id}</code>,
      sortBy: ({ id }) => id,
    },
    { key: 'state', title: say('state'), widthPx: 110, draw: (client) => <ClientState client={client} /> },
    {
      key: 'scopes',
      title: say('scopes'),
      widthPx: 280,
      draw: ({ scopes }) => <code>{scopes.join(' ')}</code>,
    },
    {
      key: 'lastToken',
      title: say('lastToken'),
      widthPx: 150,
      draw: ({ lastToken }) =>
        lastToken ? times.moment(lastToken) : <span className="x-quiet">{say('never')}</span>,
      sortBy: ({ lastToken }) => lastToken ?? '',
    },
    {
      key: 'secretSet',
      title: say('secretSet'),
      widthPx: 150,
      draw: ({ secretSet }) => times.moment(secretSet),
      sortBy: ({ secretSet }) => secretSet,
    },
  ]
}
