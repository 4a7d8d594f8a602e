/** One entry: as it will be published, as it is published, edited and taken back by the owner. */
import { Facts, FailureText, Side, useAct, useTimes, useWords } from '@xinglin/kit'
import { Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import { dictionariesPath, type Entry, type EntryText } from '../contract.ts'
import { Field } from './forms.tsx'
import { words } from './words.ts'

type DetailProps = {
  readonly dictionary: string
  readonly entry: Entry
  readonly mayWrite: boolean
  readonly onClose: () => void
}

export function EntryDetail({ dictionary, entry, mayWrite, onClose }: DetailProps) {
  const say = useWords(words)
  const times = useTimes()
  const { code, display, change, published, changedBy, changedAt } = entry
  const undo = useAct<undefined>(
    () => ({ path: `${dictionariesPath}/commands/undo-entry`, body: { dictionary, code } }),
    { refreshes: [dictionariesPath] },
  )
  return (
    <Side title={`${code} ${display}`} onClose={onClose}>
      <Facts
        facts={[
          change ? [say('changes'), say(`change-${change}`)] : undefined,
          change && published
            ? [say('published'), <Published key="published" text={published} />]
            : undefined,
          [say('by'), changedBy],
          [say('at'), times.moment(changedAt)],
        ]}
      />
      {mayWrite ? (
        <>
          <EntryForm dictionary={dictionary} code={code} text={entry} />
          {change ? (
            <p>
              <Button loading={undo.isRunning} onClick={() => void undo.run(undefined)}>
                {say('undo')}
              </Button>
            </p>
          ) : null}
          {undo.error ? (
            <div className="x-red" role="alert">
              <FailureText error={undo.error} />
            </div>
          ) : null}
        </>
      ) : (
        <Facts
          facts={[
            [say('english'), entry.english],
            [say('definition'), entry.definition],
            [say('state'), say(entry.isActive ? 'active' : 'inactive')],
          ]}
        />
      )}
    </Side>
  )
}

/** `onClose` gets the code of the entry that was made. */
export function NewEntry(props: { readonly dictionary: string; readonly onClose: (code?: string) => void }) {
  const say = useWords(words)
  return (
    <Side title={say('add')} onClose={() => props.onClose()}>
      <EntryForm
        dictionary={props.dictionary}
        text={{ display: '', isActive: true }}
        onSaved={props.onClose}
      />
    </Side>
  )
}

type FormProps = {
  readonly dictionary: string
  /** Absent: a new entry. */
  readonly code?: string
  readonly text: EntryText
  readonly onSaved?: (code: string) => void
}

function EntryForm({ dictionary, code, text, onSaved }: FormProps) {
  const say = useWords(words)
  const [draft, setDraft] = useState({
    code: code ?? '',
    display: text.display,
    english: text.english ?? '',
    definition: text.definition ?? '',
    isActive: text.isActive,
  })
  const act = useAct<undefined>(
    () => ({ path: `${dictionariesPath}/commands/save-entry`, body: { dictionary, ...draft } }),
    { refreshes: [dictionariesPath] },
  )
  const save = async () => {
    if ((await act.run(undefined)).isDone) onSaved?.(draft.code)
  }
  const isSame =
    draft.display === text.display &&
    draft.english === (text.english ?? '') &&
    draft.definition === (text.definition ?? '') &&
    draft.isActive === text.isActive
  return (
    <form
      className="dict-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {code === undefined ? (
        <Field label={say('code')}>
          <Input
            autoFocus
            value={draft.code}
            onChange={({ target }) => setDraft({ ...draft, code: target.value })}
          />
        </Field>
      ) : null}
      <Field label={say('display')}>
        <Input
          value={draft.display}
          onChange={({ target }) => setDraft({ ...draft, display: target.value })}
        />
      </Field>
      <Field label={say('english')}>
        <Input
          value={draft.english}
          onChange={({ target }) => setDraft({ ...draft, english: target.value })}
        />
      </Field>
      <Field label={say('definition')}>
        <Input.TextArea
          rows={3}
          value={draft.definition}
          onChange={({ target }) => setDraft({ ...draft, definition: target.value })}
        />
      </Field>
      <Checkbox
        checked={draft.isActive}
        onChange={({ target }) => setDraft({ ...draft, isActive: target.checked })}
      >
        {say('active')}
      </Checkbox>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      <p>
        <Button
          type="primary"
          htmlType="submit"
          loading={act.isRunning}
          disabled={draft.code.trim() === '' || draft.display.trim() === '' || (code !== undefined && isSame)}
        >
          {say('save')}
        </Button>
      </p>
    </form>
  )
}

/** An entry in one line. */
export function Published({ text }: { readonly text: EntryText }) {
  const say = useWords(words)
  const { display, english, definition, isActive } = text
  const parts = [display, english, definition, isActive ? undefined : say('inactive')]
  return <span>{parts.filter((part) => part !== undefined).join(' · ')}</span>
}
