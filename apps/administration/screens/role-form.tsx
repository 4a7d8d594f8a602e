/** Makes or changes one of the institution's own roles. */
import { useAct, useAsk, useWords } from '@xinglin/kit'
import { Button, Drawer, Input, Select } from 'antd'
import { useState } from 'react'
import type { RoleRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { Field, FormFailure } from './field.tsx'
import { formatRights, parseRights } from './record-rights.ts'
import { RightsTable } from './rights-table.tsx'
import { rolesPath } from './roles-answer.ts'

export type EditedRole = Omit<RoleRow, 'isBuiltIn'> & { readonly isNew: boolean }

export const emptyRole: EditedRole = {
  id: '',
  title: { zh: '', en: '' },
  records: [],
  permissions: [],
  isNew: true,
}

type Props = {
  readonly role: EditedRole
  /** Known roles: their types and permissions are what can be chosen. */
  readonly roles: readonly RoleRow[]
  readonly onDone: (id: string) => void
  readonly onClose: () => void
}

export function RoleForm({ role: given, roles, onDone, onClose }: Props) {
  const say = useWords(administrationWords)
  const [role, setRole] = useState(given)
  const [rights, setRights] = useState(() => parseRights(given.records))
  const permissionOptions = usePermissionOptions(roles)
  const act = useAct<undefined>(
    () => ({
      path: `${rolesPath}/${encodeURIComponent(role.id)}`,
      method: 'PUT',
      body: { ...role.title, records: formatRights(rights), permissions: role.permissions },
    }),
    { refreshes: [rolesPath] },
  )
  const save = async () => {
    const ran = await act.run(undefined)
    if (ran.isDone) onDone(role.id)
  }
  const setTitle = (title: Partial<RoleRow['title']>) =>
    setRole({ ...role, title: { ...role.title, ...title } })
  const chosenTypes = new Set(rights.map(({ type }) => type))
  return (
    <Drawer
      open
      size={480}
      title={say(given.isNew ? 'newRole' : 'editRole')}
      onClose={onClose}
      footer={
        <Button type="primary" loading={act.isRunning} disabled={role.id === ''} onClick={save}>
          {say('save')}
        </Button>
      }
    >
      <Field name="id" label={say('roleId')} help={say('roleIdHelp')} error={act.error}>
        <Input
          autoFocus={given.isNew}
          disabled={!given.isNew}
          value={role.id}
          onChange={(event) => setRole({ ...role, id: event.target.value })}
        />
      </Field>
      <Field name="zh" label={say('titleZh')} error={act.error}>
        <Input value={role.title.zh} onChange={(event) => setTitle({ zh: event.target.value })} />
      </Field>
      <Field name="en" label={say('titleEn')} error={act.error}>
        <Input value={role.title.en} onChange={(event) => setTitle({ en: event.target.value })} />
      </Field>
      <Field name="permissions" label={say('permissions')} help={say('permissionsHelp')} error={act.error}>
        <Select
          mode="tags"
          style={{ width: '100%' }}
          value={[...role.permissions]}
          aria-label={say('permissions')}
          onChange={(permissions) => setRole({ ...role, permissions })}
          options={permissionOptions.map((value) => ({ value }))}
        />
      </Field>
      <Field name="records" label={say('recordRights')} help={say('recordRightsHelp')} error={act.error}>
        <Select
          showSearch
          style={{ width: '100%' }}
          value={null}
          placeholder={say('addType')}
          aria-label={say('addType')}
          onChange={(type: string | null) => type && setRights([...rights, { type, verbs: ['r', 's'] }])}
          options={typeOptions(roles)
            .filter((type) => !chosenTypes.has(type))
            .map((type) => ({ value: type, label: type === '*' ? `* ${say('everyType')}` : type }))}
        />
      </Field>
      <RightsTable rights={rights} onChange={setRights} />
      <FormFailure error={act.error} fields={['id', 'zh', 'en', 'permissions', 'records']} />
    </Drawer>
  )
}

type AppsAnswer = {
  readonly apps: readonly { readonly id: string; readonly permissions: readonly string[] }[]
}

function usePermissionOptions(roles: readonly RoleRow[]): readonly string[] {
  const answer = useAsk<AppsAnswer>('/api/apps', { staleAfterMs: 300_000 })
  const apps = answer.state === 'ready' ? answer.data.apps : []
  const declared = apps.flatMap(({ id, permissions }) => [`${id}.*`, ...permissions])
  return [...new Set([...declared, ...roles.flatMap(({ permissions }) => permissions)])].sort()
}

/** Every type that a built-in role names: those that care, diagnostics, administration and terminology use. */
function typeOptions(roles: readonly RoleRow[]): readonly string[] {
  const types = roles.flatMap(({ records }) => parseRights(records).map(({ type }) => type))
  return [...new Set(['*', ...types])].sort()
}
