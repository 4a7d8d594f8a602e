/** The form by which an app is proposed; nothing is let in before a second person has looked at it. */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Drawer, Input, Radio } from 'antd'
import { useState } from 'react'
import { type AppRow, appRegistryPaths } from '../contract.ts'
import { Field, Tags, usualScopes } from './fields.tsx'
import { registryWords } from './words.ts'

type Form = Pick<AppRow, 'id' | 'name' | 'publisher' | 'purpose' | 'kind' | 'redirectUris' | 'scopes'> & {
  readonly people: 'staff' | 'patients'
  readonly launchUrl: string
  readonly jwksUri: string
}
type TextField = 'name' | 'publisher' | 'purpose' | 'id' | 'launchUrl' | 'jwksUri'

const blank: Form = {
  ...{ id: '', name: '', publisher: '', purpose: '', kind: 'public', redirectUris: [], scopes: [] },
  ...{ launchUrl: '', jwksUri: '', people: 'staff' },
}
const helps = {
  name: 'nameHelp',
  purpose: 'purposeHelp',
  id: 'idHelp',
  launchUrl: 'launchUrlHelp',
  jwksUri: 'jwksUriHelp',
} as const

export function NewApp({ onClose }: { readonly onClose: () => void }) {
  const say = useWords(registryWords)
  const [form, setForm] = useState(blank)
  const act = useAct<Form>((body) => ({ path: appRegistryPaths.apps, body }), {
    refreshes: [appRegistryPaths.apps],
  })
  const isService = form.kind === 'service'
  const submit = async () => {
    const people = isService ? 'staff' : form.people
    const ran = await act.run({ ...form, people, launchUrl: people === 'staff' ? form.launchUrl : '' })
    if (ran.isDone) onClose()
  }
  const text = (name: TextField, help?: keyof typeof helps) => (
    <Field label={say(name)} name={name} error={act.error} {...(help ? { help: say(helps[help]) } : {})}>
      <Input
        autoComplete="off"
        value={form[name]}
        onChange={(event) => setForm({ ...form, [name]: event.target.value })}
      />
    </Field>
  )
  return (
    <Drawer
      open
      title={say('newApp')}
      onClose={onClose}
      footer={
        <Button type="primary" loading={act.isRunning} onClick={submit}>
          {say('register')}
        </Button>
      }
    >
      {text('name', 'name')}
      {text('publisher')}
      {text('purpose', 'purpose')}
      <Field label={say('kind')} name="kind" error={act.error} help={say('kindHelp')}>
        <Radio.Group
          value={form.kind}
          onChange={(event) => setForm({ ...form, kind: event.target.value })}
          options={[
            { value: 'public', label: say('kindPublic') },
            { value: 'confidential', label: say('kindConfidential') },
            { value: 'service', label: say('kindService') },
          ]}
        />
      </Field>
      {isService ? null : (
        <>
          <Field
            label={say('redirectUris')}
            name="redirectUris"
            error={act.error}
            help={say('redirectUrisHelp')}
          >
            <Tags
              label={say('redirectUris')}
              value={form.redirectUris}
              onChange={(redirectUris) => setForm({ ...form, redirectUris })}
            />
          </Field>
          <Field label={say('people')} name="people" error={act.error} help={say('peopleHelp')}>
            <Radio.Group
              value={form.people}
              onChange={(event) => setForm({ ...form, people: event.target.value })}
              options={[
                { value: 'staff', label: say('peopleStaff') },
                { value: 'patients', label: say('peoplePatients') },
              ]}
            />
          </Field>
          {form.people === 'staff' ? text('launchUrl', 'launchUrl') : null}
        </>
      )}
      {form.kind === 'public' ? null : text('jwksUri', 'jwksUri')}
      <Field label={say('scopes')} name="scopes" error={act.error} help={say('scopesHelp')}>
        <Tags
          label={say('scopes')}
          value={form.scopes}
          options={usualScopes}
          onChange={(scopes) => setForm({ ...form, scopes })}
        />
      </Field>
      {text('id', 'id')}
      {act.error?.issues.every(({ at }) => at === undefined) ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </Drawer>
  )
}
