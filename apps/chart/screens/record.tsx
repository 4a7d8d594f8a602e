/** The record of one patient: the banner, then one section at a time; what arrives appears by itself. */

import { EyeOutlined, HistoryOutlined } from '@ant-design/icons'
import { auditPermissions, explorerAddress } from '@xinglin/audit/contract'
import {
  Answered,
  AppLauncher,
  ask,
  Go,
  Loading,
  OpenGlass,
  PatientBanner,
  RefusedChart,
  Stale,
  useAsk,
  useFresh,
  useIsNarrow,
  useLive,
  useMay,
  useRefresh,
  useScreen,
  useTimes,
  useTitle,
  useWords,
} from '@xinglin/kit'
import { Button } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { recordAddress } from '../contract.ts'
import type { RecordAnswer } from '../reading/shapes.ts'
import { Documents } from './documents.tsx'
import { Images } from './images.tsx'
import { Medications } from './medications.tsx'
import { Overview } from './overview.tsx'
import { PastStrip } from './past-strip.tsx'
import { type RecordPlace, RecordPlaceProvider } from './record-place.ts'
import { Results } from './results.tsx'
import { type Section, SectionBar, sectionIn } from './section-bar.tsx'
import { SourceDrawer } from './source-drawer.tsx'
import { Timeline } from './timeline.tsx'
import { recordPath, usePast } from './use-past.ts'
import { Visits } from './visits.tsx'
import { words } from './words.ts'
import './chart.css'

/** Entries of one message come within milliseconds of one another and are asked for once. */
const settleMs = 150

const chartPaths = ['/api/chart']

export function Screen() {
  const { params } = useScreen()
  const { asOf } = usePast()
  const patient = params.id ?? ''
  const answer = useAsk<RecordAnswer>(recordPath(patient, 'record', asOf), { keepsPrevious: true })
  useNoteRecent(patient)
  if (answer.state === 'refused')
    return <RefusedChart patient={patient} error={answer.error} refreshes={chartPaths} />
  const record = (
    <Answered answer={answer}>
      {/* What stays on the page while another is asked for must be of the same patient. */}
      {(shown) => (shown.patient.id === patient ? <OpenRecord record={shown} /> : <Loading />)}
    </Answered>
  )
  if (asOf === undefined || answer.state !== 'failed') return record
  return (
    <div className="chart-record">
      <PastStrip patient={patient} shown={asOf} />
      {record}
    </div>
  )
}

function OpenRecord({ record }: { readonly record: RecordAnswer }) {
  const { search, setSearch } = useScreen()
  const times = useTimes()
  const { patient, asOf } = record
  const past = usePast()
  const { fresh, live } = useArrivals(patient.id, asOf !== undefined)
  const [source, setSource] = useState<{ readonly key: string; readonly name: string }>()
  const section = sectionIn(search)
  useTitle(asOf === undefined ? patient.name : `${patient.name} · ${times.moment(asOf)}`)
  const show = useCallback<RecordPlace['show']>(
    (next, more) => setSearch({ section: next === 'overview' ? undefined : next, ...more }),
    [setSearch],
  )
  const openSource = useCallback((key: string, name: string) => setSource({ key, name }), [])
  const place = useMemo(
    () => ({
      patient: patient.id,
      fresh,
      show,
      openSource,
      pathOf: (path: string) => recordPath(patient.id, path, asOf),
    }),
    [patient.id, asOf, fresh, show, openSource],
  )
  return (
    <RecordPlaceProvider value={place}>
      <div className="chart-record">
        <PatientBanner patient={patient} asOf={asOf} actions={<Actions record={record} />} />
        <OpenGlass patient={patient.id} refreshes={chartPaths} />
        {past.isOpen ? <PastStrip patient={patient.id} shown={asOf} /> : null}
        {patient.replacedBy ? <Merged into={patient.replacedBy} /> : null}
        {live.state === 'lost' && asOf === undefined ? <Stale sinceMs={live.sinceMs} /> : null}
        <SectionBar section={section} record={record} />
        <div
          className={`chart-section ${past.asOf === asOf ? '' : 'chart-past-waiting'}`}
          aria-busy={past.asOf !== asOf}
        >
          <SectionBody section={section} record={record} />
        </div>
      </div>
      <SourceDrawer source={source} onClose={() => setSource(undefined)} />
    </RecordPlaceProvider>
  )
}

/** What can be done with the whole record; apps of others see the present alone. */
function Actions({ record: { patient, visits, asOf } }: { readonly record: RecordAnswer }) {
  const present = visits.find(({ isPresent }) => isPresent)
  return (
    <>
      {asOf === undefined ? (
        <AppLauncher patient={patient.id} encounter={present?.key.replace('Encounter/', '')} />
      ) : null}
      <WhoOpened patient={patient.id} />
      <LookBack />
    </>
  )
}

/** For those who may read the trail. */
function WhoOpened({ patient }: { readonly patient: string }) {
  const say = useWords(words)
  const isNarrow = useIsNarrow()
  const { open } = useScreen()
  if (!useMay(auditPermissions.readTrail)) return null
  return (
    <Button
      type="text"
      size="small"
      icon={<EyeOutlined />}
      aria-label={say('whoOpened')}
      title={say('whoOpened')}
      onClick={() => open(explorerAddress({ patient }))}
    >
      {isNarrow ? null : say('whoOpened')}
    </Button>
  )
}

/** Opens and closes the slider. */
function LookBack() {
  const say = useWords(words)
  const isNarrow = useIsNarrow()
  const { isOpen, setOpen } = usePast()
  return (
    <Button
      type="text"
      size="small"
      icon={<HistoryOutlined />}
      aria-label={say('lookBack')}
      aria-pressed={isOpen}
      onClick={() => setOpen(!isOpen)}
    >
      {isNarrow ? null : say('lookBack')}
    </Button>
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

/**
 * Follows the log of this patient: marks what arrived and asks again for what is shown. The past does not change: while it
 * is on the page nothing is followed, and on the way back to the present all is asked again.
 */
function useArrivals(patient: string, isPast: boolean) {
  const refresh = useRefresh()
  const wasPast = useRef(isPast)
  useEffect(() => {
    if (wasPast.current && !isPast) void refresh(recordPath(patient, '', undefined))
    wasPast.current = isPast
  }, [isPast, patient, refresh])
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
  const live = useLive(isPast ? undefined : { patient }, (entries) => {
    const keys = entries.flatMap(({ resourceType, resourceId }) =>
      resourceType && resourceId ? [`${resourceType}/${resourceId}`] : [],
    )
    for (const key of keys) arrived.current.add(key)
    timer.current ??= setTimeout(() => {
      const fresh = [...arrived.current]
      arrived.current.clear()
      timer.current = undefined
      void refresh(recordPath(patient, '', undefined)).then(() => mark(fresh))
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
