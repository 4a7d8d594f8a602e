/** What an administrator does to an account, each with its reason. */
import { useAct, useWords } from '@xinglin/kit'
import { useState } from 'react'
import type { PersonRow } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { administrationWords } from './administration-words.ts'
import { Field } from './field.tsx'
import { RoleChoice } from './role-choice.tsx'
import { ShownOnce } from './shown-once.tsx'
import { staffRefreshes } from './staff-answers.ts'

export type PersonAct = keyof typeof acts

const acts = {
  changeRoles: { path: 'roles', text: 'changeRolesText' },
  resetPassword: { path: 'reset-password', text: 'resetPasswordText' },
  unlock: { path: 'unlock', text: 'unlockText' },
  clearFactors: { path: 'clear-factors', text: 'clearFactorsText' },
  enable: { path: 'enable', text: 'enablePersonText' },
  disable: { path: 'disable', text: 'disablePersonText' },
} as const

type Props = {
  readonly act: PersonAct
  readonly person: PersonRow
  /** Roles that may be given. */
  readonly among?: readonly string[] | undefined
  readonly onClose: () => void
}
type Given = { readonly oneTimePassword?: string } | undefined

export function PersonActDialog({ act: name, person, among, onClose }: Props) {
  const say = useWords(administrationWords)
  const [roles, setRoles] = useState(person.roles)
  const [password, setPassword] = useState<string>()
  const { path, text } = acts[name]
  const act = useAct<string, Given>(
    (reason) => ({
      path: `/api/administration/people/${person.id}/${path}`,
      body: { reason, ...(name === 'changeRoles' ? { roles } : {}) },
    }),
    { refreshes: staffRefreshes },
  )
  const whom = { name: person.display, login: person.login }
  if (password !== undefined)
    return (
      <ShownOnce
        title={say('passwordTitle')}
        help={say('passwordHelp', whom)}
        secret={password}
        onClose={onClose}
      />
    )
  const done = (given: Given) => (given?.oneTimePassword ? setPassword(given.oneTimePassword) : onClose())
  return (
    <ActDialog
      title={say(name)}
      text={say(text, whom)}
      act={act}
      fields={['roles']}
      onDone={done}
      onCancel={onClose}
    >
      {name === 'changeRoles' ? (
        <Field name="roles" label={say('roles')} error={act.error}>
          <RoleChoice value={roles} onChange={setRoles} among={among} />
        </Field>
      ) : null}
    </ActDialog>
  )
}
