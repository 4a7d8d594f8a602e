/** Which accesses stand out, why, and has somebody judged them? */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  Go,
  type Say,
  type Times,
  useAsk,
  useLive,
  useRefresh,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Segmented } from 'antd'
import { useMemo } from 'react'
import { type AnomaliesAnswer, type AnomalyRow, auditScreens } from '../contract.ts'
import { AnomalyDetail } from './anomaly-detail.tsx'
import { DaysChoice, useDays } from './days.tsx'
import { type AuditWord, words } from './words.ts'
import './audit.css'

export function AnomaliesScreen() {
  const say = useWords(words)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const state = states.find((each) => each === search.get('state')) ?? 'open'
  const refresh = useRefresh()
  useLive({ kinds: ['audit.anomaly-*'] }, () => void refresh('/api/audit/anomalies'))
  const answer = useAsk<AnomaliesAnswer>(`/api/audit/anomalies?days=${useDays()}`, { keepsPrevious: true })
  const data = answer.state === 'ready' ? answer.data : undefined
  const patients = data?.patients
  const columns = useMemo(() => columnsOf(say, times, patients), [say, times, patients])
  const chosen = data?.anomalies.find(({ id }) => id === search.get('chosen'))
  const choose = ({ id }: AnomalyRow) => setSearch({ chosen: id })
  return (
    <div className="audit-screen">
      <div className="audit-tools">
        <Segmented
          aria-label={say('state')}
          value={state}
          options={states.map((value) => ({ value, label: say(stateWords[value]) }))}
          onChange={(value) => setSearch({ state: value, chosen: undefined })}
        />
        <DaysChoice />
        <div className="audit-end">
          <Go to={auditScreens.rules}>{say('rules')}</Go>
        </div>
      </div>
      <div className="audit-body">
        <div className="audit-list">
          <Answered answer={answer}>
            {({ anomalies }) => (
              <DataGrid
                name="audit.anomalies"
                label={say('anomalies')}
                rows={anomalies.filter((row) => state === 'all' || stateOf(row) === state)}
                columns={columns}
                keyOf={({ id }) => id}
                selectedKey={chosen?.id}
                onSelect={choose}
                onOpen={choose}
                drawNarrow={(row) => <NarrowAnomaly row={row} />}
                empty={<Empty title={say('noAnomalies')}>{say('noAnomaliesHelp')}</Empty>}
              />
            )}
          </Answered>
        </div>
        {chosen && data ? (
          <AnomalyDetail
            key={chosen.id}
            row={chosen}
            rule={data.rules.find(({ id }) => id === chosen.rule)}
            onClose={() => setSearch({ chosen: undefined })}
          />
        ) : null}
      </div>
    </div>
  )
}

const states = ['open', 'explained', 'confirmed', 'all'] as const
const stateWords = { open: 'waiting', explained: 'justified', confirmed: 'notJustified', all: 'all' } as const

function stateOf({ review }: AnomalyRow): 'open' | 'explained' | 'confirmed' {
  if (!review) return 'open'
  return review.outcome === 'justified' ? 'explained' : 'confirmed'
}

/** A sign and a word, never colour alone. */
export function AnomalyState({ row: { review } }: { readonly row: AnomalyRow }) {
  const say = useWords(words)
  if (!review) return <span>○ {say('waiting')}</span>
  return review.outcome === 'justified' ? (
    <span>✓ {say('justified')}</span>
  ) : (
    <span className="x-red">✗ {say('notJustified')}</span>
  )
}

function NarrowAnomaly({ row }: { readonly row: AnomalyRow }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <div className="audit-narrow">
      <div>
        <strong className="x-cut">{row.actorDisplay}</strong>
        <AnomalyState row={row} />
      </div>
      <div className="x-quiet">
        <span className="x-cut">{say(row.rule)}</span>
        <span>{times.moment(row.until)}</span>
      </div>
    </div>
  )
}

function columnsOf(
  say: Say<AuditWord>,
  times: Times,
  patients: AnomaliesAnswer['patients'] | undefined,
): readonly Column<AnomalyRow>[] {
  return [
    { key: 'state', title: say('state'), widthPx: 120, draw: (row) => <AnomalyState row={row} /> },
    {
      key: 'rule',
      title: say('rule'),
      widthPx: 180,
      draw: ({ rule }) => say(rule),
      sortBy: ({ rule }) => rule,
    },
    { key: 'who', title: say('who'), widthPx: 150, draw: ({ actorDisplay }) => actorDisplay },
    {
      key: 'patient',
      title: say('patient'),
      widthPx: 180,
      draw: ({ patient }) => patient && (patients?.[patient]?.name ?? patient),
    },
    {
      key: 'patients',
      title: say('patients'),
      widthPx: 90,
      draw: ({ patients }) => patients,
      sortBy: ({ patients }) => patients,
    },
    {
      key: 'accesses',
      title: say('accesses'),
      widthPx: 90,
      draw: ({ accesses }) => accesses,
      sortBy: ({ accesses }) => accesses,
    },
    { key: 'since', title: say('since'), widthPx: 140, draw: ({ since }) => times.moment(since) },
    {
      key: 'until',
      title: say('until'),
      widthPx: 140,
      draw: ({ until }) => times.moment(until),
      sortBy: ({ until }) => until,
    },
  ]
}
