/** The deliveries of an interface: by state, destination, key and words; refused ones are sent again or given up together. */
import { Answered, type Column, DataGrid, Empty, useAsk, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Input, Segmented, Select } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import type { DeliveriesAnswer, DeliveriesQuestion, DeliveryRow, InterfaceRow } from '../contract.ts'
import { BulkActs } from './bulk-acts.tsx'
import { interfaceWords } from './interface-words.ts'
import { msBetween, Span } from './span.tsx'

const askEveryMs = 3_000
const settleMs = 300
const states = ['waiting', 'refused', 'sent', 'dropped'] as const
const tones = { waiting: 'x-blue', sent: 'x-green', refused: 'x-red', dropped: 'x-quiet' } as const

export function Deliveries({ row }: { readonly row: InterfaceRow }) {
  const say = useWords(interfaceWords)
  const { search, setSearch } = useScreen()
  const [key, setKey] = useState('')
  const [text, setText] = useState('')
  const destination = search.get('destination') ?? undefined
  const state = states.find((each) => each === search.get('state'))
  const question: DeliveriesQuestion = {
    interface: row.id,
    ...(destination ? { destination } : {}),
    ...(state ? { state } : {}),
    ...(key ? { key } : {}),
    ...(text ? { text } : {}),
  }
  return (
    <>
      <div className="i-tools">
        <Select
          size="small"
          className="i-door"
          aria-label={say('destination')}
          value={destination ?? ''}
          onChange={(value: string) => setSearch({ destination: value || undefined })}
          options={[
            { value: '', label: say('everyDestination') },
            ...row.destinations.map(({ id }) => ({ value: id, label: id })),
          ]}
        />
        <Segmented
          size="small"
          value={state ?? ''}
          onChange={(value) => setSearch({ state: value || undefined })}
          options={[
            { value: '', label: say('everyState') },
            ...states.map((value) => ({ value, label: say(`state-${value}`) })),
          ]}
        />
        <Find label={say('findKey')} onFind={setKey} />
        <Find label={say('findText')} onFind={setText} />
        {destination && state === 'refused' ? <BulkActs question={question} name={destination} /> : null}
      </div>
      <DeliveryList question={question} onOpen={(message) => setSearch({ message })} />
    </>
  )
}

function Find({ label, onFind }: { readonly label: string; readonly onFind: (words: string) => void }) {
  const [typed, setTyped] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => onFind(typed.trim()), settleMs)
    return () => clearTimeout(timer)
  }, [typed, onFind])
  return (
    <Input
      size="small"
      allowClear
      className="i-find-short"
      value={typed}
      placeholder={label}
      aria-label={label}
      onChange={({ target }) => setTyped(target.value)}
    />
  )
}

type ListProps = { readonly question: DeliveriesQuestion; readonly onOpen: (message: string) => void }

function DeliveryList({ question, onOpen }: ListProps) {
  const say = useWords(interfaceWords)
  const answer = useAsk<DeliveriesAnswer>('/api/integration/deliveries/search', {
    body: question,
    everyMs: askEveryMs,
    keepsPrevious: true,
  })
  const columns = useColumns()
  return (
    <div className="i-list">
      <Answered answer={answer}>
        {({ deliveries, next }) => (
          <>
            {next ? (
              <p className="i-note x-quiet">{say('newestOnly', { count: deliveries.length })}</p>
            ) : null}
            <DataGrid
              name="integration.deliveries"
              label={say('deliveries')}
              rows={deliveries}
              columns={columns}
              keyOf={({ id }) => id}
              onOpen={({ message }) => onOpen(message)}
              opensOnClick
              drawNarrow={(row) => <NarrowLine row={row} />}
              empty={<Empty title={say('noDeliveries')}>{say('noDeliveriesHelp')}</Empty>}
            />
          </>
        )}
      </Answered>
    </div>
  )
}

function NarrowLine({ row }: { readonly row: DeliveryRow }) {
  const say = useWords(interfaceWords)
  const times = useTimes()
  return (
    <div className="i-narrow">
      <div>
        <strong>{row.destination}</strong>
        <span className={tones[row.state]}>{say(`state-${row.state}`)}</span>
      </div>
      <div className="x-quiet">
        <span className="x-cut">{row.reason ?? row.code}</span>
        <span>{times.moment(row.askedAt)}</span>
      </div>
    </div>
  )
}

function useColumns(): readonly Column<DeliveryRow>[] {
  const say = useWords(interfaceWords)
  const times = useTimes()
  return useMemo(
    () => [
      {
        key: 'asked',
        title: say('asked'),
        widthPx: 150,
        draw: ({ askedAt }) => <span className="x-number">{times.full(askedAt)}</span>,
      },
      {
        key: 'state',
        title: say('state'),
        widthPx: 90,
        draw: ({ state }) => <span className={tones[state]}>{say(`state-${state}`)}</span>,
      },
      { key: 'destination', title: say('destination'), widthPx: 140, draw: ({ destination }) => destination },
      {
        key: 'took',
        title: say('took'),
        widthPx: 90,
        align: 'right',
        draw: ({ askedAt, settledAt }) => <Span ms={settledAt ? msBetween(askedAt, settledAt) : undefined} />,
      },
      { key: 'tries', title: say('tries'), widthPx: 60, align: 'right', draw: ({ tries }) => tries },
      { key: 'version', title: say('version'), widthPx: 80, draw: ({ version }) => version },
      {
        key: 'why',
        title: say('why'),
        widthPx: 360,
        draw: ({ code, reason }) => (
          <span className="x-red">{[code, reason].filter(Boolean).join(' · ')}</span>
        ),
      },
    ],
    [say, times],
  )
}
