/** Which shared documents are there of whom, and what does one say? */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  useAsk,
  useLook,
  useMay,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Input, Select } from 'antd'
import { useMemo, useState } from 'react'
import {
  type DocumentLine,
  type DocumentsAnswer,
  documentPermissions,
  documentsPath,
  type TypesAnswer,
} from '../contract.ts'
import { GenerateDialog } from './generate-dialog.tsx'
import { DocumentReading } from './reading.tsx'
import { SettingsDialog } from './settings-dialog.tsx'
import { statusWord } from './status-word.ts'
import { words } from './words.ts'
import './documents.css'

const statuses = ['current', 'superseded', 'entered-in-error'] as const

export function DocumentsScreen() {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  // Kept by the tab, not by its address: a name in an address would stay in histories.
  const [text, setText] = useState('')
  const [dialog, setDialog] = useState<'generate' | 'settings'>()
  const mayGenerate = useMay(documentPermissions.generate)
  const mayRead = useMay(documentPermissions.readSettings)
  const types = useAsk<TypesAnswer>(`${documentsPath}/types`)
  const [code, status] = [search.get('type') ?? '', search.get('status') ?? 'current']
  const answer = useAsk<DocumentsAnswer>(`${documentsPath}/documents/find`, {
    body: { text, code, status },
    keepsPrevious: true,
  })
  const chosen = search.get('document')
  const generate = mayGenerate ? (
    <Button type="primary" onClick={() => setDialog('generate')}>
      {say('generate')}
    </Button>
  ) : null
  return (
    <div className="documents-screen">
      <div className="documents-tools">
        <Input.Search
          allowClear
          style={{ maxWidth: 240 }}
          placeholder={say('find')}
          aria-label={say('find')}
          onSearch={(said) => setText(said.trim())}
        />
        <TypeChoice
          types={types.state === 'ready' ? types.data : undefined}
          value={code}
          onChange={(type) => setSearch({ type: type || undefined })}
        />
        <Select
          aria-label={say('status')}
          style={{ minWidth: 110 }}
          value={status}
          options={[...statuses, 'any' as const].map((value) => ({ value, label: say(value) }))}
          onChange={(value) => setSearch({ status: value })}
        />
        {generate}
        {mayRead ? <Button onClick={() => setDialog('settings')}>{say('settings')}</Button> : null}
      </div>
      <div className="documents-body">
        <Answered answer={answer}>
          {({ documents }) => (
            <DocumentGrid
              documents={documents}
              chosen={chosen}
              onChoose={(document) => setSearch({ document })}
            />
          )}
        </Answered>
        {chosen ? <DocumentReading id={chosen} onClose={() => setSearch({ document: undefined })} /> : null}
      </div>
      {dialog === 'generate' && types.state === 'ready' ? (
        <GenerateDialog
          types={types.data.types}
          onClose={(made) => {
            setDialog(undefined)
            if (made) setSearch({ document: made })
          }}
        />
      ) : null}
      {dialog === 'settings' ? <SettingsDialog onClose={() => setDialog(undefined)} /> : null}
    </div>
  )
}

type ChoiceProps = {
  readonly types: TypesAnswer | undefined
  readonly value: string
  readonly onChange: (code: string) => void
}

function TypeChoice({ types, value, onChange }: ChoiceProps) {
  const say = useWords(words)
  const { language } = useLook()
  const made = (types?.types ?? []).filter(({ anchor }) => anchor)
  return (
    <Select
      aria-label={say('type')}
      style={{ minWidth: 190 }}
      value={value}
      options={[
        { value: '', label: say('anyType') },
        ...made.map(({ code, title }) => ({ value: code, label: `${code} ${title[language]}` })),
      ]}
      onChange={onChange}
    />
  )
}

type GridProps = {
  readonly documents: readonly DocumentLine[]
  readonly chosen: string | null
  readonly onChoose: (id: string) => void
}

function DocumentGrid({ documents, chosen, onChoose }: GridProps) {
  const say = useWords(words)
  const times = useTimes()
  const columns = useMemo<readonly Column<DocumentLine>[]>(
    () => [
      { key: 'date', title: say('date'), widthPx: 150, draw: ({ date }) => times.moment(date) },
      {
        key: 'title',
        title: say('title'),
        widthPx: 220,
        draw: ({ title, code }) => `${title} ${code ?? ''}`,
      },
      {
        key: 'patient',
        title: say('patient'),
        widthPx: 140,
        draw: ({ patientName, patient }) => patientName ?? patient,
      },
      {
        key: 'version',
        title: say('version'),
        widthPx: 70,
        draw: ({ versionNumber }) => versionNumber ?? '–',
      },
      { key: 'status', title: say('status'), widthPx: 130, draw: (line) => <Status line={line} /> },
      {
        key: 'origin',
        title: say('origin'),
        widthPx: 120,
        draw: ({ isGenerated }) => say(isGenerated ? 'made' : 'received'),
      },
    ],
    [say, times],
  )
  return (
    <DataGrid
      name="documents.list"
      label={say('documents')}
      rows={documents}
      columns={columns}
      keyOf={({ id }) => id}
      selectedKey={chosen ?? undefined}
      onOpen={({ id }) => onChoose(id)}
      opensOnClick
      drawNarrow={(line) => (
        <div className="documents-narrow">
          <strong>
            {line.title} {line.versionNumber ? `v${line.versionNumber}` : ''}
          </strong>
          <span>{line.patientName ?? line.patient}</span>
          <span className="x-quiet">{times.moment(line.date)}</span>
        </div>
      )}
      narrowHeightPx={64}
      empty={<Empty title={say('none')}>{say('noneHelp')}</Empty>}
    />
  )
}

function Status({ line }: { readonly line: DocumentLine }) {
  const say = useWords(words)
  const parts = [statusWord(line.status), statusWord(line.docStatus)].flatMap((word) =>
    word ? say(word) : [],
  )
  return <>{parts.join(' · ')}</>
}
