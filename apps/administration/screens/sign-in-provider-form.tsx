/** Makes or changes a provider; its secret goes in and never comes out. */
import { useAct, useWords } from '@xinglin/kit'
import { Button, Checkbox, Drawer, Input, Segmented, Select } from 'antd'
import { useState } from 'react'
import type { SignInProvider, SignInProviderRow } from '../sign-in-contract.ts'
import { Field, FormFailure } from './field.tsx'
import { fieldsOf, newProvider, type SettingField, type Template, templates } from './sign-in-fields.ts'
import { providersPath } from './sign-in-path.ts'
import { SettingInput } from './sign-in-setting.tsx'
import { signInWords } from './sign-in-words.ts'

type Props = { readonly provider?: SignInProviderRow; readonly onClose: () => void }
type Draft = SignInProvider & { readonly secret: string }

export function ProviderForm({ provider, onClose }: Props) {
  const say = useWords(signInWords)
  const [template, setTemplate] = useState<Template>('keycloak')
  const [draft, setDraft] = useState<Draft>(() => ({ ...(provider ?? newProvider('keycloak')), secret: '' }))
  const act = useAct<Draft>(
    ({ id, title, secret, kind, joining, isEnabled, allowsAdministrators, localPasswords, settings }) => ({
      path: `${providersPath}/${encodeURIComponent(id || '-')}`,
      method: 'PUT',
      body: {
        ...{ ...title, secret, kind, joining, isEnabled, allowsAdministrators, localPasswords, settings },
      },
    }),
    { refreshes: [providersPath] },
  )
  const begin = (chosen: Template) => {
    setTemplate(chosen)
    setDraft({ ...draft, ...pickStart(chosen) })
  }
  const save = async () => {
    const ran = await act.run(draft)
    if (ran.isDone) onClose()
  }
  const fields = fieldsOf(draft.kind)
  const drawn = (field: SettingField) => (
    <Field key={field.name} name={field.name} label={say(field.name)} {...errorOf(act.error)}>
      <SettingInput
        field={field}
        value={draft.settings[field.name]}
        onChange={(value) => setDraft({ ...draft, settings: { ...draft.settings, [field.name]: value } })}
      />
    </Field>
  )
  return (
    <Drawer
      open
      size={520}
      title={say(provider ? 'editProvider' : 'newProvider')}
      onClose={onClose}
      footer={
        <Button type="primary" loading={act.isRunning} onClick={() => void save()}>
          {say('save')}
        </Button>
      }
    >
      {provider ? null : (
        <Field name="template" label={say('template')}>
          <Segmented
            vertical
            value={template}
            options={templates.map((value) => ({ value, label: say(value) }))}
            onChange={begin}
          />
        </Field>
      )}
      {provider ? null : (
        <Field name="id" label={say('id')} help={say('idHelp')} {...errorOf(act.error)}>
          <Input
            autoFocus
            autoComplete="off"
            value={draft.id}
            onChange={({ target }) => setDraft({ ...draft, id: target.value.trim() })}
          />
        </Field>
      )}
      {(['zh', 'en'] as const).map((language) => (
        <Field key={language} name={language} label={say(language)} {...errorOf(act.error)}>
          <Input
            value={draft.title[language]}
            onChange={({ target }) =>
              setDraft({ ...draft, title: { ...draft.title, [language]: target.value } })
            }
          />
        </Field>
      ))}
      {fields.filter(({ isRare }) => !isRare).map(drawn)}
      <Field
        name="secret"
        label={say('secret')}
        help={say(provider?.hasSecret ? 'secretKept' : 'secretNone')}
        {...errorOf(act.error)}
      >
        <Input.Password
          autoComplete="new-password"
          value={draft.secret}
          onChange={({ target }) => setDraft({ ...draft, secret: target.value })}
        />
      </Field>
      <Rules draft={draft} onChange={setDraft} />
      <details className="a-part">
        <summary>{say('more')}</summary>
        {fields.filter(({ isRare }) => isRare).map(drawn)}
      </details>
      <FormFailure
        {...errorOf(act.error)}
        fields={['id', 'zh', 'en', 'secret', ...fields.map(({ name }) => name)]}
      />
    </Drawer>
  )
}

function pickStart(template: Template): Pick<SignInProvider, 'kind' | 'settings'> {
  const { kind, settings } = newProvider(template)
  return { kind, settings }
}

const errorOf = <Fault,>(error: Fault | undefined) => (error === undefined ? {} : { error })

/** Who may join, and what becomes of passwords kept here. */
function Rules({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const say = useWords(signInWords)
  return (
    <>
      <Field name="joining" label={say('joining')}>
        <Select
          style={{ width: '100%' }}
          value={draft.joining}
          options={(['off', 'invite', 'auto'] as const).map((value) => ({
            value,
            label: say(`joining_${value}`),
          }))}
          onChange={(joining) => onChange({ ...draft, joining })}
        />
      </Field>
      <Field name="localPasswords" label={say('localPasswords')}>
        <Select
          style={{ width: '100%' }}
          value={draft.localPasswords}
          options={(['kept', 'administrators'] as const).map((value) => ({
            value,
            label: say(`local_${value}`),
          }))}
          onChange={(localPasswords) => onChange({ ...draft, localPasswords })}
        />
      </Field>
      {(['isEnabled', 'allowsAdministrators'] as const).map((name) => (
        <div key={name} className="a-field">
          <Checkbox
            checked={draft[name]}
            onChange={({ target }) => onChange({ ...draft, [name]: target.checked })}
          >
            {say(name)}
          </Checkbox>
        </div>
      ))}
    </>
  )
}
