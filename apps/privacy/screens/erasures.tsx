/** Which granted deletions wait for a second person, and what became of the others? */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Say,
  type Times,
  useAsk,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { useMemo } from 'react'
import type { ErasureRow, ErasuresAnswer } from '../contract.ts'
import { ErasureDetail } from './erasure-detail.tsx'
import { type ErasureWord, erasureWords } from './erasure-words.ts'
import './privacy.css'

const path = '/api/privacy/erasures'
/** While one is being carried out. */
const everyMs = 3_000

export function ErasuresScreen() {
  const say = useWords(erasureWords)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const answer = useAsk<ErasuresAnswer>(path, { everyMs })
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  const chosen =
    answer.state === 'ready' ? answer.data.erasures.find(({ id }) => id === search.get('erasure')) : undefined
  return (
    <div className="privacy-screen">
      <div className="privacy-body">
        <div className="privacy-list">
          <Answered answer={answer}>
            {({ erasures }) => (
              <DataGrid
                name="privacy.erasures"
                label={say('erasures')}
                rows={erasures}
                columns={columns}
                keyOf={({ id }) => id}
                selectedKey={chosen?.id}
                onSelect={({ id }) => setSearch({ erasure: id })}
                onOpen={({ id }) => setSearch({ erasure: id })}
                drawNarrow={(row) => <NarrowErasure row={row} />}
                empty={<Empty title={say('none')}>{say('noneHelp')}</Empty>}
              />
            )}
          </Answered>
        </div>
        {chosen ? (
          <ErasureDetail key={chosen.id} row={chosen} onClose={() => setSearch({ erasure: undefined })} />
        ) : null}
      </div>
    </div>
  )
}

const signs = { asked: '○', running: '…', kept: '✓', done: '✓', declined: '✗' } as const

/** A sign and a word, never colour alone. */
export function ErasureState({ row: { state, share } }: { readonly row: ErasureRow }) {
  const say = useWords(erasureWords)
  return (
    <span className="privacy-mark">
      {signs[state]} {say(state)}
      {state === 'running' ? ` ${Math.floor(share * 100)}%` : ''}
    </span>
  )
}

function NarrowErasure({ row }: { readonly row: ErasureRow }) {
  const say = useWords(erasureWords)
  const times = useTimes()
  return (
    <div className="privacy-narrow">
      <div>
        <strong className="x-cut">{row.patient?.name ?? say('nobody')}</strong>
        <ErasureState row={row} />
      </div>
      <div className="x-quiet">
        <span className="x-cut">{row.grantedBy}</span>
        <span>{times.day(row.granted)}</span>
      </div>
    </div>
  )
}

function columnsOf(say: Say<ErasureWord>, times: Times): readonly Column<ErasureRow>[] {
  return [
    { key: 'state', title: say('state'), widthPx: 240, draw: (row) => <ErasureState row={row} /> },
    {
      key: 'person',
      title: say('person'),
      widthPx: 180,
      draw: ({ patient }) => patient?.name ?? <span className="x-quiet">{say('nobody')}</span>,
    },
    {
      key: 'granted',
      title: say('granted'),
      widthPx: 220,
      draw: ({ grantedBy, granted }) => say('by', { name: grantedBy, time: times.moment(granted) }),
      sortBy: ({ granted }) => granted,
    },
    {
      key: 'confirmed',
      title: say('confirmed'),
      widthPx: 220,
      draw: ({ decidedBy, decided }) =>
        decidedBy && decided ? say('by', { name: decidedBy, time: times.moment(decided) }) : '',
    },
  ]
}
