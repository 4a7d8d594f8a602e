/** Who works here with which rights, and may he sign in? */
import { UserAddOutlined } from '@ant-design/icons'
import {
  type Column,
  DataGrid,
  Empty,
  type Say,
  type Times,
  useAskPages,
  useMay,
  useScreen,
  useTimes,
  useTyped,
  useWords,
} from '@xinglin/kit'
import { Input, Select } from 'antd'
import { useMemo, useState } from 'react'
import type { StaffAnswer, StaffPersonRow } from '../contract.ts'
import { administrationWords, type SayAdministration } from './administration-words.ts'
import { ListScreen } from './list-screen.tsx'
import { NewPerson } from './new-person.tsx'
import { PersonDrawer } from './person-drawer.tsx'
import { PersonState } from './person-state.tsx'
import { LicenceEnd } from './person-work.tsx'
import { useRoles } from './roles-answer.ts'
import { staffPath, useChoices, writesPeople } from './staff-answers.ts'
import { type StaffWord, staffWords } from './staff-words.ts'

const filters = ['text', 'role', 'department', 'state'] as const

export function PeopleScreen() {
  const say = useWords(administrationWords)
  const { search, setSearch } = useScreen()
  const [isMaking, setMaking] = useState(false)
  const mayWrite = useMay(writesPeople)
  const query = new URLSearchParams(filters.flatMap((name) => filterOf(search, name)))
  const { answer, more } = useAskPages<StaffAnswer>(`${staffPath}?${query}`, 'after')
  const people = answer.state === 'ready' ? answer.data.flatMap((page) => page.people) : []
  const chosen = people.find(({ id }) => id === search.get('person'))
  const choose = (person: StaffPersonRow) => setSearch({ person: person.id })
  return (
    <ListScreen
      answer={answer}
      filters={<Filters />}
      making={
        mayWrite
          ? { title: say('newPerson'), icon: <UserAddOutlined />, start: () => setMaking(true) }
          : undefined
      }
      side={
        chosen ? (
          <PersonDrawer key={chosen.id} person={chosen} onClose={() => setSearch({ person: undefined })} />
        ) : null
      }
      form={isMaking ? <NewPerson onClose={() => setMaking(false)} /> : null}
    >
      {() => <PeopleGrid people={people} more={more} chosen={chosen} onChoose={choose} />}
    </ListScreen>
  )
}

function filterOf(search: URLSearchParams, name: string): [string, string][] {
  const value = search.get(name)
  return value ? [[name, value]] : []
}

const states = {
  active: 'stateActive',
  disabled: 'stateDisabled',
  review: 'stateReview',
  licence: 'stateLicence',
  'licence-soon': 'stateLicenceSoon',
} as const

function Filters() {
  const say = useWords(administrationWords)
  const sayStaff = useWords(staffWords)
  const { search, setSearch } = useScreen()
  const { roles, titleOf } = useRoles()
  const { departments } = useChoices()
  const [typed, setTyped] = useTyped('text')
  const select = (name: string, label: string, options: readonly { value: string; label: string }[]) => (
    <Select
      style={{ minWidth: 132 }}
      value={search.get(name) ?? ''}
      aria-label={label}
      onChange={(next) => setSearch({ [name]: next })}
      options={[...options]}
    />
  )
  return (
    <>
      <Input.Search
        allowClear
        style={{ maxWidth: 220 }}
        value={typed}
        placeholder={say('searchPeople')}
        aria-label={say('searchPeople')}
        onChange={(event) => setTyped(event.target.value)}
      />
      {select('department', sayStaff('department'), [
        { value: '', label: sayStaff('everyDepartment') },
        ...departments.map(({ id, name }) => ({ value: id, label: name })),
      ])}
      {select('role', say('role'), [
        { value: '', label: say('everyRole') },
        ...roles.map(({ id }) => ({ value: id, label: titleOf(id) })),
      ])}
      {select('state', say('state'), [
        { value: '', label: sayStaff('everyState') },
        ...Object.entries(states).map(([value, word]) => ({ value, label: sayStaff(word) })),
      ])}
    </>
  )
}

type GridProps = {
  readonly people: readonly StaffPersonRow[]
  readonly more: (() => void) | undefined
  readonly chosen: StaffPersonRow | undefined
  readonly onChoose: (person: StaffPersonRow) => void
}

function PeopleGrid({ people, more, chosen, onChoose }: GridProps) {
  const say = useWords(administrationWords)
  const sayStaff = useWords(staffWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const columns = useMemo(
    () => columnsOf({ say, sayStaff, times, titlesOf }),
    [say, sayStaff, times, titlesOf],
  )
  return (
    <DataGrid
      name="administration.people"
      label={say('login')}
      rows={people}
      columns={columns}
      keyOf={(person) => person.id}
      selectedKey={chosen?.id}
      onSelect={onChoose}
      onOpen={onChoose}
      {...(more ? { onEndReached: more } : {})}
      drawNarrow={(person) => (
        <div className="a-narrow">
          <div>
            <strong className="x-cut">{person.display}</strong>
            <PersonState person={person} />
          </div>
          <div className="x-quiet">
            <span className="x-cut">
              {[...person.titles, ...person.departments.map(({ name }) => name)].join(' · ') ||
                `${person.login} · ${titlesOf(person.roles)}`}
            </span>
            <span>{person.lastSignIn ? times.moment(person.lastSignIn) : say('never')}</span>
          </div>
        </div>
      )}
      empty={<Empty title={say('noPeople')}>{say('noPeopleHelp')}</Empty>}
    />
  )
}

type Saying = {
  readonly say: SayAdministration
  readonly sayStaff: Say<StaffWord>
  readonly times: Times
  readonly titlesOf: (roles: readonly string[]) => string
}

function columnsOf({ say, sayStaff, times, titlesOf }: Saying): readonly Column<StaffPersonRow>[] {
  const text = (key: string, title: string, widthPx: number, of: (row: StaffPersonRow) => string) => ({
    ...{ key, title, widthPx, draw: of, sortBy: of },
  })
  return [
    text('login', say('login'), 130, ({ login }) => login),
    text('name', say('name'), 130, ({ display }) => display),
    text('departments', sayStaff('department'), 150, ({ departments }) =>
      departments.map(({ name }) => name).join(' · '),
    ),
    text('titles', sayStaff('title'), 120, ({ titles }) => titles.join(' · ')),
    text('roles', say('roles'), 180, ({ roles }) => titlesOf(roles)),
    {
      key: 'state',
      title: say('state'),
      widthPx: 176,
      draw: (person) => (
        <>
          <PersonState person={person} />
          {person.isReviewDue ? <span className="x-amber"> ▲ {sayStaff('reviewDue')}</span> : null}
        </>
      ),
    },
    {
      key: 'licenceUntil',
      title: sayStaff('licenceUntil'),
      widthPx: 120,
      draw: ({ licenceUntil }) => <LicenceEnd until={licenceUntil} />,
      sortBy: ({ licenceUntil }) => licenceUntil ?? '9999',
    },
    {
      key: 'lastSignIn',
      title: say('lastSignIn'),
      widthPx: 140,
      draw: ({ lastSignIn }) =>
        lastSignIn ? times.moment(lastSignIn) : <span className="x-quiet">{say('never')}</span>,
      sortBy: ({ lastSignIn }) => lastSignIn ?? '',
    },
    {
      key: 'sessions',
      title: say('sessions'),
      widthPx: 80,
      align: 'right',
      draw: ({ sessions }) => sessions || <span className="x-quiet">0</span>,
      sortBy: ({ sessions }) => sessions,
    },
  ]
}
