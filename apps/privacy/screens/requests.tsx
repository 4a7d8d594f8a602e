/** Which patients asked for what by right, and what is still to be done by when? */
import { PlusOutlined, WarningFilled } from '@ant-design/icons'
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  type Say,
  type Times,
  useAsk,
  useMay,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { privacyPermissions, type RequestRow, type RequestsAnswer } from '../contract.ts'
import { NewRequest } from './new-request.tsx'
import { RequestDetail } from './request-detail.tsx'
import { type PrivacyWord, words } from './words.ts'
import './privacy.css'

const path = '/api/privacy/requests'
const states = ['open', 'answered'] as const

export function RequestsScreen() {
  const say = useWords(words)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const mayWrite = useMay(privacyPermissions.writeRequests)
  const [isTaking, setTaking] = useState(false)
  const state = states.find((each) => each === search.get('state')) ?? 'open'
  const answer = useAsk<RequestsAnswer>(`${path}?state=${state}`, { keepsPrevious: true })
  const columns = useMemo(() => columnsOf(say, times), [say, times])
  const chosen =
    answer.state === 'ready' ? answer.data.requests.find(({ id }) => id === search.get('request')) : undefined
  return (
    <div className="privacy-screen">
      <div className="privacy-tools">
        <Segmented
          value={state}
          options={states.map((value) => ({
            value,
            label: say(value === 'open' ? 'open' : 'answeredState'),
          }))}
          onChange={(value) => setSearch({ state: value, request: undefined })}
        />
        {mayWrite ? (
          <Button
            className="privacy-end"
            type="primary"
            icon={<PlusOutlined />}
            onClick={() => setTaking(true)}
          >
            {say('newRequest')}
          </Button>
        ) : null}
      </div>
      <div className="privacy-body">
        <div className="privacy-list">
          <Answered answer={answer}>
            {({ requests }) => (
              <DataGrid
                name="privacy.requests"
                label={say('requests')}
                rows={requests}
                columns={columns}
                keyOf={({ id }) => id}
                selectedKey={chosen?.id}
                onSelect={({ id }) => setSearch({ request: id })}
                onOpen={({ id }) => setSearch({ request: id })}
                drawNarrow={(row) => <NarrowRequest row={row} />}
                empty={<Empty title={say('noRequests')}>{say('noRequestsHelp')}</Empty>}
              />
            )}
          </Answered>
        </div>
        {chosen ? <RequestDetail row={chosen} onClose={() => setSearch({ request: undefined })} /> : null}
      </div>
      {isTaking ? (
        <NewRequest
          onClose={(taken) => {
            setTaking(false)
            if (taken) setSearch({ state: 'open', request: taken })
          }}
        />
      ) : null}
    </div>
  )
}

/** A sign and a word, never colour alone. */
export function RequestState({ row }: { readonly row: RequestRow }) {
  const say = useWords(words)
  if (row.decision)
    return (
      <span className="privacy-mark">
        {row.decision === 'granted' ? '✓' : '✗'} {say(row.decision)}
      </span>
    )
  const word = say(row.state === 'received' ? 'toBeProved' : 'proved')
  if (row.isOverdue)
    return (
      <span className="privacy-mark x-red">
        <WarningFilled aria-hidden /> {say('overdue')} · {word}
      </span>
    )
  return <span className="privacy-mark">○ {word}</span>
}

function NarrowRequest({ row }: { readonly row: RequestRow }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <div className="privacy-narrow">
      <div>
        <strong className="x-cut">
          {say(row.kind)} · {row.patient.name}
        </strong>
        <RequestState row={row} />
      </div>
      <div className="x-quiet">
        <span className="x-cut">{row.wish}</span>
        <span>
          {say('answerDue')} {times.day(row.due)}
        </span>
      </div>
    </div>
  )
}

function columnsOf(say: Say<PrivacyWord>, times: Times): readonly Column<RequestRow>[] {
  return [
    { key: 'state', title: say('state'), widthPx: 170, draw: (row) => <RequestState row={row} /> },
    { key: 'kind', title: say('kind'), widthPx: 80, draw: ({ kind }) => say(kind) },
    { key: 'patient', title: say('patient'), widthPx: 160, draw: ({ patient }) => patient.name },
    { key: 'asker', title: say('asker'), widthPx: 120, draw: ({ asker }) => asker },
    {
      key: 'received',
      title: say('received'),
      widthPx: 140,
      draw: ({ received }) => times.moment(received),
      sortBy: ({ received }) => received,
    },
    {
      key: 'due',
      title: say('answerDue'),
      widthPx: 120,
      draw: ({ due }) => times.day(due),
      sortBy: ({ due }) => due,
    },
    { key: 'wish', title: say('wish'), widthPx: 280, draw: ({ wish }) => <span title={wish}>{wish}</span> },
  ]
}
