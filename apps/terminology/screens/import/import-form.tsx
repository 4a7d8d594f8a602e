/** A code system from a file: what it is called, what its columns hold, and how much of it was sent. */
import { InboxOutlined } from '@ant-design/icons'
import { FailureText, useIsNarrow, useWords } from '@xinglin/kit'
import { Button, Drawer, Input, Upload } from 'antd'
import { type ReactNode, useId } from 'react'
import { words } from '../words.ts'
import { ColumnTable } from './column-table.tsx'
import { type ImportDraft, useImport } from './use-import.ts'

type Props = { readonly isOpen: boolean; readonly onClose: () => void }

export function ImportForm({ isOpen, onClose }: Props) {
  const say = useWords(words)
  const isNarrow = useIsNarrow()
  const draft = useImport()
  const start = async () => {
    if (await draft.start()) onClose()
  }
  return (
    <Drawer open={isOpen} title={say('newImport')} size={isNarrow ? '100%' : 560} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void start()
        }}
      >
        <FileChoice draft={draft} />
        {draft.chosen ? <Header draft={draft} /> : null}
        {draft.chosen?.format === 'csv' ? (
          <ColumnTable
            columns={draft.chosen.columns}
            isDisabled={draft.isRunning}
            onChange={(columns) => draft.change({ columns })}
          />
        ) : null}
        {draft.chosen && draft.fault ? (
          <p className="x-amber" role="status">
            {say(draft.fault.word, { name: draft.fault.name ?? '' })}
          </p>
        ) : null}
        {draft.error ? (
          <div className="x-red" role="alert">
            <FailureText error={draft.error} />
          </div>
        ) : null}
        <div className="term-acts">
          <Button
            type="primary"
            htmlType="submit"
            loading={draft.isRunning}
            disabled={!draft.chosen || draft.fault !== undefined}
          >
            {draft.isRunning ? say('sending', { percent: draft.percent }) : say('startImport')}
          </Button>
          {draft.isRunning ? <Button onClick={draft.stop}>{say('stop')}</Button> : null}
        </div>
      </form>
    </Drawer>
  )
}

function FileChoice({ draft }: { readonly draft: ImportDraft }) {
  const say = useWords(words)
  return (
    <>
      <Upload.Dragger
        accept=".csv,.tsv,.txt,.json"
        showUploadList={false}
        disabled={draft.isRunning}
        beforeUpload={(file) => {
          void draft.choose(file)
          return false
        }}
      >
        <p className="term-drop" aria-hidden>
          <InboxOutlined />
        </p>
        <p>{say('chooseFile')}</p>
        <p className="x-quiet">{say('chooseFileHelp')}</p>
      </Upload.Dragger>
      {draft.chosen ? (
        <p className="term-chosen">
          <strong>{draft.chosen.file.name}</strong>{' '}
          <span className="x-quiet">{draft.chosen.format === 'csv' ? 'CSV' : 'FHIR CodeSystem'}</span>
        </p>
      ) : null}
    </>
  )
}

function Header({ draft }: { readonly draft: ImportDraft }) {
  const say = useWords(words)
  const { chosen, change, isRunning } = draft
  if (!chosen) return null
  const text = (name: 'system' | 'version' | 'title', placeholder?: string) => (id: string) => (
    <Input
      id={id}
      value={chosen[name]}
      disabled={isRunning}
      spellCheck={false}
      {...(placeholder ? { placeholder } : {})}
      onChange={({ target }) => change({ [name]: target.value })}
    />
  )
  const url = chosen.format === 'fhir' ? say('systemUrlOptional') : 'http://'
  return (
    <>
      <Field label={say('systemUrl')} help={say('systemUrlHelp')}>
        {text('system', url)}
      </Field>
      <Field label={say('version')}>{text('version')}</Field>
      <Field label={say('title')}>{text('title')}</Field>
    </>
  )
}

type FieldProps = {
  readonly label: string
  readonly help?: string
  readonly children: (id: string) => ReactNode
}

function Field({ label, help, children }: FieldProps) {
  const id = useId()
  return (
    <div className="term-field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {help ? <p className="x-quiet">{help}</p> : null}
    </div>
  )
}
