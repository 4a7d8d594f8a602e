/** Finding a patient: results while typing, recent ones before, everything by arrows and Enter. */
import { SearchOutlined } from '@ant-design/icons'
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  nextRow,
  RefusedFinder,
  useAsk,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Input } from 'antd'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useState } from 'react'
import { recordAddress } from '../contract.ts'
import type { FoundPatient } from './found-patient.ts'
import { words } from './words.ts'
import './chart.css'

type FoundAnswer = { readonly patients: readonly FoundPatient[] }
/** Page keys jump by a screenful of rows. */
const pageRows = 15

export function Screen() {
  const say = useWords(words)
  const { open } = useScreen()
  // Kept by the tab, not by its address: a name in an address would stay in histories.
  const [typed, setTyped] = useState('')
  const text = typed.trim()
  const answer = useAsk<FoundAnswer>(text ? '/api/chart/find' : '/api/chart/recent', {
    ...(text ? { body: { text } } : {}),
    keepsPrevious: true,
    staleAfterMs: 0,
  })
  const [chosen, setChosen] = useState<string>()
  useEffect(fetchRecordScreen, [])
  const patients = answer.state === 'ready' ? answer.data.patients : []
  const chosenIndex = Math.max(
    0,
    patients.findIndex(({ id }) => id === chosen),
  )
  const onKeyDown = (event: KeyboardEvent) => {
    const patient = patients[chosenIndex]
    if (event.key === 'Enter' && patient) return open(recordAddress(patient.id))
    if (event.key === 'Home' || event.key === 'End') return
    const next = nextRow(event.key, { selectedIndex: chosenIndex, count: patients.length, pageRows })
    if (next === undefined) return
    event.preventDefault()
    setChosen(patients[next]?.id)
  }
  return (
    <div className="chart-find">
      <div className="chart-find-line">
        <Input
          autoFocus
          allowClear
          size="large"
          prefix={<SearchOutlined />}
          aria-label={say('findPlaceholder')}
          placeholder={say('findPlaceholder')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setChosen(undefined)
          }}
          onKeyDown={onKeyDown}
        />
        <p className="x-quiet">
          {say(typed ? 'found' : 'recent')} <span className="chart-wide">· {say('findKeys')}</span>
        </p>
      </div>
      <div className="chart-find-list">
        <Answered answer={answer}>
          {() => (
            <PatientGrid
              patients={patients}
              chosen={patients[chosenIndex]?.id}
              onSelect={setChosen}
              empty={<NobodyFound typed={typed.trim()} />}
            />
          )}
        </Answered>
      </div>
    </div>
  )
}

/** The next screen comes while the name is being typed; where that fails, opening it tells. */
function fetchRecordScreen(): void {
  void import('./record.tsx').catch(() => undefined)
}

function NobodyFound({ typed }: { readonly typed: string }) {
  const say = useWords(words)
  const { open } = useScreen()
  if (typed)
    return (
      <Empty
        title={say('noHit', { text: typed })}
        action={<RefusedFinder text={typed} onOpen={(id) => open(recordAddress(id))} />}
      >
        {say('noHitHelp')}
      </Empty>
    )
  return <Empty title={say('recentEmpty')}>{say('recentEmptyHelp')}</Empty>
}

type GridProps = {
  readonly patients: readonly FoundPatient[]
  readonly chosen: string | undefined
  readonly onSelect: (id: string) => void
  readonly empty: ReactNode
}

function PatientGrid({ patients, chosen, onSelect, empty }: GridProps) {
  const say = useWords(words)
  const { open } = useScreen()
  const columns = usePatientColumns()
  return (
    <DataGrid
      name="chart.found"
      label={say('found')}
      rows={patients}
      columns={columns}
      keyOf={({ id }) => id}
      selectedKey={chosen}
      onSelect={({ id }) => onSelect(id)}
      onOpen={({ id }) => open(recordAddress(id))}
      opensOnClick
      drawNarrow={(patient) => <NarrowPatient patient={patient} />}
      empty={empty}
    />
  )
}

function usePatientColumns(): readonly Column<FoundPatient>[] {
  const say = useWords(words)
  const times = useTimes()
  return useMemo(
    () => [
      {
        key: 'name',
        title: say('name'),
        widthPx: 200,
        draw: (patient) => (
          <>
            <strong>{patient.name}</strong>
            {patient.isDead ? <span className="x-quiet"> · {say('deceased')}</span> : null}
          </>
        ),
      },
      { key: 'sex', title: say('sex'), widthPx: 72, draw: ({ gender }) => say(gender ?? 'unknown') },
      {
        key: 'age',
        title: say('age'),
        widthPx: 80,
        align: 'right',
        draw: ({ birthDate }) => times.age(birthDate ?? undefined),
      },
      { key: 'born', title: say('born'), widthPx: 112, draw: ({ birthDate }) => birthDate },
      { key: 'mrn', title: say('mrn'), widthPx: 200, draw: ({ mrn }) => mrn },
      { key: 'phone', title: say('phone'), widthPx: 160, draw: ({ phone }) => phone },
    ],
    [say, times],
  )
}

function NarrowPatient({ patient }: { readonly patient: FoundPatient }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <>
      <div className="x-cut">
        <strong>{patient.name}</strong> {say(patient.gender ?? 'unknown')}{' '}
        {times.age(patient.birthDate ?? undefined)}
      </div>
      <div className="x-quiet x-cut">
        {[patient.mrn, patient.birthDate, patient.phone].filter(Boolean).join(' · ')}
      </div>
    </>
  )
}
