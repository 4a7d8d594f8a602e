/** The form by which a change of an app is proposed: addresses, scopes, keys; it stands once a second person approved it. */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button, Drawer, Input } from 'antd'
import { useState } from 'react'
import { type AppRow, appRegistryPaths } from '../contract.ts'
import { Field, Tags, usualScopes } from './fields.tsx'
import { registryWords } from './words.ts'

type Form = Pick<AppRow, 'name' | 'publisher' | 'purpose' | 'redirectUris' | 'scopes'> & {
  readonly launchUrl: string
  readonly postLogoutUris: readonly string[]
  readonly jwksUri: string
  readonly keys: string
  readonly reason: string
}
type TextField = 'name' | 'publisher' | 'purpose' | 'launchUrl' | 'jwksUri'

export function ChangeApp({ app, onClose }: { readonly app: AppRow; readonly onClose: () => void }) {
  const say = useWords(registryWords)
  const { id, name, publisher, purpose, redirectUris, scopes } = app
  const [form, setForm] = useState<Form>({
    ...{ name, publisher, purpose, redirectUris, scopes, keys: '', reason: '' },
    postLogoutUris: app.postLogoutUris ?? [],
    ...{ launchUrl: app.launchUrl ?? '', jwksUri: app.jwksUri ?? '' },
  })
  const act = useAct<object>((body) => ({ path: `${appRegistryPaths.apps}/${id}/change`, body }), {
    refreshes: ['/api/app-registry'],
  })
  const jwks = keySetOf(form.keys)
  const isWrong = form.keys.trim() !== '' && jwks === undefined
  const submit = async () => {
    const { keys: _typed, ...rest } = form
    const ran = await act.run(jwks ? { ...rest, jwks, jwksUri: '' } : rest)
    if (ran.isDone) onClose()
  }
  const text = (field: TextField) => (
    <Field label={say(field)} name={field} error={act.error}>
      <Input value={form[field]} onChange={({ target }) => setForm({ ...form, [field]: target.value })} />
    </Field>
  )
  const list = (field: 'redirectUris' | 'postLogoutUris' | 'scopes', options: readonly string[] = []) => (
    <Field label={say(field)} name={field} error={act.error}>
      <Tags
        label={say(field)}
        value={form[field]}
        options={options}
        onChange={(value) => setForm({ ...form, [field]: value })}
      />
    </Field>
  )
  return (
    <Drawer
      open
      title={`${say('changeApp')} · ${name}`}
      onClose={onClose}
      footer={
        <Button
          type="primary"
          disabled={isWrong || form.reason.trim().length < 2}
          loading={act.isRunning}
          onClick={submit}
        >
          {say('submitChange')}
        </Button>
      }
    >
      <p className="x-quiet">{say('changeHelp')}</p>
      {text('name')}
      {text('publisher')}
      {text('purpose')}
      {app.kind === 'service' ? null : (
        <>
          {list('redirectUris')}
          {list('postLogoutUris')}
          {text('launchUrl')}
        </>
      )}
      {list('scopes', usualScopes)}
      {app.kind === 'public' ? null : (
        <>
          {text('jwksUri')}
          <Field label={say('keys')} name="jwks" error={act.error} help={say('keysHelp')}>
            <Input.TextArea
              rows={4}
              status={isWrong ? 'error' : ''}
              value={form.keys}
              onChange={({ target }) => setForm({ ...form, keys: target.value })}
            />
          </Field>
          {isWrong ? (
            <p className="x-red" role="alert">
              {say('notJson')}
            </p>
          ) : null}
        </>
      )}
      <Field label={say('changeReason')} name="reason" error={act.error}>
        <Input value={form.reason} onChange={({ target }) => setForm({ ...form, reason: target.value })} />
      </Field>
      {act.error?.issues.every(({ at }) => at === undefined) ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </Drawer>
  )
}

/** A typed set of keys; undefined where it is none. */
function keySetOf(text: string): { readonly keys: readonly unknown[] } | undefined {
  if (text.trim() === '') return undefined
  try {
    const value = JSON.parse(text) as unknown
    const keys = typeof value === 'object' && value !== null ? Reflect.get(value, 'keys') : undefined
    return Array.isArray(keys) ? { keys } : undefined
  } catch {
    // Not JSON yet: the form says so.
    return undefined
  }
}
