/** The frame of a phone: whose record, the page, and the five rooms below. */
import {
  FileTextOutlined,
  HomeOutlined,
  LineChartOutlined,
  SafetyOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { Answered, useAsk, useWords } from '@xinglin/kit'
import { Select } from 'antd'
import type { ChartsAnswer } from '../../contract.ts'
import { words } from '../words.ts'
import { AccountPage } from './account-page.tsx'
import { ProveIdentity } from './identity-part.tsx'
import { LookChoice } from './look-choice.tsx'
import { PapersPage } from './papers-page.tsx'
import { type Room, rooms, usePlace } from './place.ts'
import { PrivacyPage } from './privacy-page.tsx'
import { ResultsPage } from './results-page.tsx'
import type { PatientSession } from './session.ts'
import { SummaryPage } from './summary-page.tsx'

const icons = {
  summary: HomeOutlined,
  results: LineChartOutlined,
  papers: FileTextOutlined,
  privacy: SafetyOutlined,
  account: UserOutlined,
} as const

export type FrameProps = {
  readonly session: PatientSession
  readonly onSignOut: () => Promise<void>
  /** Asks again who is there and which records are reached. */
  readonly onChange: () => Promise<void>
}

export function PatientFrame({ session, onSignOut, onChange }: FrameProps) {
  const say = useWords(words)
  const [place, go] = usePlace()
  const { charts } = session
  const chart = charts.find(({ patient }) => patient === place.patient) ?? charts[0]
  return (
    <div className="my-record">
      <header className="my-record-top">
        <strong>{say('title')}</strong>
        <LookChoice />
      </header>
      {charts.length > 1 && place.room !== 'account' ? (
        <ChartChoice chosen={chart?.patient} onChoose={(patient) => go({ patient })} />
      ) : null}
      <main className="my-record-page" key={`${place.room} ${chart?.patient}`}>
        {place.room === 'account' ? (
          <AccountPage session={session} onSignOut={onSignOut} onChange={onChange} />
        ) : chart ? (
          <RoomPage room={place.room} patient={chart.patient} relation={chart.relation} />
        ) : (
          <ProveIdentity onDone={onChange} />
        )}
      </main>
      <nav className="my-record-rooms" aria-label={say('rooms')}>
        {rooms.map((room) => {
          const Icon = icons[room]
          return (
            <button
              key={room}
              type="button"
              aria-current={room === place.room ? 'page' : undefined}
              onClick={() => go({ room })}
            >
              <Icon aria-hidden />
              <span>{say(`room_${room}`)}</span>
            </button>
          )
        })}
      </nav>
    </div>
  )
}

function RoomPage(props: {
  readonly room: Exclude<Room, 'account'>
  readonly patient: string
  readonly relation: 'self' | 'guardian' | 'delegate'
}) {
  const { room, patient, relation } = props
  switch (room) {
    case 'summary':
      return <SummaryPage patient={patient} />
    case 'results':
      return <ResultsPage patient={patient} />
    case 'papers':
      return <PapersPage patient={patient} />
    case 'privacy':
      return <PrivacyPage patient={patient} mayDecide={relation !== 'delegate'} />
  }
}

function ChartChoice(props: {
  readonly chosen: string | undefined
  readonly onChoose: (patient: string) => void
}) {
  const say = useWords(words)
  const answer = useAsk<ChartsAnswer>('/api/my-record/charts')
  return (
    <Answered answer={answer} loading={null}>
      {({ charts }) => (
        <Select
          className="my-record-whose"
          aria-label={say('whose')}
          value={props.chosen}
          onChange={props.onChoose}
          options={charts.map(({ patient, name, relation }) => ({
            value: patient,
            label: `${name} · ${say(`relation_${relation}`)}`,
          }))}
        />
      )}
    </Answered>
  )
}
