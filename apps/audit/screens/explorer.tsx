/** Who opened this record? What did this person open? Over all months that are kept, newest first. */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Say,
  type Times,
  useAskPages,
  useRefresh,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Segmented } from 'antd'
import { useCallback, useMemo } from 'react'
import type { EntriesAnswer, EntryRow, PatientLine } from '../contract.ts'
import { useActionWord } from './actions.ts'
import { EntryDrawer } from './entry-drawer.tsx'
import { ExplorerFilters } from './explorer-filters.tsx'
import { explorerPath, isComplete, type Question, questionOf, questions } from './explorer-query.ts'
import { type ExplorerWord, explorerWords } from './explorer-words.ts'
import { Outcome } from './outcome.tsx'
import { PatientChoice, patientText } from './patient-choice.tsx'
import { PurposeWord } from './purpose-word.tsx'
import { WhoFilter } from './who-filter.tsx'
import { type AuditWord, words } from './words.ts'
import './audit.css'

const entriesPath = '/api/audit/entries'
const questionWords = { record: 'askRecord', person: 'askPerson', all: 'askAll' } as const

export function ExplorerScreen() {
  const say = useWords(explorerWords)
  const { search, setSearch } = useScreen()
  const refresh = useRefresh()
  const question = questionOf(search)
  const isAsked = isComplete(question, search)
  return (
    <div className="audit-screen">
      <div className="audit-tools">
        <Segmented
          aria-label={say('question')}
          value={question}
          options={questions.map((value) => ({ value, label: say(questionWords[value]) }))}
          onChange={(ask) => setSearch({ ask, actor: undefined, patient: undefined, entry: undefined })}
        />
        {question === 'person' || (question === 'all' && !search.get('patient')) ? <WhoFilter /> : null}
        {question === 'record' && isAsked ? <Whose /> : null}
      </div>
      <ExplorerFilters
        mayExport={isAsked}
        onRefresh={isAsked ? () => void refresh(entriesPath) : undefined}
      />
      {isAsked ? <Entries question={question} /> : <NotAsked question={question} />}
    </div>
  )
}

function NotAsked({ question }: { readonly question: Question }) {
  const say = useWords(explorerWords)
  const { setSearch } = useScreen()
  const choose = useCallback(({ id }: PatientLine) => setSearch({ ask: 'record', patient: id }), [setSearch])
  if (question === 'person')
    return (
      <div className="audit-page">
        <Empty title={say('startPerson')}>{say('startPersonHelp')}</Empty>
      </div>
    )
  return (
    <div className="audit-page">
      <PatientChoice onChoose={choose} />
      <Empty title={say('startRecord')}>{say('startRecordHelp')}</Empty>
    </div>
  )
}

/** The record that is asked about, and the way to another. */
function Whose() {
  const say = useWords(explorerWords)
  const { search, setSearch } = useScreen()
  const { answer } = useAskPages<EntriesAnswer>(explorerPath(entriesPath, search), 'before')
  const id = search.get('patient') ?? ''
  const line = answer.state === 'ready' ? answer.data[0]?.patients[id] : undefined
  return (
    <>
      <strong className="x-cut">{line ? patientText(line) : id}</strong>
      <Button size="small" onClick={() => setSearch({ ask: 'record', patient: undefined, entry: undefined })}>
        {say('anotherRecord')}
      </Button>
    </>
  )
}

function Entries({ question }: { readonly question: Question }) {
  const say = useWords(explorerWords)
  const { search, setSearch } = useScreen()
  const { answer, more, isLoadingMore } = useAskPages<EntriesAnswer>(
    explorerPath(entriesPath, search),
    'before',
  )
  const pages = answer.state === 'ready' ? answer.data : undefined
  const rows = useMemo(() => pages?.flatMap(({ entries }) => entries) ?? [], [pages])
  const patients = useMemo(
    () => Object.assign({}, ...(pages?.map((page) => page.patients) ?? [])) as EntriesAnswer['patients'],
    [pages],
  )
  const columns = useColumns(question, patients)
  const chosen = rows.find(({ id }) => id === search.get('entry'))
  const choose = ({ id }: EntryRow) => setSearch({ entry: id })
  return (
    <div className="audit-body">
      <div className="audit-list audit-entries">
        <Answered answer={answer}>
          {() => (
            <>
              <DataGrid
                name={`audit.explorer.${question}`}
                label={say(questionWords[question])}
                rows={rows}
                columns={columns}
                keyOf={({ id }) => id}
                selectedKey={chosen?.id}
                onSelect={choose}
                onOpen={choose}
                onEndReached={() => {
                  if (rows.length > 0 && !isLoadingMore) more?.()
                }}
                drawNarrow={(row) => <NarrowEntry row={row} question={question} patients={patients} />}
                empty={<Empty title={say('noEntries')}>{say('noEntriesHelp')}</Empty>}
              />
              <LookedBack page={pages?.at(-1)} more={more} isLoading={isLoadingMore} />
            </>
          )}
        </Answered>
      </div>
      {chosen ? (
        <EntryDrawer
          key={chosen.id}
          entry={chosen}
          patients={patients}
          onClose={() => setSearch({ entry: undefined })}
        />
      ) : null}
    </div>
  )
}

