/** The versions written last, of every type; what arrives appears by itself. */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Times,
  useLive,
  useRefresh,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { useEffect, useMemo, useRef } from 'react'
import { resourceAddress } from '../contract.ts'
import { explorerWords, type SayExplorer } from './explorer-words.ts'
import { type Changed, changesOf } from './fhir/bundle.ts'
import { useDoor } from './fhir/door.ts'
import { titleOf } from './fhir/summary.ts'
import { Interaction } from './interaction.tsx'

const path = '_history?_count=40'
/** Each look is a read of the record that leaves an audit entry; a person reads no faster. */
const refreshEveryMs = 5_000

export function RecentChanges() {
  const say = useWords(explorerWords)
  const times = useTimes()
  const { search, setSearch, open } = useScreen()
  const answer = useDoor({ path }, { read: changesOf })
  useFollow()
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  const keyOf = ({ type, id, version }: Changed) => `${type}/${id}/${version}`
  return (
    <div className="rx-list">
      <Answered answer={answer}>
        {(changes) => (
          <DataGrid
            name="record-explorer.changes"
            label={say('recent')}
            rows={changes}
            columns={columns}
            keyOf={keyOf}
            selectedKey={search.get('change') ?? undefined}
            onSelect={(row) => setSearch({ change: keyOf(row) })}
            onOpen={({ type, id, version }) => open(resourceAddress(type, id, version))}
            opensOnClick
            narrowHeightPx={52}
            drawNarrow={(row) => <NarrowChange change={row} />}
            empty={<Empty title={say('noChanges')}>{say('noChangesHelp')}</Empty>}
          />
        )}
      </Answered>
    </div>
  )
}

/** Asks again some seconds after something was written, never more often. */
function useFollow(): void {
  const refresh = useRefresh()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useLive({ kinds: ['record.*'] }, () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void refresh(`/fhir/R4/${path}`)
      void refresh('/api/record-explorer/types')
    }, refreshEveryMs)
  })
}

function NarrowChange({ change }: { readonly change: Changed }) {
  const times = useTimes()
  return (
    <div className="rx-narrow">
      <div>
        <strong>{change.type}</strong>
        <time className="x-number x-quiet">{times.moment(change.at)}</time>
      </div>
      <div>
        <span className="x-cut">{(change.resource && titleOf(change.resource)) ?? change.id}</span>
        <Interaction interaction={change.interaction} />
      </div>
    </div>
  )
}

function columnsOf(say: SayExplorer, times: Times): readonly Column<Changed>[] {
  return [
    {
      key: 'at',
      title: say('when'),
      widthPx: 110,
      draw: ({ at }) => (
        <time className="x-number" title={times.full(at)}>
          {times.moment(at)}
        </time>
      ),
    },
    {
      key: 'interaction',
      title: say('act'),
      widthPx: 90,
      draw: ({ interaction }) => <Interaction interaction={interaction} />,
    },
    { key: 'type', title: say('type'), widthPx: 160, draw: ({ type }) => <strong>{type}</strong> },
    {
      key: 'version',
      title: say('version'),
      widthPx: 64,
      align: 'right',
      draw: ({ version }) => <span className="x-number">{version}</span>,
    },
    {
      key: 'title',
      title: say('content'),
      widthPx: 200,
      draw: ({ resource, id }) => (resource && titleOf(resource)) ?? <span className="x-quiet">{id}</span>,
    },
  ]
}
