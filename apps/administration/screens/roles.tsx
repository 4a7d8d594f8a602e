/** Which rights does each role give? */
import { PlusOutlined } from '@ant-design/icons'
import {
  type Column,
  DataGrid,
  Empty,
  type Language,
  useAsk,
  useLook,
  useMay,
  useScreen,
  useWords,
} from '@xinglin/kit'
import { useMemo, useState } from 'react'
import type { RoleRow, RolesAnswer } from '../contract.ts'
import { administrationWords, type SayAdministration } from './administration-words.ts'
import { ListScreen } from './list-screen.tsx'
import { RoleDrawer } from './role-drawer.tsx'
import { type EditedRole, emptyRole, RoleForm } from './role-form.tsx'
import { rolesPath } from './roles-answer.ts'

export function RolesScreen() {
  const say = useWords(administrationWords)
  const { search, setSearch } = useScreen()
  const mayWrite = useMay('administration.roles.write')
  const answer = useAsk<RolesAnswer>(rolesPath)
  const [edited, setEdited] = useState<EditedRole>()
  const roles = answer.state === 'ready' ? answer.data.roles : []
  const chosen = roles.find(({ id }) => id === search.get('role'))
  return (
    <ListScreen
      answer={answer}
      making={
        mayWrite
          ? { title: say('newRole'), icon: <PlusOutlined />, start: () => setEdited(emptyRole) }
          : undefined
      }
      side={
        chosen && !edited ? (
          <RoleDrawer role={chosen} onEdit={setEdited} onClose={() => setSearch({ role: undefined })} />
        ) : null
      }
      form={
        edited ? (
          <RoleForm
            role={edited}
            roles={roles}
            onDone={(id) => {
              setSearch({ role: id })
              setEdited(undefined)
            }}
            onClose={() => setEdited(undefined)}
          />
        ) : null
      }
    >
      {(data) => (
        <RolesGrid roles={data.roles} chosen={chosen} onChoose={({ id }) => setSearch({ role: id })} />
      )}
    </ListScreen>
  )
}

type GridProps = {
  readonly roles: readonly RoleRow[]
  readonly chosen: RoleRow | undefined
  readonly onChoose: (role: RoleRow) => void
}

function RolesGrid({ roles, chosen, onChoose }: GridProps) {
  const say = useWords(administrationWords)
  const { language } = useLook()
  const columns = useMemo(() => columnsOf(say, language), [say, language])
  return (
    <DataGrid
      name="administration.roles"
      label={say('roles')}
      rows={roles}
      columns={columns}
      keyOf={(role) => role.id}
      selectedKey={chosen?.id}
      onSelect={onChoose}
      onOpen={onChoose}
      drawNarrow={(role) => (
        <div className="a-narrow">
          <div>
            <strong>{role.title[language]}</strong>
            <span className="x-quiet">{say(role.isBuiltIn ? 'builtIn' : 'ownRole')}</span>
          </div>
          <div className="x-quiet">
            <span className="x-cut">
              {role.permissions.join(language === 'zh' ? '、' : ', ') || say('noPermissions')}
            </span>
          </div>
        </div>
      )}
      empty={<Empty title={say('noRoles')} />}
    />
  )
}

function columnsOf(say: SayAdministration, language: Language): readonly Column<RoleRow>[] {
  return [
    {
      key: 'title',
      title: say('role'),
      widthPx: 160,
      draw: ({ title }) => title[language],
      sortBy: ({ title }) => title[language],
    },
    {
      key: 'id',
      title: say('roleId'),
      widthPx: 140,
      draw: ({ id }) => <code>{id}</code>,
      sortBy: ({ id }) => id,
    },
    {
      key: 'kind',
      title: say('kind'),
      widthPx: 90,
      draw: ({ isBuiltIn }) => say(isBuiltIn ? 'builtIn' : 'ownRole'),
      sortBy: ({ isBuiltIn }) => Number(isBuiltIn),
    },
    {
      key: 'records',
      title: say('recordRights'),
      widthPx: 380,
      draw: ({ records }) => <code>{records.join(' ')}</code>,
    },
    {
      key: 'permissions',
      title: say('permissions'),
      widthPx: 300,
      draw: ({ permissions }) => <code>{permissions.join(' ')}</code>,
    },
  ]
}
