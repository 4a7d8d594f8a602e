/** Who was merged into whom, by whom and why, and what undoing it would do? */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Say,
  type Times,
  useAskPages,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { useMemo } from 'react'
import type { MergeRow, MergesAnswer } from '../contract.ts'
import { calledText } from './meanings.ts'
import { MergeDetail } from './merge-detail.tsx'
import { PersonText } from './parts.tsx'
import { type MasterIndexWord, words } from './words.ts'
import './master-index.css'

export function MergesScreen() {
  const say = useWords(words)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const { answer, more } = useAskPages<MergesAnswer>('/api/master-index/merges', 'before')
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  return (
    <div className="mi-screen">
      <Answered answer={answer}>
        {(pages) => {
          const merges = pages.flatMap((page) => page.merges)
          const chosen = merges.find(({ id }) => id === search.get('merge'))
          return (
            <div className="mi-body">
              <div className={chosen ? 'mi-list mi-beside-half' : 'mi-list'}>
                <DataGrid
                  name="master-index.merges"
                  label={say('merges')}
                  rows={merges}
                  columns={columns}
                  keyOf={({ id }) => id}
                  selectedKey={chosen?.id}
                  onSelect={({ id }) => setSearch({ merge: id })}
                  onOpen={({ id }) => setSearch({ merge: id })}
                  drawNarrow={(row) => <NarrowMerge row={row} />}
                  narrowHeightPx={64}
                  {...(more ? { onEndReached: more } : {})}
                  empty={<Empty title={say('noMerges')}>{say('noMergesHelp')}</Empty>}
                />
              </div>
              {chosen ? (
                <MergeDetail key={chosen.id} row={chosen} onClose={() => setSearch({ merge: undefined })} />
              ) : null}
            </div>
          )
        }}
      </Answered>
    </div>
  )
}

/** A sign and a word, never colour alone. */
export function MergeState({ row }: { readonly row: MergeRow }) {
  const say = useWords(words)
  return (
    <span className={row.undone ? 'mi-mark x-quiet' : 'mi-mark'}>
      {row.undone ? `↺ ${say('undone')}` : `● ${say('stands')}`}
    </span>
  )
}

function NarrowMerge({ row }: { readonly row: MergeRow }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <div className="mi-narrow">
      <div>
        <strong className="x-cut">
          {calledText(say, row.merged)} → {calledText(say, row.survivor)}
        </strong>
        <MergeState row={row} />
      </div>
      <div className="x-quiet x-cut">
        {times.moment(row.at)} · {row.actorDisplay} · {row.reason}
      </div>
    </div>
  )
}

function columnsOf(say: Say<MasterIndexWord>, times: Times): readonly Column<MergeRow>[] {
  return [
    { key: 'state', title: say('state'), widthPx: 90, draw: (row) => <MergeState row={row} /> },
    {
      key: 'at',
      title: say('at'),
      widthPx: 130,
      draw: ({ at }) => times.moment(at),
      sortBy: ({ at }) => at,
    },
    {
      key: 'survivor',
      title: say('survivor'),
      widthPx: 240,
      draw: ({ survivor }) => <PersonText person={survivor} />,
    },
    {
      key: 'merged',
      title: say('merged'),
      widthPx: 240,
      draw: ({ merged }) => <PersonText person={merged} />,
    },
    { key: 'by', title: say('by'), widthPx: 120, draw: ({ actorDisplay }) => actorDisplay },
    {
      key: 'origin',
      title: say('origin'),
      widthPx: 130,
      draw: ({ origin }) => say(origin === 'desk' ? 'originDesk' : 'originMessage'),
    },
    {
      key: 'reason',
      title: say('reason'),
      widthPx: 220,
      draw: ({ reason }) => <span title={reason}>{reason}</span>,
    },
  ]
}
