/** Makes an account: login, name, roles; the one-time password is shown once. */
import { useAct, useWords } from '@xinglin/kit'
import { Button, Drawer, Input } from 'antd'
import { useState } from 'react'
import type { MadePerson } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { Field, FormFailure } from './field.tsx'
import { RoleChoice } from './role-choice.tsx'
import { ShownOnce } from './shown-once.tsx'

type Person = { readonly login: string; readonly display: string; readonly roles: readonly string[] }

export function NewPerson({ onClose }: { readonly onClose: () => void }) {
  const say = useWords(administrationWords)
  const [person, setPerson] = useState<Person>({ login: '', display: '', roles: [] })
  const [made, setMade] = useState<MadePerson>()
  const act = useAct<Person, MadePerson>((body) => ({ path: '/api/administration/people', body }), {
    refreshes: ['/api/administration/people'],
  })
  const create = async () => {
    const ran = await act.run(person)
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
      <Field name="login" label={say('login')} help={say('loginHelp')} error={act.error}>
        <Input
          autoFocus
          autoComplete="off"
          value={person.login}
          onChange={(event) => setPerson({ ...person, login: event.target.value })}
          onPressEnter={create}
        />
      </Field>
      <Field name="display" label={say('name')} help={say('nameHelp')} error={act.error}>
        <Input
          autoComplete="off"
          value={person.display}
          onChange={(event) => setPerson({ ...person, display: event.target.value })}
          onPressEnter={create}
        />
      </Field>
      <Field name="roles" label={say('roles')} help={say('rolesHelp')} error={act.error}>
        <RoleChoice value={person.roles} onChange={(roles) => setPerson({ ...person, roles })} />
      </Field>
      <FormFailure error={act.error} fields={['login', 'display', 'roles']} />
    </Drawer>
  )
}
