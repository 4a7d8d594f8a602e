/** Does every subscription get its notifications, and which stand still? */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  FailureText,
  type Times,
  useAct,
  useAsk,
  useIsNarrow,
  useMay,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Drawer } from 'antd'
import { useMemo } from 'react'
import { resourceAddress } from '../../contract.ts'
import '../explorer.css'
import type { SubscriptionRow, SubscriptionsAnswer } from './answers.ts'
import { monitorWords, type SayMonitor } from './monitor-words.ts'
import { State } from './state.tsx'

const path = '/api/subscriptions'
/** Counts of deliveries move while the screen is open. */
const askEveryMs = 10_000

export function SubscriptionsScreen() {
  const say = useWords(monitorWords)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const answer = useAsk<SubscriptionsAnswer>(path, { everyMs: askEveryMs })
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  const chosen = search.get('subscription') ?? undefined
  return (
    <div className="rx-screen">
      <Answered answer={answer}>
        {({ subscriptions, next }) => (
          <>
            {next ? (
              <p className="rx-pad x-amber">{say('firstOnly', { count: subscriptions.length })}</p>
            ) : null}
            <div className="rx-list">
              <DataGrid
                name="record-explorer.subscriptions"
                label={say('subscriptions')}
                rows={subscriptions}
                columns={columns}
                keyOf={({ id }) => id}
                selectedKey={chosen}
                onSelect={({ id }) => setSearch({ subscription: id })}
                narrowHeightPx={56}
                drawNarrow={(row) => <NarrowSubscription row={row} />}
                empty={<Empty title={say('noSubscriptions')}>{say('noSubscriptionsHelp')}</Empty>}
              />
            </div>
            <SubscriptionDrawer
              row={subscriptions.find(({ id }) => id === chosen)}
              onClose={() => setSearch({ subscription: undefined })}
            />
          </>
        )}
      </Answered>
    </div>
  )
}

function NarrowSubscription({ row }: { readonly row: SubscriptionRow }) {
  return (
    <div className="rx-narrow">
      <div>
        <strong className="x-cut">{lastPart(row.topic)}</strong>
        <State state={row.status} />
      </div>
      <div className="x-quiet">
        <span className="x-cut">{row.endpoint ?? row.channel}</span>
        <span className="x-number">
          {row.delivered}/{row.lastEvent}
        </span>
      </div>
    </div>
  )
}

const lastPart = (url: string) => url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf(':')) + 1)

function columnsOf(say: SayMonitor, times: Times): readonly Column<SubscriptionRow>[] {
  const count = (key: 'delivered' | 'pending' | 'deadLetters'): Column<SubscriptionRow> => ({
    key,
    title: say(key),
    widthPx: 84,
    align: 'right',
    draw: (row) => (
      <span className={`x-number ${key === 'deadLetters' && row[key] > 0 ? 'x-red' : ''}`}>{row[key]}</span>
    ),
    sortBy: (row) => row[key],
  })
  return [
    {
      key: 'status',
      title: say('state'),
      widthPx: 110,
      draw: ({ status }) => <State state={status} />,
      sortBy: ({ status }) => status,
    },
    {
      key: 'topic',
      title: say('topic'),
      widthPx: 200,
      draw: ({ topic }) => <span title={topic}>{lastPart(topic)}</span>,
      sortBy: ({ topic }) => topic,
    },
    { key: 'channel', title: say('channel'), widthPx: 100, draw: ({ channel }) => channel },
    count('delivered'),
    count('pending'),
    count('deadLetters'),
    {
      key: 'lastSent',
      title: say('lastSent'),
      widthPx: 110,
      draw: ({ lastSent }) => <time className="x-number">{times.moment(lastSent)}</time>,
    },
    { key: 'owner', title: say('owner'), widthPx: 150, draw: ({ owner }) => owner },
    { key: 'endpoint', title: say('endpoint'), widthPx: 240, draw: ({ endpoint }) => endpoint },
  ]
}

type DrawerProps = { readonly row: SubscriptionRow | undefined; readonly onClose: () => void }

function SubscriptionDrawer({ row, onClose }: DrawerProps) {
  const say = useWords(monitorWords)
  const times = useTimes()
  const isNarrow = useIsNarrow()
  const { open } = useScreen()
  const facts = row
    ? ([
        [say('topic'), row.topic],
        [say('filters'), (row.filters ?? []).map((each) => JSON.stringify(each)).join(' ')],
        [say('channel'), [row.channel, row.endpoint].filter(Boolean).join(' ')],
        [say('payload'), row.content],
        [say('owner'), row.owner],
        [say('lastSent'), times.full(row.lastSent)],
        [say('ends'), times.full(row.ends)],
        [say('failures'), row.failures > 0 ? String(row.failures) : ''],
        [say('failingSince'), times.full(row.failingSince)],
        [say('lastError'), row.lastError],
      ] as const)
    : []
  return (
    <Drawer
      open={row !== undefined}
      title={row ? lastPart(row.topic) : ''}
      size={isNarrow ? '100%' : 480}
      onClose={onClose}
      destroyOnHidden
    >
      {row ? (
        <>
          <p>
            <State state={row.status} />
          </p>
          <dl className="rx-members">
            {facts
              .filter(([, text]) => text)
              .flatMap(([name, text]) => [<dt key={name}>{name}</dt>, <dd key={`${name}.`}>{text}</dd>])}
          </dl>
          <p className="rx-field">
            <Button onClick={() => open(resourceAddress('Subscription', row.id))}>
              {say('openResource')}
            </Button>
          </p>
          {row.status === 'error' ? <Resume id={row.id} waiting={row.deadLetters} /> : null}
        </>
      ) : null}
    </Drawer>
  )
}

function Resume({ id, waiting }: { readonly id: string; readonly waiting: number }) {
  const say = useWords(monitorWords)
  const mayResume = useMay('integration.subscription.resume')
  const act = useAct(
    (skipUndelivered: boolean) => ({
      path: `${path}/${encodeURIComponent(id)}/resume`,
      body: { skipUndelivered },
    }),
    { refreshes: [path] },
  )
  if (!mayResume) return null
  return (
    <>
      <p>{say('resumeHelp', { waiting })}</p>
      <p className="rx-field">
        <Button type="primary" loading={act.isRunning} onClick={() => void act.run(false)}>
          {say('resume')}
        </Button>
        <Button danger disabled={act.isRunning} onClick={() => void act.run(true)}>
          {say('resumeSkipping', { waiting })}
        </Button>
      </p>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </>
  )
}
