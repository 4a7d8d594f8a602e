/** Who has an account here, and may he sign in? */
import { UserAddOutlined } from '@ant-design/icons'
import {
  type Column,
  DataGrid,
  Empty,
  type Times,
  useAsk,
  useMay,
  useScreen,
  useTimes,
  useTyped,
  useWords,
} from '@xinglin/kit'
import { Input, Select } from 'antd'
import { useMemo, useState } from 'react'
import type { PeopleAnswer, PersonRow } from '../contract.ts'
import { administrationWords, type SayAdministration } from './administration-words.ts'
import { ListScreen } from './list-screen.tsx'
import { NewPerson } from './new-person.tsx'
import { PersonDrawer } from './person-drawer.tsx'
import { PersonState } from './person-state.tsx'
import { useRoles } from './roles-answer.ts'

export function PeopleScreen() {
  const say = useWords(administrationWords)
  const { search, setSearch } = useScreen()
  const [isMaking, setMaking] = useState(false)
  const mayWrite = useMay('administration.people.write')
  const { roles, titleOf, titlesOf } = useRoles()
  const [typed, setTyped] = useTyped('text')
  const text = search.get('text') ?? ''
  const role = search.get('role') ?? ''
  const answer = useAsk<PeopleAnswer>(pathOf(text, role), { keepsPrevious: true })
  const chosen =
    answer.state === 'ready' ? answer.data.people.find(({ id }) => id === search.get('person')) : undefined
  const choose = (person: PersonRow) => setSearch({ person: person.id })
  return (
    <ListScreen
      answer={answer}
      filters={
        <>
          <Input.Search
            allowClear
            style={{ maxWidth: 240 }}
            value={typed}
            placeholder={say('searchPeople')}
            aria-label={say('searchPeople')}
            onChange={(event) => setTyped(event.target.value)}
          />
          <Select
            style={{ minWidth: 140 }}
            value={role}
            aria-label={say('role')}
            onChange={(next) => setSearch({ role: next })}
            options={[
              { value: '', label: say('everyRole') },
              ...roles.map(({ id }) => ({ value: id, label: titleOf(id) })),
            ]}
          />
        </>
      }
      making={
        mayWrite
          ? { title: say('newPerson'), icon: <UserAddOutlined />, start: () => setMaking(true) }
          : undefined
      }
      side={chosen ? <PersonDrawer person={chosen} onClose={() => setSearch({ person: undefined })} /> : null}
      form={isMaking ? <NewPerson onClose={() => setMaking(false)} /> : null}
    >
      {({ people }) => <PeopleGrid people={people} titlesOf={titlesOf} chosen={chosen} onChoose={choose} />}
    </ListScreen>
  )
}

function pathOf(text: string, role: string): string {
  const query = new URLSearchParams({ ...(text ? { text } : {}), ...(role ? { role } : {}) })
  return `/api/administration/people?${query}`
}

type GridProps = {
  readonly people: readonly PersonRow[]
  readonly titlesOf: (roles: readonly string[]) => string
  readonly chosen: PersonRow | undefined
  readonly onChoose: (person: PersonRow) => void
}

function PeopleGrid({ people, titlesOf, chosen, onChoose }: GridProps) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const columns = useMemo(() => columnsOf(say, times, titlesOf), [say, times, titlesOf])
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
      drawNarrow={(person) => (
        <div className="a-narrow">
          <div>
            <strong className="x-cut">{person.display}</strong>
            <PersonState person={person} />
          </div>
          <div className="x-quiet">
            <span className="x-cut">
              {person.login} · {titlesOf(person.roles)}
            </span>
            <span>{person.lastSignIn ? times.moment(person.lastSignIn) : say('never')}</span>
          </div>
        </div>
      )}
      empty={<Empty title={say('noPeople')}>{say('noPeopleHelp')}</Empty>}
    />
  )
}

function columnsOf(
  say: SayAdministration,
  times: Times,
  titlesOf: (roles: readonly string[]) => string,
): readonly Column<PersonRow>[] {
  return [
    {
      key: 'login',
      title: say('login'),
      widthPx: 150,
      draw: ({ login }) => login,
      sortBy: ({ login }) => login,
    },
    {
      key: 'name',
      title: say('name'),
      widthPx: 160,
      draw: ({ display }) => display,
      sortBy: ({ display }) => display,
    },
    {
      key: 'roles',
      title: say('roles'),
      widthPx: 240,
      draw: ({ roles }) => titlesOf(roles),
      sortBy: ({ roles }) => titlesOf(roles),
    },
    { key: 'state', title: say('state'), widthPx: 176, draw: (person) => <PersonState person={person} /> },
    {
      key: 'lastSignIn',
      title: say('lastSignIn'),
      widthPx: 150,
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
    {
      key: 'created',
      title: say('created'),
      widthPx: 160,
      draw: ({ created }) => times.moment(created),
      sortBy: ({ created }) => created,
    },
  ]
}
