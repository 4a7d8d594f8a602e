/** One role: its rights, and for an own role the ways to change or remove it. */
import { Side, useAct, useLook, useMay, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import type { RoleRow } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { administrationWords } from './administration-words.ts'
import { parseRights } from './record-rights.ts'
import { RightsTable } from './rights-table.tsx'
import type { EditedRole } from './role-form.tsx'
import { rolesPath } from './roles-answer.ts'

type Props = {
  readonly role: RoleRow
  readonly onEdit: (role: EditedRole) => void
  readonly onClose: () => void
}

export function RoleDrawer({ role, onEdit, onClose }: Props) {
  const say = useWords(administrationWords)
  const { language } = useLook()
  const mayWrite = useMay('administration.roles.write')
  const [isRemoving, setRemoving] = useState(false)
  const copy = { ...role, id: '', isNew: true, title: { zh: '', en: '' } }
  return (
    <Side isWide title={role.title[language]} onClose={onClose}>
      {mayWrite ? (
        <div className="a-acts">
          {role.isBuiltIn ? null : (
            <Button type="primary" onClick={() => onEdit({ ...role, isNew: false })}>
              {say('editRole')}
            </Button>
          )}
          <Button onClick={() => onEdit(copy)}>{say('copyRole')}</Button>
          {role.isBuiltIn ? null : (
            <Button danger onClick={() => setRemoving(true)}>
              {say('removeRole')}
            </Button>
          )}
        </div>
      ) : null}
      <section className="a-part">
        <h2>{say('permissions')}</h2>
        {role.permissions.length === 0 ? <p className="x-quiet">{say('noPermissions')}</p> : null}
        <div className="a-tags">
          {role.permissions.map((permission) => (
            <code key={permission} className="a-tag">
              {permission}
            </code>
          ))}
        </div>
      </section>
      <section className="a-part">
        <h2>{say('recordRights')}</h2>
        <RightsTable rights={parseRights(role.records)} />
      </section>
      {isRemoving ? <RemoveRole role={role} onDone={onClose} onCancel={() => setRemoving(false)} /> : null}
    </Side>
  )
}

function RemoveRole(props: {
  readonly role: RoleRow
  readonly onDone: () => void
  readonly onCancel: () => void
}) {
  const say = useWords(administrationWords)
  const { language } = useLook()
  const act = useAct<string>(
    (reason) => ({ path: `${rolesPath}/${props.role.id}/remove`, body: { reason } }),
    {
      refreshes: [rolesPath],
    },
  )
  return (
    <ActDialog
      title={say('removeRole')}
      text={say('removeRoleText', { name: props.role.title[language] })}
      act={act}
      onDone={props.onDone}
      onCancel={props.onCancel}
    />
  )
}
