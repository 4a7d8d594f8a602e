/** The messages, newest first: arrows move, Enter opens; what arrives appears at the top and is marked for some seconds. */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Times,
  useAskPages,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { useEffect, useMemo, useRef } from 'react'
import type { MessageRow, MessagesAnswer } from '../contract.ts'
import { integrationWords } from './integration-words.ts'
import { messagesPath } from './message-filters.tsx'
import { Outcome } from './outcome.tsx'

type Props = {
  readonly chosen: string | undefined
  readonly fresh: ReadonlySet<string>
  readonly onArrived: (ids: readonly string[]) => void
  readonly onChoose: (id: string) => void
}

export function MessageList({ chosen, fresh, onArrived, onChoose }: Props) {
  const say = useWords(integrationWords)
  const times = useTimes()
  const { search } = useScreen()
  const path = messagesPath(search)
  const { answer, more } = useAskPages<MessagesAnswer>(path, 'before')
  const pages = answer.state === 'ready' ? answer.data : undefined
  const rows = useMemo(() => unique(pages?.flatMap(({ messages }) => messages) ?? []), [pages])
  useArrivals(path, rows, onArrived)
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  return (
    <Answered answer={answer}>
      {() => (
        <DataGrid
          name="integration.messages"
          label={say('messages')}
          rows={rows}
          columns={columns}
          keyOf={({ id }) => id}
          selectedKey={chosen}
          freshKeys={fresh}
          onSelect={({ id }) => (chosen === undefined ? undefined : onChoose(id))}
          onOpen={({ id }) => onChoose(id)}
          opensOnClick
          autoFocus
          {...(more ? { onEndReached: more } : {})}
          drawNarrow={(row) => <NarrowLine row={row} times={times} />}
          empty={<Empty title={say('noMessages')}>{say('noMessagesHelp')}</Empty>}
        />
      )}
    </Answered>
  )
}

function NarrowLine({ row, times }: { readonly row: MessageRow; readonly times: Times }) {
  return (
    <div className="i-narrow">
      <div>
        <strong className="x-cut">{row.subject}</strong>
        <Outcome outcome={row.outcome} />
      </div>
      <div className="x-quiet">
        <span className="x-cut">{row.sender}</span>
        <span>{times.moment(row.receivedAt)}</span>
      </div>
    </div>
  )
}

/** Pages move while messages arrive: one that stands on two pages is shown once. */
function unique(rows: readonly MessageRow[]): readonly MessageRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

/** Tells which rows were not there before; a changed filter is no arrival. */
function useArrivals(path: string, rows: readonly MessageRow[], onArrived: Props['onArrived']): void {
  const before = useRef<{ path: string; newest: number }>(undefined)
  useEffect(() => {
    const newest = Math.max(0, ...rows.map(({ id }) => Number(id)))
    const known = before.current?.path === path ? before.current.newest : undefined
    if (known !== undefined && known > 0) {
      const arrived = rows.filter(({ id }) => Number(id) > known).map(({ id }) => id)
      if (arrived.length > 0) onArrived(arrived)
    }
    before.current = { path, newest }
  }, [path, rows, onArrived])
}

function columnsOf(
  say: ReturnType<typeof useWords<keyof typeof integrationWords.zh>>,
  times: Times,
): readonly Column<MessageRow>[] {
  return [
    {
      key: 'at',
      title: say('time'),
      widthPx: 150,
      draw: ({ receivedAt }) => <span className="x-number">{times.full(receivedAt)}</span>,
    },
    {
      key: 'outcome',
      title: say('outcome'),
      widthPx: 90,
      draw: ({ outcome }) => <Outcome outcome={outcome} />,
    },
    { key: 'door', title: say('door'), widthPx: 130, draw: ({ door }) => say(door) },
    { key: 'subject', title: say('subject'), widthPx: 140, draw: ({ subject }) => subject },
    { key: 'sender', title: say('sender'), widthPx: 150, draw: ({ sender }) => sender },
    {
      key: 'controlId',
      title: say('controlId'),
      widthPx: 170,
      draw: ({ controlId }) => <span title={controlId}>{controlId}</span>,
    },
    {
      key: 'latency',
      title: say('latency'),
      widthPx: 80,
      align: 'right',
      draw: ({ latencyMs }) =>
        latencyMs === undefined ? null : (
          <span className="x-number">
            {latencyMs < 10 ? latencyMs.toFixed(1) : Math.round(latencyMs)}
            <span className="x-unit">{say('ms')}</span>
          </span>
        ),
    },
    {
      key: 'made',
      title: say('made'),
      widthPx: 70,
      align: 'right',
      draw: ({ outcome, made }) => (outcome === 'accepted' ? say('madeCount', { number: made }) : null),
    },
    {
      key: 'times',
      title: say('times'),
      widthPx: 56,
      align: 'right',
      draw: ({ times: count }) => (count > 1 ? <span className="x-amber">×{count}</span> : null),
    },
    {
      key: 'why',
      title: say('why'),
      widthPx: 260,
      draw: ({ code, at }) =>
        code ? <span className="x-red">{[at, code].filter(Boolean).join(' · ')}</span> : null,
    },
  ]
}