type LookedProps = {
  readonly page: EntriesAnswer | undefined
  readonly more: (() => void) | undefined
  readonly isLoading: boolean
}

/** A search that finds little says how far back it has looked, and looks on when it is asked to. */
function LookedBack({ page, more, isLoading }: LookedProps) {
  const say = useWords(explorerWords)
  const times = useTimes()
  if (!page?.lookedBackTo) return null
  return (
    <p className="audit-looked" role="status">
      {say('lookedBack', { time: times.full(page.lookedBackTo) })}{' '}
      <Button size="small" loading={isLoading} onClick={more}>
        {say('lookOn')}
      </Button>
    </p>
  )
}

type Patients = EntriesAnswer['patients']

function NarrowEntry({
  row,
  question,
  patients,
}: {
  readonly row: EntryRow
  readonly question: Question
  readonly patients: Patients
}) {
  const times = useTimes()
  const actionWord = useActionWord()
  const whose = row.patient ? (patients[row.patient]?.name ?? row.patient) : ''
  return (
    <div className="audit-narrow">
      <div>
        <strong className="x-cut">
          {question === 'person' ? whose || actionWord(row.action) : row.actorDisplay}
        </strong>
        <Outcome outcome={row.outcome} />
      </div>
      <div className="x-quiet">
        <span className="x-cut">
          {actionWord(row.action)} {objectOf(row)}
        </span>
        <span>{times.moment(row.at)}</span>
      </div>
    </div>
  )
}

function objectOf({ resourceType, resourceId }: EntryRow): string {
  return [resourceType, resourceId].filter(Boolean).join('/')
}

function useColumns(question: Question, patients: Patients): readonly Column<EntryRow>[] {
  const say = useWords(explorerWords)
  const sayFact = useWords(words)
  const times = useTimes()
  const actionWord = useActionWord()
  return useMemo(
    () =>
      columnsOf({ say, sayFact, times, actionWord, patients }).filter(
        ({ key }) => !(question === 'record' && key === 'whose') && !(question === 'person' && key === 'who'),
      ),
    [question, patients, say, sayFact, times, actionWord],
  )
}

type Drawing = {
  readonly say: Say<ExplorerWord>
  readonly sayFact: Say<AuditWord>
  readonly times: Times
  readonly actionWord: (action: string) => string
  readonly patients: Patients
}

function columnsOf({ say, sayFact, times, actionWord, patients }: Drawing): readonly Column<EntryRow>[] {
  const whose = ({ patient, patients: many }: EntryRow) => {
    if (patient) return patients[patient]?.name ?? patient
    return many ? say('many', { count: many.length }) : ''
  }
  return [
    { key: 'at', title: sayFact('time'), widthPx: 160, draw: ({ at }) => times.full(at) },
    {
      key: 'who',
      title: sayFact('who'),
      widthPx: 150,
      draw: ({ actorDisplay, actor }) => <span title={actor}>{actorDisplay}</span>,
    },
    { key: 'whose', title: say('whose'), widthPx: 150, draw: whose },
    { key: 'outcome', title: say('outcome'), widthPx: 90, draw: (row) => <Outcome outcome={row.outcome} /> },
    { key: 'action', title: sayFact('what'), widthPx: 150, draw: ({ action }) => actionWord(action) },
    {
      key: 'purpose',
      title: say('purpose'),
      widthPx: 100,
      draw: (row) => <PurposeWord purpose={row.purpose} />,
    },
    { key: 'object', title: say('object'), widthPx: 240, draw: objectOf },
    { key: 'where', title: say('where'), widthPx: 130, draw: ({ address }) => address },
    {
      key: 'detail',
      title: say('detail'),
      widthPx: 220,
      draw: ({ detail }) => <span title={detail}>{detail}</span>,
    },
  ]
}
