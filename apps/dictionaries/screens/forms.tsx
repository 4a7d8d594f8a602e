/** The forms of a dictionary: made, handed over, published; and a form as such. */
import { FailureText, useAct, useAsk, useWords } from '@xinglin/kit'
import { Button, Input, Modal, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import {
  type Dictionary,
  type DictionaryKind,
  dictionariesPath,
  dictionaryKinds,
  type OwnersAnswer,
} from '../contract.ts'
import { words } from './words.ts'

/** `onClose` gets the key of the dictionary that was made. */
export function MakeForm({ onClose }: { readonly onClose: (made?: string) => void }) {
  const say = useWords(words)
  const [key, setKey] = useState('')
  const [title, setTitle] = useState('')
  const [kind, setKind] = useState<DictionaryKind>('code')
  const [owner, setOwner] = useState<string>()
  const [url, setUrl] = useState('')
  return (
    <Form
      title={say('make')}
      command="define-dictionary"
      body={{ key, title, kind, owner, url }}
      isWhole={key.trim() !== '' && title.trim() !== '' && owner !== undefined}
      onClose={(isDone) => onClose(isDone ? key.trim() : undefined)}
    >
      <Field label={say('title')}>
        <Input autoFocus value={title} onChange={({ target }) => setTitle(target.value)} />
      </Field>
      <Field label={say('key')} help={say('keyHelp')}>
        <Input value={key} spellCheck={false} onChange={({ target }) => setKey(target.value)} />
      </Field>
      <div className="dict-field">
        <span>{say('kind')}</span>
        <Select
          aria-label={say('kind')}
          value={kind}
          options={dictionaryKinds.map((value) => ({ value, label: say(`kind-${value}`) }))}
          onChange={setKind}
        />
      </div>
      <OwnerField owner={owner} onChange={setOwner} />
      <Field label={say('url')} help={say('urlHelp')}>
        <Input value={url} spellCheck={false} onChange={({ target }) => setUrl(target.value)} />
      </Field>
    </Form>
  )
}

type OfDictionary = { readonly dictionary: Dictionary; readonly onClose: () => void }

export function HandOverForm({ dictionary, onClose }: OfDictionary) {
  const say = useWords(words)
  const [owner, setOwner] = useState<string>()
  return (
    <Form
      title={say('handOver')}
      command="hand-over"
      body={{ dictionary: dictionary.key, owner }}
      isWhole={owner !== undefined}
      onClose={onClose}
    >
      <OwnerField owner={owner} onChange={setOwner} />
    </Form>
  )
}

export function PublishForm({ dictionary, onClose }: OfDictionary) {
  const say = useWords(words)
  const [note, setNote] = useState('')
  return (
    <Form
      title={say('publishTitle', { number: dictionary.version + 1 })}
      command="publish-version"
      body={{ dictionary: dictionary.key, note }}
      isWhole={note.trim() !== ''}
      act={say('publish')}
      onClose={onClose}
    >
      <p>{say('publishHelp', { changes: dictionary.changes })}</p>
      <Field label={say('note')}>
        <Input.TextArea autoFocus rows={3} value={note} onChange={({ target }) => setNote(target.value)} />
      </Field>
    </Form>
  )
}

export function SubscribeForm({ dictionary, onClose }: OfDictionary) {
  const say = useWords(words)
  const [subscriber, setSubscriber] = useState('client/')
  const [title, setTitle] = useState('')
  return (
    <Form
      title={say('subscribe')}
      command="subscribe"
      body={{ dictionary: dictionary.key, subscriber, title }}
      isWhole={/^client\/\S+$/.test(subscriber.trim()) && title.trim() !== ''}
      onClose={onClose}
    >
      <Field label={say('subscriberTitle')}>
        <Input autoFocus value={title} onChange={({ target }) => setTitle(target.value)} />
      </Field>
      <Field label={say('subscriber')}>
        <Input value={subscriber} spellCheck={false} onChange={({ target }) => setSubscriber(target.value)} />
      </Field>
    </Form>
  )
}

type OwnerProps = { readonly owner: string | undefined; readonly onChange: (login: string) => void }

function OwnerField({ owner, onChange }: OwnerProps) {
  const say = useWords(words)
  const owners = useAsk<OwnersAnswer>(`${dictionariesPath}/owners`)
  const people = owners.state === 'ready' ? owners.data.owners : []
  return (
    <div className="dict-field">
      <span>{say('owner')}</span>
      <Select
        showSearch
        aria-label={say('owner')}
        loading={owners.state === 'loading'}
        value={owner ?? null}
        options={people.map(({ login, display }) => ({ value: login, label: `${display} (${login})` }))}
        onChange={onChange}
      />
      {owners.state === 'failed' || owners.state === 'refused' ? (
        <div className="x-red" role="alert">
          <FailureText error={owners.error} />
        </div>
      ) : null}
    </div>
  )
}

type FormProps = {
  readonly title: string
  readonly command: string
  readonly body: object
  readonly isWhole: boolean
  /** The word of the act; "Save" where absent. */
  readonly act?: string
  readonly onClose: (isDone: boolean) => void
  readonly children: ReactNode
}

function Form({ title, command, body, isWhole, act: word, onClose, children }: FormProps) {
  const say = useWords(words)
  const act = useAct<undefined>(() => ({ path: `${dictionariesPath}/commands/${command}`, body }), {
    refreshes: [dictionariesPath],
  })
  const save = async () => {
    if ((await act.run(undefined)).isDone) onClose(true)
  }
  return (
    <Modal
      open
      title={title}
      onCancel={() => onClose(false)}
      footer={[
        <Button key="cancel" onClick={() => onClose(false)}>
          {say('cancel')}
        </Button>,
        <Button
          key="save"
          type="primary"
          disabled={!isWhole}
          loading={act.isRunning}
          onClick={() => void save()}
        >
          {word ?? say('save')}
        </Button>,
      ]}
    >
      {children}
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </Modal>
  )
}

type FieldProps = { readonly label: string; readonly help?: string; readonly children: ReactNode }

/** A labelled control. */
export function Field({ label, help, children }: FieldProps) {
  return (
    <div className="dict-field">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child. */}
      <label>
        <span>{label}</span>
        {children}
      </label>
      {help ? <span className="x-quiet">{help}</span> : null}
    </div>
  )
}
