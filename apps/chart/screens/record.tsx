/** The record of one patient: the banner, then one section at a time; what arrives appears by itself. */
import {
  Answered,
  ask,
  Go,
  PatientBanner,
  Stale,
  useAsk,
  useFresh,
  useLive,
  useRefresh,
  useScreen,
  useTitle,
  useWords,
} from '@xinglin/kit'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { recordAddress } from '../contract.ts'
import type { RecordAnswer } from '../reading/shapes.ts'
import { Documents } from './documents.tsx'
import { Images } from './images.tsx'
import { Medications } from './medications.tsx'
import { Overview } from './overview.tsx'
import { type RecordPlace, RecordPlaceProvider } from './record-place.ts'
import { Results } from './results.tsx'
import { type Section, SectionBar, sectionIn } from './section-bar.tsx'
import { SourceDrawer } from './source-drawer.tsx'
import { Timeline } from './timeline.tsx'
import { Visits } from './visits.tsx'
import { words } from './words.ts'
import './chart.css'

/** Entries of one message come within milliseconds of one another and are asked for once. */
const settleMs = 150

export function Screen() {
  const { params } = useScreen()
  const patient = params.id ?? ''
  const answer = useAsk<RecordAnswer>(`/api/chart/patients/${encodeURIComponent(patient)}/record`)
  useNoteRecent(patient)
  return <Answered answer={answer}>{(record) => <OpenRecord record={record} />}</Answered>
}

function OpenRecord({ record }: { readonly record: RecordAnswer }) {
  const { search, setSearch } = useScreen()
  const { patient } = record
  const { fresh, live } = useArrivals(patient.id)
  const [source, setSource] = useState<{ readonly key: string; readonly name: string }>()
  const section = sectionIn(search)
  useTitle(patient.name)
  const show = useCallback<RecordPlace['show']>(
    (next, more) => setSearch({ section: next === 'overview' ? undefined : next, ...more }),
    [setSearch],
  )
  const openSource = useCallback((key: string, name: string) => setSource({ key, name }), [])
  const place = useMemo(
    () => ({ patient: patient.id, fresh, show, openSource }),
    [patient.id, fresh, show, openSource],
  )
  return (
    <RecordPlaceProvider value={place}>
      <div className="chart-record">
        <PatientBanner patient={patient} />
        {patient.replacedBy ? <Merged into={patient.replacedBy} /> : null}
        {live.state === 'lost' ? <Stale sinceMs={live.sinceMs} /> : null}
        <SectionBar section={section} record={record} />
        <div className="chart-section">
          <SectionBody section={section} record={record} />
        </div>
      </div>
      <SourceDrawer source={source} onClose={() => setSource(undefined)} />
    </RecordPlaceProvider>
  )
}

function SectionBody({ section, record }: { readonly section: Section; readonly record: RecordAnswer }) {
  switch (section) {
    case 'overview':
      return <Overview record={record} />
    case 'results':
      return <Results />
    case 'medications':
      return <Medications medications={record.medications} />
    case 'visits':
      return <Visits visits={record.visits} />
    case 'images':
      return <Images studies={record.studies} />
    case 'documents':
      return <Documents documents={record.documents} />
    case 'timeline':
      return <Timeline />
  }
}

function Merged({ into }: { readonly into: string }) {
  const say = useWords(words)
  return (
    <p className="chart-merged">
      {say('merged')} · <Go to={recordAddress(into)}>{say('openMerged')}</Go>
    </p>
  )
}

/** Follows the log of this patient: marks what arrived and asks again for what is shown. */
function useArrivals(patient: string) {
  const refresh = useRefresh()
  const [fresh, mark] = useFresh()
  const arrived = useRef(new Set<string>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  const live = useLive({ patient }, (entries) => {
    const keys = entries.flatMap(({ resourceType, resourceId }) =>
      resourceType && resourceId ? [`${resourceType}/${resourceId}`] : [],
    )
    for (const key of keys) arrived.current.add(key)
    timer.current ??= setTimeout(() => {
      const fresh = [...arrived.current]
      arrived.current.clear()
      timer.current = undefined
      void refresh(`/api/chart/patients/${encodeURIComponent(patient)}/`).then(() => mark(fresh))
    }, settleMs)
  })
  return { fresh, live }
}

function useNoteRecent(patient: string): void {
  const refresh = useRefresh()
  useEffect(() => {
    if (!patient) return
    // A record is read all the same where noting it fails; the session's end is met by the next question.
    void ask('/api/chart/recent', { method: 'POST', body: { patient } }).then(
      () => refresh('/api/chart/recent'),
      () => undefined,
    )
  }, [patient, refresh])
}
