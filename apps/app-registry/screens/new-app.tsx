/** The form by which an app is proposed; nothing is let in before a second person has looked at it. */
import { type AnswerError, FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Drawer, Input, Radio, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { type AppRow, appRegistryPaths } from '../contract.ts'
import { registryWords } from './words.ts'

type Form = Pick<AppRow, 'id' | 'name' | 'publisher' | 'purpose' | 'kind' | 'redirectUris' | 'scopes'> & {
  readonly launchUrl: string
  readonly jwksUri: string
}
type TextField = 'name' | 'publisher' | 'purpose' | 'id' | 'launchUrl' | 'jwksUri'

const blank: Form = {
  ...{ id: '', name: '', publisher: '', purpose: '', kind: 'public', redirectUris: [], scopes: [] },
  ...{ launchUrl: '', jwksUri: '' },
}
const usualScopes =
  'launch launch/patient openid fhirUser profile online_access offline_access patient/*.rs patient/Observation.rs user/*.rs system/*.rs'.split(
    ' ',
  )
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
  const submit = async () => {
    const ran = await act.run(form)
    if (ran.isDone) onClose()
  }
  const isService = form.kind === 'service'
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
          {text('launchUrl', 'launchUrl')}
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

type TagsProps = {
  readonly label: string
  readonly value: readonly string[]
  readonly options?: readonly string[]
  readonly onChange: (value: readonly string[]) => void
}

function Tags({ label, value, options = [], onChange }: TagsProps) {
  return (
    <Select
      mode="tags"
      className="ar-wide"
      aria-label={label}
      value={[...value]}
      tokenSeparators={[' ']}
      onChange={onChange}
      options={options.map((each) => ({ value: each }))}
    />
  )
}

type FieldProps = {
  readonly label: string
  /** Name of the field in the server's `at`. */
  readonly name: string
  readonly help?: string
  readonly error: AnswerError | undefined
  readonly children: ReactNode
}

function Field({ label, name, help, error, children }: FieldProps) {
  const issue = error?.issues.find(({ at }) => at === name)
  return (
    <div className="ar-field">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child. */}
      <label>
        <span className="ar-label">{label}</span>
        {children}
      </label>
      {issue ? (
        <p className="x-red" role="alert">
          {issue.text}
        </p>
      ) : null}
      {help && !issue ? <p className="x-quiet">{help}</p> : null}
    </div>
  )
}
