/** Makes an account: login, name, and a position that gives its roles, or roles by hand; the one-time password is shown once. */
import { useAct, useMay, useWords } from '@xinglin/kit'
import { Button, Drawer, Input } from 'antd'
import { useState } from 'react'
import type { LicenceRow, MadePerson } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { Field, FormFailure } from './field.tsx'
import { LicenceFields } from './licence-fields.tsx'
import { noPosition, PositionFields, positionFields } from './position-fields.tsx'
import { RoleChoice } from './role-choice.tsx'
import { ShownOnce } from './shown-once.tsx'
import { staffPath, staffRefreshes } from './staff-answers.ts'
import { staffWords } from './staff-words.ts'

const nobody = {
  ...{ login: '', display: '', employee: '' },
  roles: [] as readonly string[],
  licences: [] as readonly LicenceRow[],
}

export function NewPerson({ onClose }: { readonly onClose: () => void }) {
  const say = useWords(administrationWords)
  const sayStaff = useWords(staffWords)
  const [person, setPerson] = useState(nobody)
  const [position, setPosition] = useState(noPosition)
  const [made, setMade] = useState<MadePerson>()
  const mayGiveRoles = useMay('administration.people.write')
  const isEmployed = position.department !== '' || !mayGiveRoles
  const act = useAct<undefined, MadePerson>(
    () => {
      const { roles, licences, employee, ...account } = person
      return isEmployed
        ? { path: staffPath, body: { ...account, employee, licences, ...position } }
        : { path: '/api/administration/people', body: { ...account, roles } }
    },
    { refreshes: staffRefreshes },
  )
  const create = async () => {
    const ran = await act.run(undefined)
    if (ran.isDone) setMade(ran.output)
  }
  if (made)
    return (
      <ShownOnce
        title={say('passwordTitle')}
        help={say('passwordHelp', { name: person.display, login: person.login })}
        secret={made.oneTimePassword}
        onClose={onClose}
      />
    )
  const told = act.error ? { error: act.error } : {}
  return (
    <Drawer
      open
      title={say('newPerson')}
      onClose={onClose}
      footer={
        <Button type="primary" loading={act.isRunning} onClick={create}>
          {say('create')}
        </Button>
      }
    >
      <Field name="login" label={say('login')} help={say('loginHelp')} {...told}>
        <Input
          autoFocus
          autoComplete="off"
          value={person.login}
          onChange={(event) => setPerson({ ...person, login: event.target.value })}
          onPressEnter={create}
        />
      </Field>
      <Field name="display" label={say('name')} help={say('nameHelp')} {...told}>
        <Input
          autoComplete="off"
          value={person.display}
          onChange={(event) => setPerson({ ...person, display: event.target.value })}
          onPressEnter={create}
        />
      </Field>
      {isEmployed ? null : (
        <Field name="roles" label={say('roles')} help={say('rolesHelp')} {...told}>
          <RoleChoice value={person.roles} onChange={(roles) => setPerson({ ...person, roles })} />
        </Field>
      )}
      <PositionFields value={position} onChange={setPosition} error={act.error} />
      {isEmployed ? (
        <>
          <Field name="employee" label={sayStaff('employee')} {...told}>
            <Input
              autoComplete="off"
              value={person.employee}
              onChange={(event) => setPerson({ ...person, employee: event.target.value })}
            />
          </Field>
          <LicenceFields
            value={person.licences}
            onChange={(licences) => setPerson({ ...person, licences })}
            error={act.error}
          />
        </>
      ) : null}
      <FormFailure error={act.error} fields={['login', 'display', 'roles', 'employee', ...positionFields]} />
    </Drawer>
  )
}
