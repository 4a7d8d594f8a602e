/** Who broke the glass, and was it right? What nobody has judged within a day stands out. */
import { WarningFilled } from '@ant-design/icons'
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Say,
  type Times,
  useAsk,
  useFresh,
  useLive,
  useRefresh,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Segmented } from 'antd'
import { useMemo } from 'react'
import type { GlassAnswer, GlassRow } from '../contract.ts'
import { GlassDetail } from './glass-detail.tsx'
import { type PrivacyWord, words } from './words.ts'
import './privacy.css'

const path = '/api/privacy/glass'
const states = ['waiting', 'overdue', 'reviewed', 'all'] as const

export function GlassScreen() {
  const say = useWords(words)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const state = states.find((each) => each === search.get('state')) ?? 'waiting'
  const answer = useAsk<GlassAnswer>(state === 'all' ? path : `${path}?state=${state}`, {
    keepsPrevious: true,
  })
  const [fresh, mark] = useFresh()
  useArrivals(mark)
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  const chosen =
    answer.state === 'ready' ? answer.data.glass.find(({ id }) => id === search.get('glass')) : undefined
  return (
    <div className="privacy-screen">
      <div className="privacy-tools">
        <Segmented
          value={state}
          options={states.map((value) => ({ value, label: say(value) }))}
          onChange={(value) => setSearch({ state: value, glass: undefined })}
        />
      </div>
      <div className="privacy-body">
        <div className="privacy-list">
          <Answered answer={answer}>
            {({ glass }) => (
              <DataGrid
                name="privacy.glass"
                label={say('glass')}
                rows={glass}
                columns={columns}
                keyOf={({ id }) => id}
                selectedKey={chosen?.id}
                freshKeys={fresh}
                onSelect={({ id }) => setSearch({ glass: id })}
                onOpen={({ id }) => setSearch({ glass: id })}
                drawNarrow={(row) => <NarrowGlass row={row} />}
                empty={<Empty title={say('noGlass')}>{say('noGlassHelp')}</Empty>}
              />
            )}
          </Answered>
        </div>
        {chosen ? <GlassDetail row={chosen} onClose={() => setSearch({ glass: undefined })} /> : null}
      </div>
    </div>
  )
}

/** What is broken while the page is open appears by itself. */
function useArrivals(mark: (keys: readonly string[]) => void): void {
  const refresh = useRefresh()
  useLive({ kinds: ['identity.glass-*'] }, (entries) => {
    void refresh(path).then(() => mark(entries.flatMap(({ resourceId }) => resourceId ?? [])))
  })
}

/** A sign and a word, never colour alone. */
export function GlassState({ row }: { readonly row: GlassRow }) {
  const say = useWords(words)
  if (row.review)
    return (
      <span className={`privacy-mark ${row.review.outcome === 'justified' ? '' : 'x-red'}`}>
        {row.review.outcome === 'justified' ? '✓' : '✗'}{' '}
        {say(row.review.outcome === 'justified' ? 'justified' : 'notJustified')}
      </span>
    )
  if (row.isOverdue)
    return (
      <span className="privacy-mark x-red">
        <WarningFilled aria-hidden /> {say('overdue')}
      </span>
    )
  return <span className="privacy-mark">○ {say('waiting')}</span>
}

function NarrowGlass({ row }: { readonly row: GlassRow }) {
  const times = useTimes()
  return (
    <div className="privacy-narrow">
      <div>
        <strong className="x-cut">
          {row.holderDisplay} → {row.patient.name}
        </strong>
        <GlassState row={row} />
      </div>
      <div className="x-quiet">
        <span className="x-cut">{row.reason}</span>
        <span>{times.moment(row.since)}</span>
      </div>
    </div>
  )
}

function columnsOf(say: Say<PrivacyWord>, times: Times): readonly Column<GlassRow>[] {
  return [
    { key: 'state', title: say('outcome'), widthPx: 100, draw: (row) => <GlassState row={row} /> },
    {
      key: 'since',
      title: say('since'),
      widthPx: 140,
      draw: ({ since }) => times.moment(since),
      sortBy: ({ since }) => since,
    },
    { key: 'who', title: say('who'), widthPx: 140, draw: ({ holderDisplay }) => holderDisplay },
    { key: 'patient', title: say('patient'), widthPx: 160, draw: ({ patient }) => patient.name },
    {
      key: 'due',
      title: say('due'),
      widthPx: 140,
      draw: ({ reviewDue }) => times.moment(reviewDue),
      sortBy: ({ reviewDue }) => reviewDue,
    },
    {
      key: 'reason',
      title: say('reason'),
      widthPx: 320,
      draw: ({ reason }) => <span title={reason}>{reason}</span>,
    },
  ]
}
