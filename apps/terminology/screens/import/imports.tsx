/** Which code systems came in from files, how far is each, and why was one refused? */
import { UploadOutlined } from '@ant-design/icons'
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Times,
  useAsk,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Progress } from 'antd'
import { useMemo, useState } from 'react'
import { type ImportState, type ImportsAnswer, systemAddress } from '../../contract.ts'
import { type SayTerminology, words } from '../words.ts'
import { ImportForm } from './import-form.tsx'
import { State } from './state.tsx'

export const importsPath = '/api/terminology/imports'
/** A bar that moves each second is seen to move; nothing is written by looking. */
const askEveryMs = { busy: 1_000, idle: 10_000 } as const

export function Imports() {
  const say = useWords(words)
  const [isAsking, setAsking] = useState(false)
  const [isBusy, setBusy] = useState(true)
  const answer = useAsk<ImportsAnswer>(importsPath, { everyMs: askEveryMs[isBusy ? 'busy' : 'idle'] })
  const isWorking = answer.state === 'ready' && answer.data.imports.some(({ ended }) => ended === undefined)
  if (isWorking !== isBusy) setBusy(isWorking)
  return (
    <>
      <div className="term-tools">
        <Button type="primary" icon={<UploadOutlined />} onClick={() => setAsking(true)}>
          {say('newImport')}
        </Button>
      </div>
      <div className="term-list">
        <Answered answer={answer}>{({ imports }) => <ImportList imports={imports} />}</Answered>
      </div>
      <ImportForm isOpen={isAsking} onClose={() => setAsking(false)} />
    </>
  )
}

function ImportList({ imports }: { readonly imports: readonly ImportState[] }) {
  const say = useWords(words)
  const times = useTimes()
  const { search, setSearch, open } = useScreen()
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  return (
    <DataGrid
      name="terminology.imports"
      label={say('imports')}
      rows={imports}
      columns={columns}
      keyOf={({ id }) => id}
      selectedKey={search.get('import') ?? undefined}
      onSelect={({ id }) => setSearch({ import: id })}
      onOpen={({ state, system, version }) =>
        state === 'done' && system ? open(systemAddress(system, version)) : undefined
      }
      narrowHeightPx={76}
      drawNarrow={(row) => <NarrowImport row={row} />}
      empty={<Empty title={say('noImports')}>{say('noImportsHelp')}</Empty>}
    />
  )
}

/** In percent of its bytes. */
function percentOf({ state, bytesRead, fileBytes }: ImportState): number {
  if (state === 'done') return 100
  return fileBytes === 0 ? 0 : Math.floor((100 * bytesRead) / fileBytes)
}

const colours = {
  waiting: 'var(--blue)',
  running: 'var(--blue)',
  done: 'var(--green)',
  refused: 'var(--red)',
} as const

function Share({ row }: { readonly row: ImportState }) {
  return <Progress size="small" percent={percentOf(row)} status="normal" strokeColor={colours[row.state]} />
}

function NarrowImport({ row }: { readonly row: ImportState }) {
  return (
    <div className="term-narrow">
      <div>
        <strong className="x-cut">{row.system}</strong>
        <State state={row.state} />
      </div>
      <div className="x-quiet x-number">
        <span className="x-cut">{row.reason ?? row.version}</span>
        <span>{row.concepts.toLocaleString('en')}</span>
      </div>
      <Share row={row} />
    </div>
  )
}

function columnsOf(say: SayTerminology, times: Times): readonly Column<ImportState>[] {
  const moment = (at: string | undefined) => (
    <time className="x-number" title={times.full(at)}>
      {times.moment(at)}
    </time>
  )
  return [
    {
      key: 'system',
      title: say('system'),
      widthPx: 320,
      draw: ({ system }) => <strong>{system}</strong>,
      sortBy: ({ system = '' }) => system,
    },
    { key: 'version', title: say('version'), widthPx: 90, draw: ({ version }) => version },
    {
      key: 'state',
      title: say('state'),
      widthPx: 100,
      draw: ({ state }) => <State state={state} />,
      sortBy: ({ state }) => state,
    },
    { key: 'progress', title: say('progress'), widthPx: 160, draw: (row) => <Share row={row} /> },
    {
      key: 'concepts',
      title: say('concepts'),
      widthPx: 90,
      align: 'right',
      draw: ({ concepts }) => <span className="x-number">{concepts.toLocaleString('en')}</span>,
      sortBy: ({ concepts }) => concepts,
    },
    { key: 'asked', title: say('asked'), widthPx: 110, draw: ({ asked }) => moment(asked) },
    { key: 'ended', title: say('ended'), widthPx: 110, draw: ({ ended }) => moment(ended) },
    {
      key: 'reason',
      title: say('reason'),
      widthPx: 260,
      draw: ({ reason, code }) =>
        reason ? (
          <span className="x-red">
            {reason} <code className="x-quiet">{code}</code>
          </span>
        ) : null,
    },
  ]
}
